import {
  ByteReader,
  THRIFT_KINDS,
  THRIFT_LIMITS,
  ThriftError,
  type ThriftMessage,
  type ThriftStruct,
  type ThriftValue,
} from './thrift-value.ts'

const VERSION = 0x80010000
const STOP = 0
const STRING = 11
const STRUCT = 12
const MAP = 13
const SET = 14
const LIST = 15

/** Bytes of values of a fixed length: bool, byte, double, i16, i32, i64. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [2, 1],
  [3, 1],
  [4, 8],
  [6, 2],
  [8, 4],
  [10, 8],
])

/** A message in the binary protocol of Thrift, strict and without a frame. */
export function writeBinary({ kind, name, sequence, body }: ThriftMessage): Buffer {
  return Buffer.concat([i32(VERSION | (THRIFT_KINDS.indexOf(kind) + 1)), text(name), i32(sequence), ...struct(body)])
}

function* struct(fields: ThriftStruct): Iterable<Buffer> {
  for (const [id, value] of fields) {
    const header = Buffer.alloc(3)
    header.writeUInt8(typeof value === 'string' ? STRING : Array.isArray(value) ? LIST : STRUCT)
    header.writeInt16BE(id, 1)
    yield header
    yield* written(value)
  }
  yield Buffer.of(STOP)
}

function* written(value: ThriftValue): Iterable<Buffer> {
  if (typeof value === 'string') yield text(value)
  else if (value instanceof Map) yield* struct(value)
  else {
    const all = value as readonly string[]
    yield Buffer.of(STRING)
    yield i32(all.length)
    for (const each of all) yield text(each)
  }
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return bytes
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([i32(bytes.length), bytes])
}

/** Reads the message at the beginning of `bytes`, with the bytes it takes. Throws Incomplete or ThriftError. */
export function readBinary(bytes: Buffer, limit: number): { readonly message: ThriftMessage; readonly length: number } {
  const reader = new ByteReader(bytes, limit)
  const version = reader.take(4).readUInt32BE()
  const kind = THRIFT_KINDS[(version & 0xff) - 1]
  if ((version & 0xffff0000) >>> 0 !== VERSION || kind === undefined)
    throw new ThriftError('this is not the binary protocol')
  const name = readText(reader)
  const sequence = reader.take(4).readInt32BE()
  const body = readStruct(reader, 0)
  return { message: { kind, name, sequence, body }, length: reader.position }
}

function readStruct(reader: ByteReader, depth: number): ThriftStruct {
  if (depth > THRIFT_LIMITS.depth) throw new ThriftError('the message is nested too deep')
  const fields = new Map<number, ThriftValue>()
  for (let type = reader.byte(); type !== STOP; type = reader.byte()) {
    reader.element()
    const id = reader.take(2).readInt16BE()
    const value = readValue(reader, type, depth)
    if (value !== undefined) fields.set(id, value)
  }
  return fields
}

/** Values of types that no service here uses are read over: undefined. */
function readValue(reader: ByteReader, type: number, depth: number): ThriftValue | undefined {
  if (type === STRING) return readText(reader)
  if (type === STRUCT) return readStruct(reader, depth + 1)
  if (type === LIST || type === SET) return readList(reader, depth + 1)
  if (type === MAP) return readMap(reader, depth + 1)
  const length = FIXED.get(type)
  if (length === undefined) throw new ThriftError(`there is no type ${type}`)
  reader.take(length)
  return undefined
}

function readList(reader: ByteReader, depth: number): readonly string[] | undefined {
  if (depth > THRIFT_LIMITS.depth) throw new ThriftError('the message is nested too deep')
  const type = reader.byte()
  const size = reader.take(4).readInt32BE()
  reader.element(size)
  const values: string[] = []
  for (let i = 0; i < size; i++) {
    const value = readValue(reader, type, depth)
    if (typeof value === 'string') values.push(value)
  }
  return type === STRING ? values : undefined
}

function readMap(reader: ByteReader, depth: number): undefined {
  if (depth > THRIFT_LIMITS.depth) throw new ThriftError('the message is nested too deep')
  const [key, value] = [reader.byte(), reader.byte()]
  const size = reader.take(4).readInt32BE()
  reader.element(size)
  for (let i = 0; i < size; i++) {
    readValue(reader, key, depth)
    readValue(reader, value, depth)
  }
  return undefined
}

function readText(reader: ByteReader): string {
  return reader.take(reader.take(4).readInt32BE()).toString('utf8')
}
