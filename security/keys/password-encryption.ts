import { createDecipheriv, hash, pbkdf2Sync } from 'node:crypto'
import { DerError, DerFields, type DerValue, TAG } from '../der/index.ts'
import { KeystoreError } from './keystore-error.ts'
import { derivePkcs12, PKCS12_IV, PKCS12_KEY, pkcs12Password } from './pkcs12-key-derivation.ts'
import { decryptRc2Cbc } from './rc2.ts'

/** A keystore comes from the home, but a damaged one must not stop the bus for minutes. */
export const MAX_ITERATIONS = 5_000_000

interface Pkcs12Scheme {
  readonly cipher: 'des-ede3-cbc' | 'rc2'
  readonly keyLength: number
}

/** RFC 7292, appendix C. The stream cipher RC4 of its list is not read. */
const PKCS12_SCHEMES = new Map<string, Pkcs12Scheme>([
  ['1.2.840.113549.1.12.1.3', { cipher: 'des-ede3-cbc', keyLength: 24 }],
  ['1.2.840.113549.1.12.1.4', { cipher: 'des-ede3-cbc', keyLength: 16 }],
  ['1.2.840.113549.1.12.1.5', { cipher: 'rc2', keyLength: 16 }],
  ['1.2.840.113549.1.12.1.6', { cipher: 'rc2', keyLength: 5 }],
])

const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
/** JCEKS protects keys so (`PBEWithMD5AndTripleDES`). */
const JAVA_TRIPLE_DES = '1.3.6.1.4.1.42.2.19.1'

const PBKDF2_DIGESTS = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
])

const PBES2_CIPHERS = new Map<string, { readonly cipher: string; readonly keyLength: number }>([
  ['2.16.840.1.101.3.4.1.2', { cipher: 'aes-128-cbc', keyLength: 16 }],
  ['2.16.840.1.101.3.4.1.22', { cipher: 'aes-192-cbc', keyLength: 24 }],
  ['2.16.840.1.101.3.4.1.42', { cipher: 'aes-256-cbc', keyLength: 32 }],
  ['1.2.840.113549.3.7', { cipher: 'des-ede3-cbc', keyLength: 24 }],
])

/**
 * Decrypts what an AlgorithmIdentifier says was encrypted under a password: PBES2 (RFC 8018), the schemes of PKCS#12, and
 * that of JCEKS. Throws {@link KeystoreError}: `password` when what comes out has no padding.
 */
export function decryptWithPassword(algorithm: DerValue, data: Buffer, password: string): Buffer {
  const [oid, parameters] = algorithm.sequence
  if (oid === undefined || parameters === undefined) throw new DerError('an encryption algorithm has no parameters')
  const scheme = PKCS12_SCHEMES.get(oid.oid)
  if (scheme !== undefined) return pkcs12(scheme, parameters, data, password)
  if (oid.oid === PBES2) return pbes2(parameters, data, password)
  if (oid.oid === JAVA_TRIPLE_DES) return javaTripleDes(parameters, data, password)
  throw new KeystoreError('unsupported', `encryption by ${oid.oid} is not supported`)
}

/** Checks an iteration count. */
export function iterationsOf(value: DerValue): number {
  const iterations = value.small
  if (iterations < 1 || iterations > MAX_ITERATIONS)
    throw new KeystoreError('unsupported', `${iterations} iterations are not supported`)
  return iterations
}

/** PBKDF2 by its AlgorithmIdentifier (RFC 8018, appendix A.2). `keyLength` counts where the parameters name none. */
export function derivePbkdf2(algorithm: DerValue, password: string, keyLength: number): Buffer {
  const [oid, parameters] = algorithm.sequence
  if (oid?.oid !== PBKDF2 || parameters === undefined)
    throw new KeystoreError('unsupported', `key derivation by ${oid?.oid} is not supported`)
  const fields = new DerFields(parameters.sequence)
  const salt = fields.next().octets
  const iterations = iterationsOf(fields.next())
  const length = fields.optional(TAG.integer)?.small ?? keyLength
  const prf = fields.optional(TAG.sequence)?.sequence[0]?.oid ?? '1.2.840.113549.2.7'
  const digest = PBKDF2_DIGESTS.get(prf)
  if (digest === undefined || length < 1 || length > 128)
    throw new KeystoreError('unsupported', `PBKDF2 with ${prf} is not supported`)
  return pbkdf2Sync(Buffer.from(password, 'utf8'), salt, iterations, length, digest)
}

function pkcs12({ cipher, keyLength }: Pkcs12Scheme, parameters: DerValue, data: Buffer, password: string): Buffer {
  const [salt, count] = parameters.sequence
  if (salt === undefined || count === undefined) throw new DerError('a password encryption has no salt')
  const iterations = iterationsOf(count)
  const secret = pkcs12Password(password)
  const derive = (purpose: number, length: number): Buffer =>
    derivePkcs12('sha1', purpose, secret, salt.octets, iterations, length)
  const key = derive(PKCS12_KEY, keyLength)
  const iv = derive(PKCS12_IV, 8)
  if (cipher === 'rc2') return unpadded(decryptRc2Cbc(key, iv, wholeBlocks(data, 8), keyLength * 8), 8)
  return decipher(cipher, keyLength === 16 ? Buffer.concat([key, key.subarray(0, 8)]) : key, iv, data)
}

function pbes2(parameters: DerValue, data: Buffer, password: string): Buffer {
  const [derivation, encryption] = parameters.sequence
  const [oid, iv] = encryption?.sequence ?? []
  const scheme = PBES2_CIPHERS.get(oid?.oid ?? '')
  if (derivation === undefined || scheme === undefined || iv === undefined) {
    throw new KeystoreError('unsupported', `encryption by ${oid?.oid} is not supported`)
  }
  return decipher(scheme.cipher, derivePbkdf2(derivation, password, scheme.keyLength), iv.octets, data)
}

/** Two chains of MD5 over the halves of the salt give 24 bytes of key and 8 of IV. */
function javaTripleDes(parameters: DerValue, data: Buffer, password: string): Buffer {
  const [salt, count] = parameters.sequence
  if (salt?.octets.length !== 8 || count === undefined) throw new DerError('a password encryption has no salt')
  const iterations = iterationsOf(count)
  const secret = Buffer.from(password, 'latin1')
  const halves = [salt.octets.subarray(0, 4), salt.octets.subarray(4)].map((half) => {
    let chain = half
    for (let round = 0; round < iterations; round++) chain = hash('md5', Buffer.concat([chain, secret]), 'buffer')
    return chain
  })
  const derived = Buffer.concat(halves)
  return decipher('des-ede3-cbc', derived.subarray(0, 24), derived.subarray(24), data)
}

function decipher(cipher: string, key: Buffer, iv: Buffer, data: Buffer): Buffer {
  try {
    const decryption = createDecipheriv(cipher, key, iv)
    return Buffer.concat([decryption.update(data), decryption.final()])
  } catch (cause) {
    throw new KeystoreError('password', 'the password is wrong, or the keystore is damaged', { cause })
  }
}

function wholeBlocks(data: Buffer, block: number): Buffer {
  if (data.length === 0 || data.length % block !== 0) throw new DerError('encrypted data is cut short')
  return data
}

function unpadded(data: Buffer, block: number): Buffer {
  const size = data.at(-1) ?? 0
  const right = size >= 1 && size <= block && data.subarray(-size).every((byte) => byte === size)
  if (!right) throw new KeystoreError('password', 'the password is wrong, or the keystore is damaged')
  return data.subarray(0, -size)
}
