import { createHmac, type KeyObject, timingSafeEqual, type X509Certificate } from 'node:crypto'
import { DerError, DerFields, type DerValue, readDer, TAG } from '../der/index.ts'
import { type KeystoreEntry, orderedChain, readCertificate, readPrivateKey } from './keystore-entry.ts'
import { KeystoreError } from './keystore-error.ts'
import { decryptWithPassword, derivePbkdf2, iterationsOf } from './password-encryption.ts'
import { derivePkcs12, PKCS12_MAC, pkcs12Password } from './pkcs12-key-derivation.ts'

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const BAG = '1.2.840.113549.1.12.10.1.'
const FRIENDLY_NAME = '1.2.840.113549.1.9.20'
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21'
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1'
const JAVA_TRUSTED = '2.16.840.1.113894.746875.1.1'
const PBMAC1 = '1.2.840.113549.1.5.14'

const DIGESTS = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])

/** What the bags hold, before keys and certificates are put together. */
interface Contents {
  readonly keys: ({ readonly key: KeyObject } & BagNames)[]
  readonly certificates: ({ readonly certificate: X509Certificate } & BagNames)[]
}

interface BagNames {
  readonly alias: string | undefined
  readonly id: string | undefined
  /** Java's mark of a certificate that is trusted for itself, not as a part of a chain. */
  readonly trusted: boolean
}

/**
 * Reads a PKCS#12 file (RFC 7292): its MAC is checked before anything else is believed. Keys find their certificate by
 * localKeyId, then by fit. Throws {@link KeystoreError}.
 */
export function readPkcs12(bytes: Buffer, password: string, keyPassword = password): KeystoreEntry[] {
  try {
    const fields = new DerFields(readDer(bytes, { ber: true }).sequence)
    if (fields.next().small !== 3) throw new KeystoreError('unsupported', 'only version 3 of PKCS#12 is supported')
    const safe = contentOf(fields.next(), password)
    const mac = fields.optional(TAG.sequence)
    if (mac !== undefined) checkMac(mac, safe, password)
    const contents: Contents = { keys: [], certificates: [] }
    for (const info of readDer(safe, { ber: true }).sequence) {
      readBags(readDer(contentOf(info, password), { ber: true }), keyPassword, contents, 0)
    }
    return joined(contents)
  } catch (error) {
    if (error instanceof DerError)
      throw new KeystoreError('damaged', `the PKCS#12 file is damaged: ${error.message}`, { cause: error })
    throw error
  }
}

/** The bytes inside a ContentInfo. */
function contentOf(info: DerValue, password: string): Buffer {
  const [type, content] = info.sequence
  if (type?.oid === DATA && content !== undefined) return content.explicit(0).octets
  if (type?.oid !== ENCRYPTED_DATA || content === undefined)
    throw new KeystoreError('unsupported', `a PKCS#12 part of kind ${type?.oid} is not supported`)
  const fields = new DerFields(content.explicit(0).sequence)
  fields.next()
  const [, algorithm, encrypted] = fields.next().sequence
  if (algorithm === undefined || encrypted === undefined || !encrypted.is(0, 'context'))
    throw new DerError('encrypted content is missing')
  const pieces = encrypted.children?.map((piece) => piece.octets)
  return decryptWithPassword(algorithm, pieces === undefined ? encrypted.content : Buffer.concat(pieces), password)
}

function checkMac(macData: DerValue, content: Buffer, password: string): void {
  const fields = new DerFields(macData.sequence)
  const [algorithm, expected] = fields.next().sequence
  const salt = fields.next().octets
  const count = fields.optional(TAG.integer)
  if (algorithm === undefined || expected === undefined) throw new DerError('the MAC is missing')
  const actual = macOf(algorithm, salt, count === undefined ? 1 : iterationsOf(count), content, password)
  if (actual.length !== expected.octets.length || !timingSafeEqual(actual, expected.octets)) {
    throw new KeystoreError('password', 'the password is wrong, or the keystore is damaged')
  }
}

function macOf(algorithm: DerValue, salt: Buffer, iterations: number, content: Buffer, password: string): Buffer {
  const [oid, parameters] = algorithm.sequence
  if (oid?.oid === PBMAC1 && parameters !== undefined) {
    const [derivation, scheme] = parameters.sequence
    const name = HMACS.get(scheme?.sequence[0]?.oid ?? '')
    if (derivation === undefined || name === undefined)
      throw new KeystoreError('unsupported', 'the MAC of the PKCS#12 file is not supported')
    return createHmac(name, derivePbkdf2(derivation, password, 32))
      .update(content)
      .digest()
  }
  const digest = DIGESTS.get(oid?.oid ?? '')
  if (digest === undefined) throw new KeystoreError('unsupported', `a MAC by ${oid?.oid} is not supported`)
  const length = createHmac(digest, '').digest().length
  const key = derivePkcs12(digest, PKCS12_MAC, pkcs12Password(password), salt, iterations, length)
  return createHmac(digest, key).update(content).digest()
}

const HMACS = new Map([
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
])

function readBags(bags: DerValue, password: string, into: Contents, depth: number): void {
  if (depth > 4) throw new DerError('bags are nested too deeply')
  for (const bag of bags.sequence) {
    const [kind, value, attributes] = bag.sequence
    if (kind === undefined || value === undefined) throw new DerError('a bag is empty')
    const content = value.explicit(0)
    const names = attributesOf(attributes)
    switch (kind.oid) {
      case `${BAG}1`:
        into.keys.push({ key: readPrivateKey(content.encoded), ...names })
        break
      case `${BAG}2`:
        into.keys.push({ key: readEncryptedKey(content, password), ...names })
        break
      case `${BAG}3`: {
        const [type, certificate] = content.sequence
        if (type?.oid === X509_CERTIFICATE && certificate !== undefined) {
          into.certificates.push({ certificate: readCertificate(certificate.explicit(0).octets), ...names })
        }
        break
      }
      case `${BAG}6`:
        readBags(content, password, into, depth + 1)
        break
      default:
      // CRLs and secrets have no use here.
    }
  }
}

/** An EncryptedPrivateKeyInfo (RFC 5958). */
export function readEncryptedKey(info: DerValue, password: string): KeyObject {
  const [algorithm, data] = info.sequence
  if (algorithm === undefined || data === undefined) throw new DerError('an encrypted key is empty')
  const plain = decryptWithPassword(algorithm, data.octets, password)
  try {
    // A wrong password leaves right padding once in 256 times; the bytes are then no key.
    return readPrivateKey(readDer(plain).encoded)
  } catch (cause) {
    throw new KeystoreError('password', 'the password is wrong, or the key is damaged', { cause })
  }
}

function attributesOf(attributes: DerValue | undefined): BagNames {
  let alias: string | undefined
  let id: string | undefined
  let trusted = false
  for (const attribute of attributes?.set ?? []) {
    const [type, values] = attribute.sequence
    const value = values?.set[0]
    if (type?.oid === FRIENDLY_NAME) alias = value?.text
    else if (type?.oid === LOCAL_KEY_ID) id = value?.octets.toString('hex')
    else if (type?.oid === JAVA_TRUSTED) trusted = true
  }
  return { alias, id, trusted }
}

function joined({ keys, certificates }: Contents): KeystoreEntry[] {
  const all = certificates.map(({ certificate }) => certificate)
  const inChains = new Set<X509Certificate>()
  const entries: KeystoreEntry[] = keys.map(({ key, alias, id }, index) => {
    const own = certificates.find((each) => id !== undefined && each.id === id && each.certificate.checkPrivateKey(key))
    const leaf = own?.certificate ?? all.find((certificate) => certificate.checkPrivateKey(key))
    const chain = leaf === undefined ? [] : orderedChain(leaf, all)
    for (const certificate of chain) inChains.add(certificate)
    return { alias: alias ?? own?.alias ?? `${index + 1}`, key, chain }
  })
  for (const { certificate, alias, trusted } of certificates) {
    if (!trusted && inChains.has(certificate)) continue
    entries.push({ alias: alias ?? certificate.fingerprint256, key: undefined, chain: [certificate] })
  }
  return entries
}
