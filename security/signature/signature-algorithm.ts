import { constants, createHmac, createSecretKey, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'
import { DSIG, DSIG_MORE, DSIG_MORE_2007 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'

/** What an algorithm does, and which kind of key it takes: a kind is never guessed from the key. */
export interface SignatureAlgorithm {
  readonly kind: 'rsa' | 'rsa-pss' | 'ecdsa' | 'hmac'
  readonly hash: string
}

const SHA2 = ['sha224', 'sha256', 'sha384', 'sha512']

export const SIGNATURES: ReadonlyMap<string, SignatureAlgorithm> = new Map<string, SignatureAlgorithm>([
  [`${DSIG}rsa-sha1`, { kind: 'rsa', hash: 'sha1' }],
  [`${DSIG}hmac-sha1`, { kind: 'hmac', hash: 'sha1' }],
  [`${DSIG_MORE}ecdsa-sha1`, { kind: 'ecdsa', hash: 'sha1' }],
  ...SHA2.flatMap((hash): [string, SignatureAlgorithm][] => [
    [`${DSIG_MORE}rsa-${hash}`, { kind: 'rsa', hash }],
    [`${DSIG_MORE}hmac-${hash}`, { kind: 'hmac', hash }],
    [`${DSIG_MORE}ecdsa-${hash}`, { kind: 'ecdsa', hash }],
    [`${DSIG_MORE_2007}${hash}-rsa-MGF1`, { kind: 'rsa-pss', hash }],
  ]),
])

/** The algorithm of an identifier that is allowed. Throws a SecurityFailure. */
export function signatureAlgorithm(identifier: string, allowed: ReadonlySet<string>): SignatureAlgorithm {
  const algorithm = SIGNATURES.get(identifier)
  if (algorithm === undefined || !allowed.has(identifier))
    throw new SecurityFailure('algorithm-refused', `signature ${identifier}`)
  return algorithm
}

/** Whether a MAC over the data is exactly this; a shorter one is not. */
export function isMac(algorithm: SignatureAlgorithm, secret: Buffer, data: Buffer, value: Buffer): boolean {
  return isSame(macOf(algorithm, secret, data), value)
}

export const macOf = ({ hash }: SignatureAlgorithm, secret: Buffer, data: Buffer): Buffer =>
  createHmac(hash, createSecretKey(secret)).update(data).digest()

/** Compares in a time that depends on the length alone. */
export const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

/** Whether a key, public or private, suits the algorithm and is strong enough. Throws a SecurityFailure. */
export function checkKey(algorithm: SignatureAlgorithm, key: KeyObject, minimumRsa: number): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  const suits =
    algorithm.kind === 'ecdsa' ? type === 'ec' : type === 'rsa' || (type === 'rsa-pss' && algorithm.kind === type)
  if (!suits)
    throw new SecurityFailure('key-refused', `a key of type ${type} cannot make a signature of kind ${algorithm.kind}`)
  if (type !== 'ec' && (details?.modulusLength ?? 0) < minimumRsa)
    throw new SecurityFailure('key-refused', `an RSA key of ${details?.modulusLength} bits is too weak`)
}

/** Whether the owner of the key made the value. {@link checkKey} comes before. */
export function isSignature(algorithm: SignatureAlgorithm, key: KeyObject, data: Buffer, value: Buffer): boolean {
  return verify(algorithm.hash, data, keyInput(algorithm, key), value)
}

export function signatureOf(algorithm: SignatureAlgorithm, key: KeyObject, data: Buffer): Buffer {
  return sign(algorithm.hash, data, keyInput(algorithm, key))
}

function keyInput({ kind }: SignatureAlgorithm, key: KeyObject) {
  switch (kind) {
    case 'ecdsa':
      // r and s side by side (XML Signature 1.1 section 6.4.3); of another length it is refused by the parser.
      return { key, dsaEncoding: 'ieee-p1363' as const }
    case 'rsa-pss':
      return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    case 'rsa':
    case 'hmac':
      return key
  }
}
