import { createDecipheriv, createPrivateKey, hash, type KeyObject, type X509Certificate } from 'node:crypto'
import { DerError, readDer } from '../der/index.ts'
import { type KeystoreEntry, orderedChain, readCertificate } from './keystore-entry.ts'
import { KeystoreError } from './keystore-error.ts'
import { readEncryptedKey } from './read-pkcs12.ts'

/** One block of a PEM file (RFC 7468). */
export interface PemBlock {
  readonly label: string
  readonly headers: ReadonlyMap<string, string>
  readonly bytes: Buffer
}

const BEGIN = /-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n/g
const HEADER = /^([A-Za-z-]+): ?(.*)$/

/** The blocks of a PEM text; text around them is ignored. */
export function readPemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  let end = 0
  for (const begin of text.matchAll(BEGIN)) {
    const [line, label = ''] = begin
    if (begin.index < end) continue
    const from = begin.index + line.length
    end = text.indexOf(`-----END ${label}-----`, from)
    if (end < 0) break
    blocks.push(blockOf(label, text.slice(from, end)))
  }
  return blocks
}

function blockOf(label: string, body: string): PemBlock {
  const headers = new Map<string, string>()
  const lines = body.split(/\r?\n/)
  while (HEADER.test(lines[0] ?? '')) {
    const [, name = '', value = ''] = HEADER.exec(lines.shift() ?? '') ?? []
    headers.set(name, value)
  }
  return { label, headers, bytes: Buffer.from(lines.join(''), 'base64') }
}

/**
 * Keys and certificates of a PEM text as entries of a keystore. A certificate that fits a key becomes its leaf, those above it
 * its chain; the others are trusted. `alias` names the first entry, the next are `alias-2` … Throws {@link KeystoreError}.
 */
export function readPemEntries(text: string, password: string | undefined, alias: string): KeystoreEntry[] {
  const keys: KeyObject[] = []
  const certificates: X509Certificate[] = []
  for (const block of readPemBlocks(text)) {
    if (/^(?:X509 |TRUSTED )?CERTIFICATE$/.test(block.label)) certificates.push(readCertificate(block.bytes))
    else if (block.label.endsWith('PRIVATE KEY')) keys.push(readPemKey(block, password))
  }
  const inChains = new Set<X509Certificate>()
  const entries: KeystoreEntry[] = keys.map((key) => {
    const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key))
    const chain = leaf === undefined ? [] : orderedChain(leaf, certificates)
    for (const certificate of chain) inChains.add(certificate)
    return { alias: '', key, chain }
  })
  for (const certificate of certificates) {
    if (!inChains.has(certificate)) entries.push({ alias: '', key: undefined, chain: [certificate] })
  }
  return entries.map((entry, index) => ({ ...entry, alias: index === 0 ? alias : `${alias}-${index + 1}` }))
}

function readPemKey(block: PemBlock, password: string | undefined): KeyObject {
  const secret = (): string => {
    if (password === undefined) throw new KeystoreError('password', 'the private key is encrypted; it needs a password')
    return password
  }
  try {
    if (block.label === 'ENCRYPTED PRIVATE KEY') return readEncryptedKey(readDer(block.bytes), secret())
    const encryption = block.headers.get('DEK-Info')
    const der = encryption === undefined ? block.bytes : openSslDecrypted(block.bytes, encryption, secret())
    return keyOf(block.label, der, encryption !== undefined)
  } catch (error) {
    if (error instanceof DerError)
      throw new KeystoreError('damaged', `the private key is damaged: ${error.message}`, { cause: error })
    throw error
  }
}

const KEY_TYPES = new Map<string, 'pkcs8' | 'pkcs1' | 'sec1'>([
  ['PRIVATE KEY', 'pkcs8'],
  ['RSA PRIVATE KEY', 'pkcs1'],
  ['EC PRIVATE KEY', 'sec1'],
])

function keyOf(label: string, der: Buffer, encrypted: boolean): KeyObject {
  const type = KEY_TYPES.get(label)
  if (type === undefined)
    throw new KeystoreError('unsupported', `a "${label}" is not supported; convert it with \`openssl pkey\``)
  try {
    return createPrivateKey({ key: der, format: 'der', type })
  } catch (cause) {
    if (encrypted) throw new KeystoreError('password', 'the password is wrong, or the key is damaged', { cause })
    throw new KeystoreError('damaged', 'the private key is damaged', { cause })
  }
}

const OPENSSL_CIPHERS = new Map([
  ['AES-128-CBC', 16],
  ['AES-192-CBC', 24],
  ['AES-256-CBC', 32],
  ['DES-EDE3-CBC', 24],
])

/** The encryption of traditional OpenSSL keys: the key is a chain of MD5 over password and the start of the IV. */
function openSslDecrypted(data: Buffer, info: string, password: string): Buffer {
  const [cipher = '', ivText = ''] = info.split(',')
  const length = OPENSSL_CIPHERS.get(cipher)
  const iv = Buffer.from(ivText, 'hex')
  if (length === undefined || iv.length < 8)
    throw new KeystoreError('unsupported', `encryption by ${cipher} is not supported`)
  const salt = iv.subarray(0, 8)
  let key = Buffer.alloc(0)
  for (let last = Buffer.alloc(0); key.length < length; key = Buffer.concat([key, last])) {
    last = Buffer.from(hash('md5', Buffer.concat([last, Buffer.from(password), salt]), 'buffer'))
  }
  try {
    const decryption = createDecipheriv(cipher.toLowerCase(), key.subarray(0, length), iv)
    return Buffer.concat([decryption.update(data), decryption.final()])
  } catch (cause) {
    throw new KeystoreError('password', 'the password is wrong, or the key is damaged', { cause })
  }
}
