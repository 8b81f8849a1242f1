import { type EncryptionKey, NAME_PRINCIPAL, type PrincipalName, printPrincipal, sameName } from './kerberos-types.ts'

/** A key of a service or user in a keytab. */
export interface KeytabEntry {
  readonly name: PrincipalName
  readonly realm: string
  readonly kvno: number
  readonly key: EncryptionKey
}

/** A keytab that cannot be read. The text goes into a diagnostic. */
export class KeytabError extends Error {
  override readonly name = 'KeytabError'
}

const LIMITS = { bytes: 1_000_000, entries: 1000 }

/** The keys of a keytab file of MIT Kerberos or Heimdal, format 2 (0x0502). */
export class Keytab {
  readonly entries: readonly KeytabEntry[]

  constructor(entries: readonly KeytabEntry[]) {
    this.entries = entries
  }

  /** Throws a {@link KeytabError}. */
  static read(bytes: Buffer): Keytab {
    if (bytes.length > LIMITS.bytes) throw new KeytabError('the file is too large for a keytab')
    if (bytes[0] !== 5 || bytes[1] !== 2) throw new KeytabError('the file is no keytab of format 2')
    const entries: KeytabEntry[] = []
    for (let at = 2; at + 4 <= bytes.length;) {
      const size = bytes.readInt32BE(at)
      at += 4
      // A negative size is that of a hole where an entry was removed.
      if (size > 0) entries.push(readEntry(bytes.subarray(at, at + size), size))
      if (size === 0) break
      at += Math.abs(size)
    }
    if (entries.length === 0) throw new KeytabError('the keytab holds no key')
    if (entries.length > LIMITS.entries) throw new KeytabError('the keytab holds too many keys')
    return new Keytab(entries)
  }

  /**
   * Keys that a ticket for a service may be encrypted with, those of its version first. Keys of other versions follow: a
   * service may have been given new ones meanwhile, and numbers differ between programs.
   */
  find(name: PrincipalName, realm: string, etype: number, kvno: number | undefined): EncryptionKey[] {
    const fitting = this.entries.filter(
      (entry) => entry.key.etype === etype && entry.realm === realm && sameName(entry.name, name),
    )
    return fitting
      .toSorted((a, b) => Number(b.kvno === kvno) - Number(a.kvno === kvno) || b.kvno - a.kvno)
      .map(({ key }) => key)
  }

  /** Names of all principals, for diagnostics and logs. */
  get principals(): readonly string[] {
    return [...new Set(this.entries.map(({ name, realm }) => printPrincipal(name, realm)))]
  }
}

function readEntry(bytes: Buffer, size: number): KeytabEntry {
  if (bytes.length < size) throw new KeytabError('the keytab is cut short')
  const reader = new Reader(bytes)
  const count = reader.short()
  const realm = reader.text()
  const parts = Array.from({ length: Math.min(count, 20) }, () => reader.text())
  const type = reader.long()
  reader.long()
  const short = reader.byte()
  const etype = reader.short()
  const value = Buffer.from(reader.bytes(reader.short()))
  const long = reader.left >= 4 ? reader.long() : 0
  return {
    name: { type: type === 0 ? NAME_PRINCIPAL : type, parts },
    realm,
    kvno: long === 0 ? short : long,
    key: { etype, value },
  }
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  bytes(length: number): Buffer {
    if (length > this.left) throw new KeytabError('the keytab is damaged')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  byte(): number {
    return this.bytes(1).readUInt8(0)
  }

  short(): number {
    return this.bytes(2).readUInt16BE(0)
  }

  long(): number {
    return this.bytes(4).readUInt32BE(0)
  }

  text(): string {
    return this.bytes(this.short()).toString('utf8')
  }
}
