import { randomBytes } from 'node:crypto'
import { pSha1 } from '../tokens/p-sha1.ts'
import type { TrustRequest } from './trust-request.ts'
import { TrustFailure } from './trust-failure.ts'

/** A secret that a token service made for a token, and how it is told to the requestor. */
export interface IssuedKey {
  readonly secret: Buffer
  /** The service's part, where both parts make the key (PSHA1); undefined: the secret itself is the proof. */
  readonly entropy: Buffer | undefined
}

const SIZES = { smallest: 128, largest: 512, fallback: 256 }

/** The length that a request asks for, in bits. Throws a TrustFailure. */
export function keySizeOf({ keySize }: TrustRequest): number {
  const size = keySize === undefined || keySize === 0 ? SIZES.fallback : keySize
  if (size < SIZES.smallest || size > SIZES.largest || size % 8 !== 0) {
    throw new TrustFailure('BadRequest', `keys have ${SIZES.smallest} to ${SIZES.largest} bits, not ${size}`)
  }
  return size
}

/** Makes a key: from the entropy of both sides where the requestor gave some, else by chance (WS-Trust 1.3, section 4.4.4). */
export function makeKey(request: TrustRequest, random: (size: number) => Buffer = randomBytes): IssuedKey {
  const bytes = keySizeOf(request) / 8
  if (request.entropy === undefined) return { secret: random(bytes), entropy: undefined }
  const entropy = random(bytes)
  return { secret: pSha1(request.entropy, entropy, bytes), entropy }
}
