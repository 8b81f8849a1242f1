import { createHash } from 'node:crypto'

/** UsernameToken profile 1.1 section 3.1: SHA-1 over nonce, Created as it was written, and password. */
export const passwordDigest = (nonce: Buffer, created: string, password: string): Buffer =>
  createHash('sha1').update(nonce).update(created).update(password).digest()
