import { describe, expect, test } from 'vitest'
import { vet, type Vetted, type VettingRules } from './vetting.ts'

const RULES: VettingRules = { headerCount: 10, bodyLimit: 1_000, isOwn: (authority) => authority === 'me:8280' }

interface Head {
  readonly method?: string
  readonly url?: string
  readonly httpVersion?: string
}

const blank = (): Vetted => ({
  length: -1,
  chunked: false,
  last: false,
  named: undefined,
  expectsContinue: false,
  host: '',
  target: '',
})

/** What is found, or `status reason`. */
function look(fields: readonly string[], { method = 'POST', url = '/s', httpVersion = '1.1' }: Head = {}, known = '') {
  const found = blank()
  const refusal = vet({ method, url, httpVersion, rawHeaders: fields }, RULES, found, known)
  return refusal === undefined ? found : `${refusal.status} ${refusal.reason}`
}

const HOST = ['Host', 'bus']

describe('a request that is taken', () => {
  test('tells its length, coding and end', () => {
    expect(look(HOST)).toMatchObject({ length: -1, chunked: false, last: false, host: 'bus', target: '/s' })
    expect(look([...HOST, 'Content-Length', '12'])).toMatchObject({ length: 12, chunked: false })
    expect(look([...HOST, 'transfer-encoding', 'Chunked'])).toMatchObject({ length: -1, chunked: true })
    expect(look([...HOST, 'Expect', '100-Continue'])).toMatchObject({ expectsContinue: true })
  })

  test.each([
    ['1.1', [], false],
    ['1.1', ['Connection', 'close'], true],
    ['1.1', ['Connection', 'x, Close '], true],
    ['1.1', ['Connection', 'closed'], false],
    ['1.0', [], true],
    ['1.0', ['Connection', 'keep-alive'], false],
  ])('HTTP/%s with %j: the last one is %s', (httpVersion, fields, last) => {
    expect(look([...HOST, ...fields], { httpVersion })).toMatchObject({ last })
  })

  test('HTTP/1.0 needs no Host, and waits for no 100', () => {
    expect(look(['Expect', '100-continue'], { httpVersion: '1.0' })).toMatchObject({ host: '', expectsContinue: false })
  })

  test('fields that Connection names are to be removed, several Connection fields count together', () => {
    const found = look([...HOST, 'Connection', 'X-One', 'connection', 'x-two, close'])
    expect(found).toMatchObject({ last: true })
    expect([...((found as Vetted).named ?? [])].toSorted()).toEqual(expect.arrayContaining(['x-one', 'x-two']))
  })

  test.each(['bus', 'bus:8280', '127.0.0.1:1', '[::1]', '[::1]:65535', 'a_b.c~d', ''])('Host "%s" is one', (host) => {
    expect(look(['Host', host])).toMatchObject({ host })
  })

  test('a Host that was good before is not looked at again', () => {
    expect(look(['Host', 'not a host'], {}, 'not a host')).toMatchObject({ host: 'not a host' })
  })

  test('a target with the authority of the bus in front is the same as one without', () => {
    expect(look(HOST, { url: 'http://bus/a?b=1' })).toMatchObject({ target: '/a?b=1' })
    expect(look(HOST, { url: 'http://me:8280/a' })).toMatchObject({ target: '/a' })
  })

  test('fields that may be repeated may be repeated', () => {
    expect(look([...HOST, 'Accept', 'a', 'Accept', 'b', 'Cookie', 'x', 'Cookie', 'y'])).toMatchObject({ length: -1 })
  })
})

describe('a request that is refused', () => {
  test.each<readonly [string, readonly string[], Head, string]>([
    ['a version that is none of ours', HOST, { httpVersion: '2.0' }, '505 HTTP version not supported'],
    ['HTTP/0.9', [], { httpVersion: '0.9' }, '505 HTTP version not supported'],
    ['TRACE', HOST, { method: 'TRACE' }, '405 method not allowed'],
    ['a method nobody knows', HOST, { method: 'PURGE' }, '405 method not allowed'],
    ['no Host', [], {}, '400 Host is missing'],
    ['two Hosts', [...HOST, 'host', 'bus'], {}, '400 repeated header field host'],
    ['a Host with a path', ['Host', 'bus/x'], {}, '400 invalid Host'],
    ['a Host with a user', ['Host', 'a@bus'], {}, '400 invalid Host'],
    ['a Host with a port that is none', ['Host', 'bus:65536'], {}, '400 invalid Host'],
    [
      'two lengths',
      [...HOST, 'Content-Length', '1', 'Content-Length', '1'],
      {},
      '400 repeated header field content-length',
    ],
    ['a length that is no number', [...HOST, 'Content-Length', '+1'], {}, '400 invalid Content-Length'],
    ['a length of many digits', [...HOST, 'Content-Length', '1'.repeat(16)], {}, '400 invalid Content-Length'],
    [
      'a length and a coding',
      [...HOST, 'Content-Length', '1', 'Transfer-Encoding', 'chunked'],
      {},
      '400 invalid Content-Length',
    ],
    ['a length above the limit', [...HOST, 'Content-Length', '1001'], {}, '413 body too large'],
    [
      'two codings',
      [...HOST, 'Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'],
      {},
      '400 repeated header field transfer-encoding',
    ],
    ['another coding', [...HOST, 'Transfer-Encoding', 'gzip, chunked'], {}, '501 transfer coding not implemented'],
    [
      'a coding in HTTP/1.0',
      [...HOST, 'Transfer-Encoding', 'chunked'],
      { httpVersion: '1.0' },
      '501 transfer coding not implemented',
    ],
    ['a field that looks like a length', [...HOST, 'Content_Length', '5'], {}, '400 look-alike header field'],
    ['another expectation', [...HOST, 'Expect', 'x, 100-continue'], {}, '417 expectation failed'],
    ['two SOAPActions', [...HOST, 'SOAPAction', 'a', 'SOAPAction', 'b'], {}, '400 repeated header field soapaction'],
    ['two types', [...HOST, 'Content-Type', 'a', 'content-type', 'b'], {}, '400 repeated header field content-type'],
    [
      'too many fields',
      [...HOST, ...Array.from({ length: 10 }, () => ['X', '1']).flat()],
      {},
      '431 too many header fields',
    ],
    ['a target of another host', HOST, { url: 'http://other/a' }, '421 misdirected request'],
    ['a target with a password', HOST, { url: 'http://a:b@bus/a' }, '400 invalid request target'],
    ['a target of another scheme', HOST, { url: 'ftp://bus/a' }, '400 invalid request target'],
    ['*', HOST, { url: '*', method: 'OPTIONS' }, '400 invalid request target'],
    ['a fragment', HOST, { url: '/a#b' }, '400 invalid request target'],
    ['a blank in the target', HOST, { url: '/a b' }, '400 invalid request target'],
    ['bytes above ASCII in the target', HOST, { url: '/ä' }, '400 invalid request target'],
  ])('for %s', (_reason, fields, head, expected) => {
    expect(look(fields, head)).toBe(expected)
  })
})
