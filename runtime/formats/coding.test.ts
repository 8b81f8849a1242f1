import { brotliCompressSync, deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { decode, encode } from './coding.ts'

const MB = 1024 * 1024
const text = Buffer.from('<a>é</a>')

describe('a compressed body', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['DEFLATE', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, identity', gzipSync(text)],
    ['deflate, gzip', gzipSync(deflateSync(text))],
  ])('in %s is unpacked', (coding, bytes) => {
    expect(decode(bytes, coding, MB)).toEqual(text)
  })

  it('without a coding is the same bytes', () => {
    expect(decode(text, undefined, MB)).toBe(text)
  })

  it.each([
    ['is damaged', 'gzip', gzipSync(text).subarray(0, 15)],
    ['has a wrong checksum', 'gzip', Buffer.concat([gzipSync(text).subarray(0, -8), Buffer.alloc(8)])],
    ['is in an unknown coding', 'zip', text],
    ['is packed too often', 'gzip,gzip,gzip,gzip', text],
    ['unpacks to more than the limit', 'gzip', gzipSync(Buffer.alloc(2 * MB, 'ab'))],
    ['unpacks to more than a hundred times its size', 'gzip', gzipSync(Buffer.alloc(900_000))],
    ['does so in brotli', 'br', brotliCompressSync(Buffer.alloc(900_000))],
    ['does so by two layers', 'gzip,gzip', gzipSync(gzipSync(Buffer.alloc(30 * MB)))],
  ])('that %s is fault 601000', (_, coding, bytes) => {
    expect(() => decode(bytes, coding, MB)).toThrow(Fault)
  })
})

describe('a body to be compressed', () => {
  it('is written in gzip and deflate, in others not at all', () => {
    expect(gunzipSync(encode(text, 'gzip') ?? text)).toEqual(text)
    expect(inflateSync(encode(text, 'deflate') ?? text)).toEqual(text)
    expect(encode(text, 'identity')).toBe(text)
    expect(encode(text, 'br')).toBeUndefined()
  })
})
