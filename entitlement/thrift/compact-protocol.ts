import {
  ByteReader,
  THRIFT_KINDS,
  THRIFT_LIMITS,
  ThriftError,
  type ThriftMessage,
  type ThriftStruct,
  type ThriftValue,
} from './thrift-value.ts'

const PROTOCOL = 0x82
const VERSION = 1
const STOP = 0
const BINARY = 8
const LIST = 9
const SET = 10
const MAP = 11
const STRUCT = 12

/** A message in the compact protocol of Thrift. */
export function writeCompact({ kind, name, sequence, body }: ThriftMessage): Buffer {
  const head = Buffer.of(PROTOCOL, ((THRIFT_KINDS.indexOf(kind) + 1) << 5) | VERSION)
  return Buffer.concat([head, varint(sequence >>> 0), text(name), ...struct(body)])
}

function* struct(fields: ThriftStruct): Iterable<Buffer> {
  let before = 0
  for (const [id, value] of fields) {
    const type = typeof value === 'string' ? BINARY : Array.isArray(value) ? LIST : STRUCT
    const delta = id - before
    before = id
    if (delta > 0 && delta < 16) yield Buffer.of((delta << 4) | type)
    else yield Buffer.concat([Buffer.of(type), varint(zigzag(id))])
    yield* written(value)
  }
  yield Buffer.of(STOP)
}

function* written(value: ThriftValue): Iterable<Buffer> {
  if (typeof value === 'string') yield text(value)
  else if (value instanceof Map) yield* struct(value)
  else {
    const all = value as readonly string[]
    if (all.length < 15) yield Buffer.of((all.length << 4) | BINARY)
    else yield Buffer.concat([Buffer.of(0xf0 | BINARY), varint(all.length)])
    for (const each of all) yield text(each)
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.of(...bytes, rest)
}

const zigzag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2)
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

/** Reads the message that `bytes` are. Throws Incomplete or ThriftError. */
export function readCompact(bytes: Buffer, limit: number): ThriftMessage {
  const reader = new ByteReader(bytes, limit)
  const [protocol, head] = [reader.byte(), reader.byte()]
  const kind = THRIFT_KINDS[(head >> 5) - 1]
  if (protocol !== PROTOCOL || (head & 0x1f) !== VERSION || kind === undefined)
    throw new ThriftError('this is not the compact protocol')
  const sequence = readVarint(reader) | 0
  const name = readText(reader)
  return { kind, name, sequence, body: readStruct(reader, 0) }
}

function readStruct(reader: ByteReader, depth: number): ThriftStruct {
  if (depth > THRIFT_LIMITS.depth) throw new ThriftError('the message is nested too deep')
  const fields = new Map<number, ThriftValue>()
  let id = 0
  for (let head = reader.byte(); head !== STOP; head = reader.byte()) {
    reader.element()
    id = head >> 4 === 0 ? unzigzag(readVarint(reader)) : id + (head >> 4)
    const type = head & 0x0f
    // A boolean field is its type.
    const value = type === 1 || type === 2 ? undefined : readValue(reader, type, depth)
    if (value !== undefined) fields.set(id, value)
  }
  return fields
}

/** Values of types that no service here uses are read over: undefined. */
function readValue(reader: ByteReader, type: number, depth: number): ThriftValue | undefined {
  switch (type) {
    case BINARY:
      return readText(reader)
    case STRUCT:
      return readStruct(reader, depth + 1)
    case LIST:
    case SET:
      return readList(reader, depth + 1)
    case MAP:
      return readMap(reader, depth + 1)
    case 1:
    case 2:
    case 3:
      reader.byte()
      return undefined
    case 4:
    case 5:
    case 6:
      readVarint(reader)
      return undefined
    case 7:
      reader.take(8)
      return undefined
    default:
      throw new ThriftError(`there is no type ${type}`)
  }
}

function readList(reader: ByteReader, depth: number): readonly string[] | undefined {
  if (depth > THRIFT_LIMITS.depth) throw new ThriftError('the message is nested too deep')
  const head = reader.byte()
  const size = head >> 4 === 15 ? readVarint(reader) : head >> 4
  reader.element(size)
  const values: string[] = []
  for (let i = 0; i < size; i++) {
    const value = readValue(reader, head & 0x0f, depth)
    if (typeof value === 'string') values.push(value)
  }
  return (head & 0x0f) === BINARY ? values : undefined
}

function readMap(reader: ByteReader, depth: number): undefined {
  if (depth > THRIFT_LIMITS.depth) throw new ThriftError('the message is nested too deep')
  const size = readVarint(reader)
  reader.element(size)
  if (size === 0) return undefined
  const types = reader.byte()
  for (let i = 0; i < size; i++) {
    readValue(reader, types >> 4, depth)
    readValue(reader, types & 0x0f, depth)
  }
  return undefined
}

function readText(reader: ByteReader): string {
  return reader.take(readVarint(reader)).toString('utf8')
}

/** At most 63 bits; what is above 53 loses precision, and is no length or identifier of anything here. */
function readVarint(reader: ByteReader): number {
  let value = 0
  let scale = 1
  for (let i = 0; i < 9; i++) {
    const byte = reader.byte()
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return value
    scale *= 128
  }
  throw new ThriftError('a number is too long')
}
