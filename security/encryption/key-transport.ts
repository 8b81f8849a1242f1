import type { KeyObject } from 'node:crypto'
import { attributeValue, type XmlElement } from 'viaduct'
import { algorithmOf, bytesOf, optionalChild } from '../message/read-element.ts'
import { DSIG, XENC, XENC11 } from '../names.ts'
import type { KeyTransport } from '../plan.ts'
import { SecurityFailure } from '../security-failure.ts'
import { DIGESTS } from '../signature/digest-algorithm.ts'
import type { AllowedAlgorithms } from '../verify-plan.ts'
import { oaepDecrypt, oaepEncrypt, type OaepHashes } from './oaep.ts'
import { rsa15Decrypt, rsa15Encrypt, substituteKey } from './rsa15.ts'

export const RSA_OAEP_MGF1P = `${XENC}rsa-oaep-mgf1p`
export const RSA_OAEP = `${XENC11}rsa-oaep`
export const RSA_15 = `${XENC}rsa-1_5`

/** Mask generation functions by algorithm identifier. */
export const MASKS: ReadonlyMap<string, string> = new Map(
  ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map((hash) => [`${XENC11}mgf1${hash}`, hash]),
)

/** How a secret was encrypted with a public key (XML Encryption 1.1 section 5.5); `oaep` undefined: RSA 1.5. */
export interface ReadTransport {
  readonly oaep: OaepHashes | undefined
}

/** Reads an EncryptionMethod of key transport that is allowed. Throws a SecurityFailure. */
export function readTransport(method: XmlElement, allowed: AllowedAlgorithms): ReadTransport {
  const algorithm = algorithmOf(method)
  if (!allowed.keyTransport.has(algorithm)) throw new SecurityFailure('algorithm-refused', `key transport ${algorithm}`)
  if (algorithm === RSA_15) return { oaep: undefined }
  const label = optionalChild(method, XENC, 'OAEPparams')
  if (label !== undefined && bytesOf(label).length > 0)
    throw new SecurityFailure('algorithm-refused', 'OAEP with a label')
  const digest = optionalChild(method, DSIG, 'DigestMethod')
  const mgf = optionalChild(method, XENC11, 'MGF')
  if (mgf !== undefined && algorithm === RSA_OAEP_MGF1P)
    throw new SecurityFailure('malformed', 'rsa-oaep-mgf1p does not take another mask generation')
  return {
    oaep: {
      digest: hashNamed(digest, DIGESTS, allowed.oaepDigest, 'digest of OAEP'),
      mgf: hashNamed(mgf, MASKS, allowed.mgf, 'mask generation'),
    },
  }
}

function hashNamed(
  element: XmlElement | undefined,
  known: ReadonlyMap<string, string>,
  allowed: ReadonlySet<string>,
  what: string,
): string {
  if (element === undefined) return 'sha1'
  const algorithm = attributeValue(element, 'Algorithm') ?? ''
  const hash = known.get(algorithm)
  if (hash === undefined || !allowed.has(algorithm))
    throw new SecurityFailure('algorithm-refused', `${what} ${algorithm}`)
  return hash
}

/**
 * The secret. One that cannot be decrypted is replaced by one that nobody knows, of `length` bytes, so that the message fails
 * later and like every other.
 */
export function receiveSecret({ oaep }: ReadTransport, key: KeyObject, cipher: Buffer, length: number): Buffer {
  if (oaep === undefined) return rsa15Decrypt(key, cipher, length)
  return oaepDecrypt(key, cipher, oaep) ?? substituteKey(key, cipher, length)
}

export function sendSecret(
  transport: KeyTransport,
  key: KeyObject,
  secret: Buffer,
  random: (size: number) => Buffer,
): Buffer {
  if (transport.algorithm === RSA_15) return rsa15Encrypt(key, secret)
  const digest = DIGESTS.get(transport.digest ?? `${DSIG}sha1`)
  const mgf = MASKS.get(transport.mgf ?? `${XENC11}mgf1sha1`)
  if (
    digest === undefined ||
    mgf === undefined ||
    (transport.algorithm !== RSA_OAEP && transport.algorithm !== RSA_OAEP_MGF1P)
  )
    throw new SecurityFailure('protection-impossible', `key transport ${transport.algorithm}`)
  return oaepEncrypt(key, secret, { digest, mgf }, random)
}
