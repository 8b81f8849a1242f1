import { printTime } from './der-time.ts'
import { type DerClass, TAG } from './der-value.ts'

const CLASS_BITS: Readonly<Record<DerClass, number>> = { universal: 0, application: 0x40, context: 0x80, private: 0xc0 }
const CONSTRUCTED = 0x20

/** Writes ASN.1 values in DER. Every function gives one complete value. */
export const der = {
  sequence: (...members: readonly Buffer[]): Buffer => value(TAG.sequence | CONSTRUCTED, Buffer.concat(members)),
  set: (...members: readonly Buffer[]): Buffer =>
    value(TAG.set | CONSTRUCTED, Buffer.concat(members.toSorted((a, b) => a.compare(b)))),
  octets: (bytes: Buffer): Buffer => value(TAG.octetString, bytes),
  bits: (bytes: Buffer): Buffer => value(TAG.bitString, Buffer.concat([Buffer.of(0), bytes])),
  boolean: (truth: boolean): Buffer => value(TAG.boolean, Buffer.of(truth ? 0xff : 0)),
  null: (): Buffer => value(TAG.null, Buffer.alloc(0)),
  integer: (number: number | bigint): Buffer => value(TAG.integer, integerContent(BigInt(number))),
  oid: (dotted: string): Buffer => value(TAG.oid, oidContent(dotted)),
  utf8: (text: string): Buffer => value(TAG.utf8String, Buffer.from(text)),
  ia5: (text: string): Buffer => value(TAG.ia5String, Buffer.from(text, 'latin1')),
  general: (text: string): Buffer => value(TAG.generalString, Buffer.from(text)),
  generalizedTime: (time: number): Buffer => value(TAG.generalizedTime, Buffer.from(printTime(time), 'latin1')),
  /** `[tag]` around a complete value. */
  explicit: (tag: number, inner: Buffer, kind: DerClass = 'context'): Buffer =>
    value(CLASS_BITS[kind] | CONSTRUCTED | tag, inner),
  /** `[tag]` in place of the tag of a primitive value. */
  implicit: (tag: number, content: Buffer): Buffer => value(CLASS_BITS.context | tag, content),
}

/** `first` is the identifier byte: tags above 30 are not written. */
function value(first: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(first), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.of(0x80 | bytes.length, ...bytes)
}

function integerContent(number: bigint): Buffer {
  let size = 1n
  while (number < -(1n << (size * 8n - 1n)) || number >= 1n << (size * 8n - 1n)) size++
  const bits = BigInt.asUintN(Number(size * 8n), number)
  return Buffer.from(bits.toString(16).padStart(Number(size * 2n), '0'), 'hex')
}

function oidContent(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return Buffer.from([first * 40 + second, ...rest].flatMap(arcBytes))
}

function arcBytes(arc: number): number[] {
  const bytes = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest % 128) | 0x80)
  return bytes
}
