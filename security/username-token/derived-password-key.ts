import { createHash } from 'node:crypto'

/** A key of 20 bytes from a password (UsernameToken profile 1.1 section 4.1). */
export function derivedPasswordKey(password: string, salt: Buffer, iterations: number): Buffer {
  let key = createHash('sha1').update(password).update(salt).digest()
  for (let i = 1; i < iterations; i++) key = createHash('sha1').update(key).digest()
  return key
}
