import { constants, createHash, type KeyObject, privateDecrypt, publicEncrypt } from 'node:crypto'
import { applyMask } from './mask-generation.ts'

/** Hash of the label, and hash of the mask generation. The label is empty. */
export interface OaepHashes {
  readonly digest: string
  readonly mgf: string
}

/** RSAES-OAEP (RFC 8017 section 7.1). OpenSSL through Node knows one hash for both; two different ones are done here. */
export function oaepEncrypt(
  key: KeyObject,
  secret: Buffer,
  { digest, mgf }: OaepHashes,
  random: (size: number) => Buffer,
): Buffer {
  if (digest === mgf) return publicEncrypt(paddedKey(key, digest), secret)
  const label = createHash(digest).digest()
  const size = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  const block = Buffer.alloc(size - label.length - 1)
  label.copy(block)
  block[block.length - secret.length - 1] = 1
  secret.copy(block, block.length - secret.length)
  const seed = random(label.length)
  applyMask(block, seed, mgf)
  applyMask(seed, block, mgf)
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.concat([Buffer.alloc(1), seed, block]))
}

/** Undefined when the padding is wrong, in whatever way. */
export function oaepDecrypt(key: KeyObject, cipher: Buffer, { digest, mgf }: OaepHashes): Buffer | undefined {
  try {
    if (digest === mgf) return privateDecrypt(paddedKey(key, digest), cipher)
    return unpad(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, cipher), digest, mgf)
  } catch {
    return undefined
  }
}

/** OAEP with SHA-1 is what Node does with a bare key, which costs it a tenth less than a key with options. */
const paddedKey = (key: KeyObject, hash: string) =>
  hash === 'sha1' ? key : { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }

/** Looks at every byte whatever it finds, so that the time does not tell which one was wrong. */
function unpad(message: Buffer, digest: string, mgf: string): Buffer | undefined {
  const label = createHash(digest).digest()
  const seed = Buffer.from(message.subarray(1, 1 + label.length))
  const block = Buffer.from(message.subarray(1 + label.length))
  applyMask(seed, block, mgf)
  applyMask(block, seed, mgf)
  let wrong = message[0] ?? 1
  for (let i = 0; i < label.length; i++) wrong |= (block[i] ?? 0) ^ (label[i] ?? 0)
  let start = 0
  let searching = 1
  for (let i = label.length; i < block.length; i++) {
    const byte = block[i] ?? 0
    const isOne = byte === 1 ? 1 : 0
    const isZero = byte === 0 ? 1 : 0
    start += searching & isOne ? i + 1 : 0
    wrong |= searching & (isOne | isZero) ? 0 : searching
    searching &= 1 - isOne
  }
  return (wrong | searching) === 0 ? block.subarray(start) : undefined
}
