import { createHash, type KeyObject, timingSafeEqual, type X509Certificate } from 'node:crypto'
import { DerError, readDer } from '../der/index.ts'
import { type KeystoreEntry, readCertificate, readPrivateKey } from './keystore-entry.ts'
import { KeystoreError } from './keystore-error.ts'
import { readEncryptedKey } from './read-pkcs12.ts'

const JKS = 0xfeedfeed
const JCEKS = 0xcececece
const LIMITS = { entries: 10_000, chain: 20 }

/** The key protection of JKS: XOR with a chain of SHA-1 digests. */
const JKS_PROTECTION = '1.3.6.1.4.1.42.2.17.1.1'

export function isJavaKeystore(bytes: Buffer): boolean {
  return bytes.length >= 32 && [JKS, JCEKS].includes(bytes.readUInt32BE(0))
}

/**
 * Reads a JKS or JCEKS keystore: the digest under the store's password is checked before anything else is believed. Secret
 * keys of JCEKS are Java objects and refused. Throws {@link KeystoreError}.
 */
export function readJavaKeystore(bytes: Buffer, password: string, keyPassword = password): KeystoreEntry[] {
  if (!isJavaKeystore(bytes)) throw new KeystoreError('damaged', 'the file is no Java keystore')
  const end = bytes.length - 20
  const digest = sha1(utf16(password), Buffer.from('Mighty Aphrodite'), bytes.subarray(0, end))
  if (!timingSafeEqual(digest, bytes.subarray(end)))
    throw new KeystoreError('password', 'the password is wrong, or the keystore is damaged')
  const reader = new Reader(bytes.subarray(0, end))
  const version = reader.number()
  const count = reader.number()
  if ((version !== 1 && version !== 2) || count > LIMITS.entries)
    throw new KeystoreError('unsupported', 'this version of Java keystores is not supported')
  return Array.from({ length: count }, () => readEntry(reader, version, keyPassword))
}

function readEntry(reader: Reader, version: number, keyPassword: string): KeystoreEntry {
  const kind = reader.number()
  const alias = reader.text()
  reader.take(8)
  if (kind === 2) return { alias, key: undefined, chain: [certificate(reader, version)] }
  if (kind !== 1)
    throw new KeystoreError('unsupported', `the entry "${alias}" is a secret key, which only Java can read`)
  const locked = reader.blob()
  const length = reader.number()
  if (length > LIMITS.chain) throw new KeystoreError('damaged', `the chain of "${alias}" is too long`)
  const chain = Array.from({ length }, () => certificate(reader, version))
  return { alias, key: unlocked(alias, locked, keyPassword), chain }
}

function certificate(reader: Reader, version: number): X509Certificate {
  if (version === 2 && reader.text() !== 'X.509')
    throw new KeystoreError('unsupported', 'only X.509 certificates are supported')
  return readCertificate(reader.blob())
}

function unlocked(alias: string, locked: Buffer, password: string): KeyObject {
  try {
    const info = readDer(locked)
    const [algorithm, data] = info.sequence
    if (algorithm?.sequence[0]?.oid !== JKS_PROTECTION || data === undefined) return readEncryptedKey(info, password)
    return readPrivateKey(unchained(data.octets, password))
  } catch (error) {
    if (error instanceof KeystoreError && error.problem === 'password')
      throw new KeystoreError('password', `the password of the key "${alias}" is wrong`, { cause: error })
    if (error instanceof DerError) throw new KeystoreError('damaged', `the key "${alias}" is damaged`, { cause: error })
    throw error
  }
}

/** Salt of 20 bytes, the key under XOR, and a check of 20 bytes. */
function unchained(data: Buffer, password: string): Buffer {
  if (data.length < 41) throw new DerError('a key is cut short')
  const secret = utf16(password)
  const plain = Buffer.from(data.subarray(20, -20))
  let link = data.subarray(0, 20)
  for (let at = 0; at < plain.length; at++) {
    if (at % 20 === 0) link = sha1(secret, link)
    plain[at] = (plain[at] ?? 0) ^ (link[at % 20] ?? 0)
  }
  if (!timingSafeEqual(sha1(secret, plain), data.subarray(-20)))
    throw new KeystoreError('password', 'the password of the key is wrong')
  return plain
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

function sha1(...pieces: readonly Buffer[]): Buffer {
  const digest = createHash('sha1')
  for (const piece of pieces) digest.update(piece)
  return digest.digest()
}

/** Walks what Java's DataOutputStream wrote, behind the magic number. */
class Reader {
  readonly #bytes: Buffer
  #at = 4

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new KeystoreError('damaged', 'the keystore is cut short')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  number(): number {
    return this.take(4).readUInt32BE(0)
  }

  /** Modified UTF-8 is UTF-8 for all that aliases hold. */
  text(): string {
    return this.take(this.take(2).readUInt16BE(0)).toString('utf8')
  }

  blob(): Buffer {
    return this.take(this.number())
  }
}
