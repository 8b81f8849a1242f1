import { describe, expect, test } from 'vitest'
import { dataType, dataTypeNamed, DATA_TYPES, LexicalError } from './index.ts'

const named = (name: string) => {
  const type = dataTypeNamed(name)
  if (type === undefined) throw new Error(name)
  return type
}

/** Texts that are values, and how they are written again. */
const VALUES: readonly (readonly [type: string, text: string, ...printed: readonly string[]])[] = [
  ['string', ''],
  ['string', '  two  blanks '],
  ['boolean', 'true'],
  ['boolean', ' 0 ', 'false'],
  ['boolean', '1', 'true'],
  ['integer', '0'],
  ['integer', '-12'],
  ['integer', '+7', '7'],
  ['integer', '\n 007 ', '7'],
  ['integer', '123456789012345678901234567890'],
  ['double', '5', '5.0'],
  ['double', '-0', '-0.0'],
  ['double', '.5', '0.5'],
  ['double', '1e3', '1000.0'],
  ['double', '1.5E10', '1.5E10'],
  ['double', '0.00001', '1.0E-5'],
  ['double', 'INF'],
  ['double', '-INF'],
  ['double', 'NaN'],
  ['time', '09:30:15'],
  ['time', '09:30:15.25Z'],
  ['time', '24:00:00', '00:00:00'],
  ['time', '09:30:15+00:00', '09:30:15Z'],
  ['time', '09:30:15-05:30'],
  ['date', '2002-09-24'],
  ['date', '2002-09-24Z'],
  ['date', '2024-02-29+01:00'],
  ['date', '-0044-03-15'],
  ['date', '12002-09-24'],
  ['dateTime', '2002-09-24T09:30:15'],
  ['dateTime', '2002-09-24T24:00:00', '2002-09-25T00:00:00'],
  ['dateTime', '2002-12-31T24:00:00Z', '2003-01-01T00:00:00Z'],
  ['dateTime', '2002-09-24T09:30:15.123456789Z'],
  ['dateTime', '1969-12-31T23:59:59.5Z'],
  ['dateTime', '2002-09-24T09:30:15.500-14:00', '2002-09-24T09:30:15.5-14:00'],
  ['anyURI', 'http://example.com/a?b#c'],
  ['anyURI', ' urn:x ', 'urn:x'],
  ['anyURI', 'a/%20b'],
  ['hexBinary', '0fb7', '0FB7'],
  ['hexBinary', ''],
  ['base64Binary', 'TWFu'],
  ['base64Binary', 'TW\nFu', 'TWFu'],
  ['base64Binary', 'TQ=='],
  ['dayTimeDuration', 'P1DT2H'],
  ['dayTimeDuration', 'PT26H', 'P1DT2H'],
  ['dayTimeDuration', '-PT1M30.5S'],
  ['dayTimeDuration', 'PT90S', 'PT1M30S'],
  ['dayTimeDuration', '-P0D', 'PT0S'],
  ['yearMonthDuration', 'P1Y2M'],
  ['yearMonthDuration', 'P14M', 'P1Y2M'],
  ['yearMonthDuration', '-P60Y'],
  ['yearMonthDuration', 'P0Y', 'P0M'],
  ['rfc822Name', 'Anderson@SUN.com'],
  ['rfc822Name', '"a@b"@c.d'],
  ['x500Name', 'cn=John Smith, o=Medico Corp, c=US'],
  ['x500Name', ''],
  ['ipAddress', '192.168.1.10'],
  ['ipAddress', '192.168.1.10/255.255.255.0:8080'],
  ['ipAddress', '10.0.0.1:80-90'],
  ['ipAddress', '10.0.0.1:-90'],
  ['ipAddress', '[::1]'],
  ['ipAddress', '[1fff:0:a88:85a5::ac1f]/[ffff::]:8001-'],
  ['dnsName', 'example.com'],
  ['dnsName', '*.example.com:80'],
  ['dnsName', 'example.com:123-'],
  ['xpathExpression', '//a[1]'],
]

const WRONG: readonly (readonly [type: string, text: string])[] = [
  ['boolean', 'TRUE'],
  ['boolean', ''],
  ['integer', '1.0'],
  ['integer', '--1'],
  ['integer', '1 2'],
  ['integer', ''],
  ['integer', '9'.repeat(1001)],
  ['double', 'Infinity'],
  ['double', '1e'],
  ['double', '0x10'],
  ['double', ''],
  ['time', '9:30:15'],
  ['time', '24:00:01'],
  ['time', '09:60:00'],
  ['time', '09:30:60'],
  ['time', '09:30:15+15:00'],
  ['time', '09:30:15z'],
  ['date', '2002-13-01'],
  ['date', '2002-00-01'],
  ['date', '2023-02-29'],
  ['date', '1900-02-29'],
  ['date', '02-09-24'],
  ['date', '02002-09-24'],
  ['dateTime', '2002-09-24'],
  ['dateTime', '2002-09-24 09:30:15'],
  ['anyURI', 'a b'],
  ['anyURI', 'a%zz'],
  ['anyURI', '<a>'],
  ['hexBinary', 'abc'],
  ['hexBinary', 'zz'],
  ['base64Binary', 'TWF'],
  ['base64Binary', 'T=Fu'],
  ['dayTimeDuration', 'P1Y'],
  ['dayTimeDuration', 'P'],
  ['dayTimeDuration', 'P1DT'],
  ['dayTimeDuration', 'PT1.S'],
  ['yearMonthDuration', 'P1D'],
  ['yearMonthDuration', 'P'],
  ['yearMonthDuration', '1Y'],
  ['rfc822Name', 'nobody'],
  ['rfc822Name', '@sun.com'],
  ['rfc822Name', 'a@'],
  ['rfc822Name', 'a@b@c'],
  ['x500Name', 'John Smith'],
  ['x500Name', 'cn=a,'],
  ['x500Name', 'cn="a'],
  ['x500Name', 'cn=a\\'],
  ['ipAddress', '300.1.1.1'],
  ['ipAddress', '::1'],
  ['ipAddress', '[::1'],
  ['ipAddress', '10.0.0.1/24'],
  ['ipAddress', '10.0.0.1:'],
  ['dnsName', 'www.*.com'],
  ['dnsName', 'example.com:'],
  ['dnsName', 'example.com:-456-'],
  ['dnsName', 'example.com:123--456'],
  ['dnsName', '-a.com'],
  ['dnsName', ''],
  ['xpathExpression', '//a['],
  ['xpathExpression', 'x:a'],
]

/** Texts of one type that are the same value, and some that are not. */
const EQUAL: readonly (readonly [type: string, a: string, b: string, equal: boolean])[] = [
  ['string', 'a', 'A', false],
  ['integer', '01', '1', true],
  ['double', '0', '-0', true],
  ['double', 'NaN', 'NaN', true],
  ['double', '1', '1.0', true],
  ['time', '10:00:00+01:00', '09:00:00Z', true],
  ['time', '10:00:00', '10:00:00Z', true],
  ['time', '23:00:00-05:00', '04:00:00Z', false],
  ['date', '2002-09-24', '2002-09-24Z', true],
  ['date', '2002-09-24+01:00', '2002-09-24Z', false],
  ['dateTime', '2002-09-24T23:30:00-01:00', '2002-09-25T00:30:00Z', true],
  ['dateTime', '2002-09-24T09:30:15.10', '2002-09-24T09:30:15.1', true],
  ['anyURI', 'http://a/', 'http://A/', false],
  ['hexBinary', 'ab', 'AB', true],
  ['base64Binary', 'TQ==', 'TR==', true],
  ['dayTimeDuration', 'P1DT2H', 'PT26H', true],
  ['dayTimeDuration', 'PT0S', '-P0D', true],
  ['yearMonthDuration', 'P1Y', 'P12M', true],
  ['rfc822Name', 'A@sun.com', 'A@SUN.COM', true],
  ['rfc822Name', 'A@sun.com', 'a@sun.com', false],
  ['x500Name', 'cn=John Smith, o=Medico Corp, c=US', 'CN=john  smith,o =Medico Corp;C=us', true],
  ['x500Name', 'cn=a+ou=b,c=US', 'ou=b+cn=a,c=US', true],
  ['x500Name', 'cn=a,c=US', 'c=US,cn=a', false],
  ['x500Name', '2.5.4.3=a', 'cn=a', true],
  ['x500Name', 'OID.2.5.4.10=a', 'o=a', true],
  ['x500Name', 'cn="a, b"', 'cn=a\\, b', true],
  ['x500Name', 'cn=Lu\\C4\\8Di\\C4\\87', 'cn=Lučić', true],
  ['x500Name', 'cn=a\\,b', 'cn=a,cn=b', false],
  ['x500Name', 'cn=a\\ ', 'cn=a', false],
  ['ipAddress', '[FF::1]', '[ff::1]', true],
  ['dnsName', 'A.com', 'a.com', true],
]

describe('data types', () => {
  test('are the 17 of the standard, each by URI and by short name', () => {
    expect(DATA_TYPES).toHaveLength(17)
    for (const type of DATA_TYPES) expect([dataType(type.id), dataTypeNamed(type.name)]).toEqual([type, type])
  })

  test('are found by the identifiers of older versions', () => {
    const old = 'http://www.w3.org/TR/2002/WD-xquery-operators-20020816#'
    for (const name of ['dayTimeDuration', 'yearMonthDuration'])
      for (const prefix of [old, 'urn:oasis:names:tc:xacml:2.0:data-type:'])
        expect(dataType(prefix + name)).toBe(named(name))
  })

  test('are not found by other names', () => {
    for (const id of ['', 'string', 'toString', '__proto__', 'http://www.w3.org/2001/XMLSchema#int'])
      expect(dataType(id)).toBeUndefined()
  })

  test.each(VALUES)('%s reads "%s"', (type, text, ...printed) => {
    const known = named(type)
    expect(known.print(known.parse(text))).toBe(printed[0] ?? text)
  })

  test.each(VALUES)('%s reads what it has written of "%s"', (type, text) => {
    const known = named(type)
    const value = known.parse(text)
    expect(known.key(known.parse(known.print(value)))).toEqual(known.key(value))
  })

  test.each(WRONG)('%s refuses "%s"', (type, text) => {
    expect(() => named(type).parse(text)).toThrow(LexicalError)
  })

  test.each(EQUAL)('%s: "%s" and "%s" are equal: %s', (type, a, b, equal) => {
    const known = named(type)
    expect(known.key(known.parse(a)) === known.key(known.parse(b))).toBe(equal)
  })

  test('a message about a long text is short', () => {
    expect(() => named('integer').parse('x'.repeat(10_000))).toThrow(/^"x{40}…" is no integer$/)
  })

  test('texts that look for backtracking are refused in no time', () => {
    const started = performance.now()
    for (const type of DATA_TYPES) {
      if (type.name === 'string') continue
      for (const text of [
        'a'.repeat(50_000),
        `${'a.'.repeat(50_000)}!`,
        '1'.repeat(50_000),
        `cn=${'\\'.repeat(49_999)}`,
        ' '.repeat(50_000),
      ]) {
        try {
          type.parse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(LexicalError)
        }
      }
    }
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
