import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { egressAddressRefusal, egressRefusal, isSpecialAddress } from './egress.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'

const allowing = (...allow: string[]): Settings => ({ ...DEFAULT_SETTINGS, egress: { allow } })

test('nothing that a message names is called unless the settings allow it', () => {
  expect(egressRefusal('http://example.org/', DEFAULT_SETTINGS)).toMatch(/egress\.allow/)
  expect(egressRefusal('http://example.org/', allowing('example.org'))).toBeUndefined()
})

test.each([
  ['example.org', 'http://EXAMPLE.org./', true],
  ['example.org', 'http://example.org:8080/', true],
  ['example.org:8080', 'http://example.org:8080/', true],
  ['example.org:8080', 'http://example.org/', false],
  ['example.org:443', 'https://example.org/', true],
  ['*.example.org', 'http://a.b.example.org/', true],
  ['*.example.org', 'http://example.org/', false],
  ['*.example.org', 'http://evilexample.org/', false],
  ['example.org', 'http://example.org.evil.com/', false],
  ['example.org', 'http://evil.com/?example.org', false],
  ['example.org', 'http://evil.com#example.org', false],
])('%s lets %s through: %s', (entry, url, through) => {
  expect(egressRefusal(url, allowing(entry)) === undefined).toBe(through)
})

test.each([
  ['file:///etc/passwd', /scheme/],
  ['ftp://example.org/', /scheme/],
  ['jms:/queue', /scheme/],
  ['http://user@example.org/', /user/],
  ['http://example.org/a b', /characters/],
  ['http://example.org/\r\nX: y', /characters/],
  [`http://example.org/${'a'.repeat(3000)}`, /characters/],
  ['//example.org/', /URL/],
  ['', /URL/],
])('%j is refused even when its host is allowed', (url, reason) => {
  expect(egressRefusal(url, allowing('example.org'))).toMatch(reason)
})

test('an allowed name still must not lead to a special address, unless that is allowed by itself', () => {
  expect(egressAddressRefusal('a.example', '10.0.0.1', '80', allowing('a.example'))).toMatch(/private/)
  expect(egressAddressRefusal('a.example', '93.184.216.34', '80', allowing('a.example'))).toBeUndefined()
  expect(egressAddressRefusal('a.example', '10.0.0.1', '80', allowing('private:a.example'))).toBeUndefined()
  expect(egressAddressRefusal('a.example', '10.0.0.1', '80', allowing('10.0.0.1'))).toBeUndefined()
  expect(egressAddressRefusal('a.example', '10.0.0.1', '81', allowing('10.0.0.1:80'))).toMatch(/private/)
  expect(egressRefusal('http://10.0.0.1/', allowing('10.0.0.1'))).toBeUndefined()
  expect(egressRefusal('http://[::1]:9000/', allowing('[::1]:9000'))).toBeUndefined()
})

test('what is no address at all counts as special', () => {
  expect(isSpecialAddress('example.org')).toBe(true)
  expect(isSpecialAddress('')).toBe(true)
})

test.each(['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])(
  '%s is an address like any other',
  (address) => {
    expect(isSpecialAddress(address)).toBe(false)
  },
)

const forms = new URL('../../shared/attack-kit/corpus/ssrf-address-forms.json', import.meta.url)

test.skipIf(!existsSync(forms))(
  'no spelling of a special address passes, even with its spelling or everything in the allow-list',
  () => {
    const wrong = (JSON.parse(readFileSync(forms, 'utf8')) as { host: string }[]).filter(({ host }) => {
      const url = `http://${host}/`
      if (egressRefusal(url, DEFAULT_SETTINGS) === undefined) return true
      const parsed = URL.parse(url)
      // The spelling names an address: allowing something else than that very address must not help.
      if (parsed === null || !/^[\d.[\]:a-f]+$/.test(parsed.hostname)) return false
      return egressRefusal(url, allowing(`${host}x`, '*.1', 'private:localhost')) === undefined
    })
    expect(wrong).toEqual([])
  },
)
