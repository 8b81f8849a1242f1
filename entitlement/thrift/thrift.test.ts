import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBinary, writeBinary } from './binary-protocol.ts'
import { readCompact, writeCompact } from './compact-protocol.ts'
import { MessageBuffer } from './message-buffer.ts'
import { Incomplete, ThriftError, type ThriftMessage, type ThriftStruct, type ThriftValue } from './thrift-value.ts'

const LIMIT = 100_000

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const lists = fc.array(text, { maxLength: 20 })
const fields = (value: fc.Arbitrary<ThriftValue>): fc.Arbitrary<ThriftStruct> =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: -300, max: 300 }), value), { selector: ([id]) => id, maxLength: 6 })
    .map((entries) => new Map(entries))
const leaf: fc.Arbitrary<ThriftValue> = fc.oneof(text, lists)
const messages: fc.Arbitrary<ThriftMessage> = fc.record({
  kind: fc.constantFrom('call', 'reply', 'exception', 'oneway'),
  name: text,
  sequence: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  body: fields(fc.oneof(leaf, fields(fc.oneof(leaf, fields(leaf))))),
})

const protocols = [
  { name: 'binary', write: writeBinary, read: (bytes: Buffer, limit = LIMIT) => readBinary(bytes, limit).message },
  { name: 'compact', write: writeCompact, read: (bytes: Buffer, limit = LIMIT) => readCompact(bytes, limit) },
] as const

describe.each(protocols)('the $name protocol', ({ write, read }) => {
  test('reads what it has written', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(read(write(message))).toEqual(message)
      }),
    )
  })

  test('says of every part of a message that it is not complete', () => {
    fc.assert(
      fc.property(messages, fc.double({ min: 0, max: 0.999, noNaN: true }), (message, part) => {
        const bytes = write(message)
        expect(() => read(bytes.subarray(0, Math.floor(bytes.length * part)))).toThrow(Incomplete)
      }),
    )
  })

  test('throws nothing else than its own errors, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), messages, fc.nat(), (noise, message, at) => {
        for (const bytes of [Buffer.from(noise), spoiled(write(message), at, noise)]) {
          try {
            read(bytes)
          } catch (thrown) {
            if (!(thrown instanceof Incomplete) && !(thrown instanceof ThriftError)) throw thrown
          }
        }
      }),
    )
  })

  test('a message beyond the limit is refused before it is there', () => {
    const message: ThriftMessage = { kind: 'call', name: 'f', sequence: 1, body: new Map([[1, 'x'.repeat(5000)]]) }
    const bytes = write(message)
    expect(() => read(bytes.subarray(0, 40), 4000)).toThrow(ThriftError)
    expect(read(bytes, 6000)).toEqual(message)
  })

  test('more parts than are allowed are refused, as is too much nesting', () => {
    const many = {
      kind: 'call',
      name: 'f',
      sequence: 1,
      body: new Map([[1, Array.from({ length: 1001 }, () => '')]]),
    } as const
    expect(() => read(write(many))).toThrow('too many parts')
    let deep: ThriftStruct = new Map([[1, 'x']])
    for (let i = 0; i < 12; i++) deep = new Map([[1, deep]])
    expect(() => read(write({ kind: 'call', name: 'f', sequence: 1, body: deep }))).toThrow('nested too deep')
  })
})

function spoiled(bytes: Buffer, at: number, noise: Uint8Array): Buffer {
  const copy = Buffer.from(bytes)
  if (copy.length > 0) copy[at % copy.length] = noise[0] ?? 255
  return copy
}

describe('on the wire', () => {
  // As Apache Thrift 0.17 writes getDecision("r", "s") with sequence 1.
  const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
  const binary = hex('80010001 0000000b 6765744465636973696f6e 00000001 0b0001 00000001 72 0b0002 00000001 73 00')
  const compact = hex('8221 01 0b 6765744465636973696f6e 18 01 72 18 01 73 00')
  const call: ThriftMessage = {
    kind: 'call',
    name: 'getDecision',
    sequence: 1,
    body: new Map([
      [1, 'r'],
      [2, 's'],
    ]),
  }

  test('calls have the bytes that the reference implementation gives them', () => {
    expect(writeBinary(call)).toEqual(binary)
    expect(writeCompact(call)).toEqual(compact)
  })

  test('values of types that nobody here uses are read over', () => {
    const head = binary.subarray(0, 23)
    const scalars = hex(
      '020001 01 030002 07 040003 3ff0000000000000 060004 0001 080005 00000001 0a0006 0000000000000001',
    )
    const map = hex('0d0007 0b 08 00000001 00000001 6b 00000005')
    const list = hex('0f0008 08 00000002 00000001 00000002')
    const message = Buffer.concat([head, scalars, map, list, hex('0b0009 00000001 7a 00')])
    expect(readBinary(message, LIMIT).message.body).toEqual(new Map([[9, 'z']]))
  })

  test.each(['000000', '16030100c8', '474554202f20485454502f312e31', '80010009', '80020001'])(
    'what is another protocol is refused at once: %s',
    (start) => {
      const bytes = Buffer.concat([hex(start), Buffer.alloc(20)])
      expect(() => readBinary(bytes, LIMIT)).toThrow(ThriftError)
    },
  )

  test('the compact protocol of another version is refused', () => {
    for (const start of ['8222', '8122', '82e1', '8201'])
      expect(() => readCompact(Buffer.concat([hex(start), Buffer.alloc(20)]), LIMIT)).toThrow(ThriftError)
  })
})

describe('a buffer of messages', () => {
  test('gives them whole, however they were cut', () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (sent, size) => {
        const bytes = Buffer.concat(sent.map(writeBinary))
        const buffer = new MessageBuffer(LIMIT)
        const got: ThriftMessage[] = []
        for (let at = 0; at < bytes.length; at += size) {
          buffer.add(bytes.subarray(at, at + size))
          for (let message = buffer.next(); message !== undefined; message = buffer.next()) got.push(message)
        }
        expect(got).toEqual(sent)
        expect(buffer.length).toBe(0)
      }),
    )
  })

  test('does not look again before what was missing is there', () => {
    const bytes = writeBinary({ kind: 'call', name: 'f', sequence: 1, body: new Map([[1, 'x'.repeat(60_000)]]) })
    const buffer = new MessageBuffer(LIMIT)
    const started = performance.now()
    for (const byte of bytes) {
      buffer.add(Buffer.of(byte))
      buffer.next()
    }
    expect(buffer.next()).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('refuses a message that never ends', () => {
    const buffer = new MessageBuffer(100)
    buffer.add(Buffer.concat([Buffer.from('80010001000000016600000001', 'hex'), Buffer.alloc(90, 0x0b)]))
    expect(() => buffer.next()).toThrow(ThriftError)
  })
})
