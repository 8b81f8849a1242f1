import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/** P_SHA-1 (RFC 2246 section 5; WS-SecureConversation 1.4 section 7.1): `length` bytes from `offset` on. */
export function pSha1(secret: Buffer, seed: Buffer, length: number, offset = 0): Buffer {
  const key = createSecretKey(secret)
  const blocks: Buffer[] = []
  let done = 0
  for (let a = mac(key, seed); done < offset + length; a = mac(key, a)) {
    const block = createHmac('sha1', key).update(a).update(seed).digest()
    blocks.push(block)
    done += block.length
  }
  return Buffer.concat(blocks).subarray(offset, offset + length)
}

const mac = (key: KeyObject, data: Buffer): Buffer => createHmac('sha1', key).update(data).digest()

/** Both parties' default label, one after the other. */
export const DERIVATION_LABEL = 'WS-SecureConversationWS-SecureConversation'
