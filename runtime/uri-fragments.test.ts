import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseUri, printUri } from './uri-fragments.ts'

test.each([
  [
    'http://user:pw@host:8080/a/b?x=1&y=2#top',
    { protocol: 'http', user: 'user:pw', host: 'host', port: 8080, path: '/a/b', query: 'x=1&y=2', ref: 'top' },
  ],
  [
    '/services/Quote?a=b',
    {
      protocol: undefined,
      user: undefined,
      host: undefined,
      port: -1,
      path: '/services/Quote',
      query: 'a=b',
      ref: undefined,
    },
  ],
  [
    'https://[::1]:8443',
    { protocol: 'https', user: undefined, host: '[::1]', port: 8443, path: '', query: undefined, ref: undefined },
  ],
  [
    'urn:uuid:1',
    { protocol: 'urn', user: undefined, host: undefined, port: -1, path: 'uuid:1', query: undefined, ref: undefined },
  ],
])('%s is taken apart and put together', (text, fragments) => {
  expect(parseUri(text)).toEqual(fragments)
  expect(printUri(fragments)).toBe(text)
})

test.each(['http://a b/', '1http://h/', 'http://h:x/', 'a\\b', '"', '{x}'])('%s is no URI', (text) => {
  expect(parseUri(text)).toBeUndefined()
})

test('a path beside a host begins with a slash', () => {
  expect(printUri({ protocol: 'http', user: undefined, host: 'h', port: -1, path: 'a', query: '', ref: '' })).toBe(
    'http://h/a',
  )
})

test('every web URL survives being taken apart, and no text makes parsing fail', () => {
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
      const parsed = parseUri(url)
      if (parsed === undefined) return
      expect(parseUri(printUri(parsed))).toEqual({
        ...parsed,
        query: parsed.query || undefined,
        ref: parsed.ref || undefined,
      })
    }),
    { numRuns: 500, seed: 3 },
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseUri(text)
    }),
    { numRuns: 500, seed: 3 },
  )
})
