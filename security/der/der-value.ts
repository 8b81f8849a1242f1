import { DerError } from './der-error.ts'
import { readTime } from './der-time.ts'

/** Tag numbers of the universal class (X.680 section 8.4). */
export const TAG = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  enumerated: 10,
  utf8String: 12,
  sequence: 16,
  set: 17,
  printableString: 19,
  teletexString: 20,
  ia5String: 22,
  utcTime: 23,
  generalizedTime: 24,
  generalString: 27,
  universalString: 28,
  bmpString: 30,
} as const

export type DerClass = 'universal' | 'application' | 'context' | 'private'

/** One ASN.1 value. Its getters throw {@link DerError} when it is of another kind. */
export class DerValue {
  readonly class: DerClass
  readonly tag: number
  /** The whole encoding, tag and length included: what signatures are made over. */
  readonly encoded: Buffer
  /** What is inside a primitive value. */
  readonly content: Buffer
  /** What is inside a constructed value; undefined for a primitive one. */
  readonly children: readonly DerValue[] | undefined

  constructor(kind: DerClass, tag: number, encoded: Buffer, content: Buffer, children?: readonly DerValue[]) {
    this.class = kind
    this.tag = tag
    this.encoded = encoded
    this.content = content
    this.children = children
  }

  is(tag: number, kind: DerClass = 'universal'): boolean {
    return this.tag === tag && this.class === kind
  }

  /** The members of a SEQUENCE. */
  get sequence(): readonly DerValue[] {
    return this.#members(TAG.sequence)
  }

  /** The members of a SET. */
  get set(): readonly DerValue[] {
    return this.#members(TAG.set)
  }

  /** The single value inside an explicit context tag `[tag]`, or inside an application tag. */
  explicit(tag: number, kind: DerClass = 'context'): DerValue {
    const inner = this.children?.[0]
    if (!this.is(tag, kind) || inner === undefined || this.children?.length !== 1) throw this.#not(`${kind} [${tag}]`)
    return inner
  }

  get integer(): bigint {
    const { content } = this.#primitive(TAG.integer)
    return readInteger(content)
  }

  /** An INTEGER that is a small number: versions, counts, types. */
  get small(): number {
    const value = this.is(TAG.enumerated) ? readInteger(this.content) : this.integer
    if (value < -0x80000000n || value > 0xffffffffn) throw new DerError('an integer is out of range')
    return Number(value)
  }

  get boolean(): boolean {
    const { content } = this.#primitive(TAG.boolean)
    if (content.length !== 1) throw new DerError('a boolean has one byte')
    return content[0] !== 0
  }

  /** An object identifier as dotted decimals. */
  get oid(): string {
    return readOid(this.#primitive(TAG.oid).content)
  }

  get octets(): Buffer {
    return this.#primitive(TAG.octetString).content
  }

  /** The bytes of a BIT STRING, the unused bits of the last one being zero. */
  get bits(): Buffer {
    const { content } = this.#primitive(TAG.bitString)
    const unused = content[0]
    if (unused === undefined || unused > 7 || (content.length === 1 && unused > 0))
      throw new DerError('a bit string is malformed')
    return content.subarray(1)
  }

  /** Any of the character string kinds. */
  get text(): string {
    if (this.class !== 'universal' || this.children !== undefined) throw this.#not('a string')
    return readText(this.tag, this.content)
  }

  /** UTCTime or GeneralizedTime, milliseconds since the epoch. */
  get time(): number {
    if (this.class !== 'universal' || (this.tag !== TAG.utcTime && this.tag !== TAG.generalizedTime))
      throw this.#not('a time')
    return readTime(this.content.toString('latin1'), this.tag === TAG.utcTime)
  }

  #members(tag: number): readonly DerValue[] {
    if (!this.is(tag) || this.children === undefined) throw this.#not(`tag ${tag}`)
    return this.children
  }

  #primitive(tag: number): this {
    if (!this.is(tag) || this.children !== undefined) throw this.#not(`tag ${tag}`)
    return this
  }

  #not(expected: string): DerError {
    return new DerError(`expected ${expected}, found ${this.class} tag ${this.tag}`)
  }
}

function readInteger(content: Buffer): bigint {
  if (content.length === 0) throw new DerError('an integer is empty')
  const negative = ((content[0] ?? 0) & 0x80) !== 0
  const magnitude = BigInt(`0x${content.toString('hex')}`)
  return negative ? magnitude - (1n << BigInt(content.length * 8)) : magnitude
}

function readOid(content: Buffer): string {
  const arcs: number[] = []
  let arc = 0
  for (let at = 0; at < content.length; at++) {
    const byte = content[at] ?? 0
    if (arc === 0 && byte === 0x80) throw new DerError('an object identifier is padded')
    arc = arc * 128 + (byte & 0x7f)
    if (!Number.isSafeInteger(arc)) throw new DerError('an arc of an object identifier is too large')
    if (byte >= 0x80) continue
    arcs.push(arc)
    arc = 0
  }
  const [first] = arcs
  if (first === undefined || ((content.at(-1) ?? 0) & 0x80) !== 0)
    throw new DerError('an object identifier is cut short')
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...arcs.slice(1)].join('.')
}

function readText(tag: number, content: Buffer): string {
  switch (tag) {
    case TAG.utf8String:
    case TAG.generalString:
      return content.toString('utf8')
    case TAG.bmpString:
      if (content.length % 2 !== 0) throw new DerError('a BMPString has half a character')
      return Buffer.from(content).swap16().toString('utf16le')
    case TAG.universalString:
      return readUniversal(content)
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.teletexString:
      return content.toString('latin1')
    default:
      throw new DerError(`expected a string, found universal tag ${tag}`)
  }
}

function readUniversal(content: Buffer): string {
  let text = ''
  for (let at = 0; at + 4 <= content.length; at += 4) {
    const point = content.readUInt32BE(at)
    if (point > 0x10ffff) throw new DerError('a UniversalString holds no character')
    text += String.fromCodePoint(point)
  }
  return text
}
