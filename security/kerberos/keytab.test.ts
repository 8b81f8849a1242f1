import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DerError } from '../der/index.ts'
import { unwrapGss, wrapGss } from './gss-token.ts'
import { Keytab, KeytabError } from './keytab.ts'

const counted = (text: string): Buffer => Buffer.concat([short(text.length), Buffer.from(text)])
const short = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff)
const long = (value: number): Buffer => Buffer.concat([short(value >>> 16), short(value & 0xffff)])

function entry(
  parts: readonly string[],
  realm: string,
  kvno: number,
  etype: number,
  key: Buffer,
  tail: Buffer = Buffer.alloc(0),
): Buffer {
  const body = Buffer.concat([
    short(parts.length),
    counted(realm),
    ...parts.map(counted),
    long(1),
    long(0),
    Buffer.of(kvno & 0xff),
    short(etype),
    short(key.length),
    key,
    tail,
  ])
  return Buffer.concat([long(body.length), body])
}
const file = (...entries: readonly Buffer[]): Buffer => Buffer.concat([Buffer.of(5, 2), ...entries])
const key = Buffer.alloc(32, 1)
const name = { type: 1, parts: ['HTTP', 'bus'] }

describe('a keytab', () => {
  test('is read over holes and up to its end mark', () => {
    const hole = Buffer.concat([long(0xfffffffb), Buffer.alloc(5)])
    const keytab = Keytab.read(
      file(
        entry(['HTTP', 'bus'], 'R', 1, 18, key),
        hole,
        entry(['alice'], 'R', 2, 17, key.subarray(16)),
        long(0),
        Buffer.from('rest'),
      ),
    )
    expect(keytab.principals).toEqual(['HTTP/bus@R', 'alice@R'])
    expect(keytab.find(name, 'R', 18, 1)).toEqual([{ etype: 18, value: key }])
    expect(keytab.find(name, 'R', 17, 1)).toEqual([])
    expect(keytab.find(name, 'OTHER', 18, 1)).toEqual([])
    expect(keytab.find({ type: 1, parts: ['HTTP'] }, 'R', 18, 1)).toEqual([])
  })

  test('versions above 255 are in the tail of an entry', () => {
    expect(Keytab.read(file(entry(['a'], 'R', 1, 18, key, long(257)))).entries[0]?.kvno).toBe(257)
    expect(Keytab.read(file(entry(['a'], 'R', 7, 18, key, long(0)))).entries[0]?.kvno).toBe(7)
  })

  test('the key of the version that is asked for comes first, then the newest', () => {
    const keys = [1, 2, 3].map((version) => Buffer.alloc(32, version))
    const keytab = Keytab.read(file(...keys.map((each, index) => entry(['HTTP', 'bus'], 'R', index + 1, 18, each))))
    expect(keytab.find(name, 'R', 18, 2).map(({ value }) => value[0])).toEqual([2, 3, 1])
    expect(keytab.find(name, 'R', 18, undefined).map(({ value }) => value[0])).toEqual([3, 2, 1])
  })

  test.each([
    ['no keytab', Buffer.from('hello'), /no keytab of format 2/],
    ['one of format 1', Buffer.of(5, 1, 0, 0), /no keytab of format 2/],
    ['an empty one', file(), /holds no key/],
    ['one that is cut short', file(entry(['a'], 'R', 1, 18, key)).subarray(0, -4), /cut short/],
    ['one whose lengths lie', file(Buffer.concat([long(6), short(1), short(60), short(0)])), /damaged/],
    [
      'one of a thousand and one keys',
      file(...Array.from({ length: 1001 }, () => entry(['a'], 'R', 1, 18, key))),
      /too many keys/,
    ],
    ['one of a megabyte', Buffer.alloc(1_000_001), /too large/],
  ])('%s is refused', (_, bytes, expected) => {
    expect(() => Keytab.read(bytes)).toThrow(expected)
    expect(() => Keytab.read(bytes)).toThrow(KeytabError)
  })

  test('anything at all is a keytab or a KeytabError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          Keytab.read(Buffer.concat([Buffer.of(5, 2), bytes]))
        } catch (error) {
          expect(error).toBeInstanceOf(KeytabError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a token of the GSS-API', () => {
  test('is wrapped and unwrapped, whatever its length', () => {
    for (const length of [0, 1, 100, 200, 300, 70_000]) {
      const bytes = Buffer.alloc(length, 7)
      expect(unwrapGss(wrapGss(bytes))).toEqual(bytes)
    }
    expect(wrapGss(Buffer.from('x')).toString('hex')).toBe('600e06092a864886f712010202010078')
  })

  test.each([
    ['another frame', '300e06092a864886f712010202010078'],
    ['another mechanism', '600b06062b060105050201 0078'.replace(' ', '')],
    ['another token', '600e06092a864886f712010202020078'],
    ['bytes behind it', '600e06092a864886f71201020201007800'],
    ['a cut frame', '600e06092a864886f7120102020100'],
    ['nothing', ''],
  ])('with %s is refused', (_, hex) => {
    expect(() => unwrapGss(Buffer.from(hex, 'hex'))).toThrow(DerError)
  })
})
