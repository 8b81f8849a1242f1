import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { der, DerError, DerFields, type DerValue, readDer, readDerPrefix, TAG } from './index.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const read = (text: string): DerValue => readDer(hex(text))

describe('reading one value', () => {
  test.each([
    ['02 01 00', 0n],
    ['02 01 7f', 127n],
    ['02 02 00 80', 128n],
    ['02 01 80', -128n],
    ['02 02 ff 7f', -129n],
    ['02 09 00 ff ff ff ff ff ff ff ff', 0xffffffffffffffffn],
  ])('the integer %s is %s', (bytes, value) => {
    expect(read(bytes).integer).toBe(value)
  })

  test.each([
    ['06 06 2a 86 48 86 f7 0d', '1.2.840.113549'],
    ['06 03 55 04 03', '2.5.4.3'],
    ['06 01 00', '0.0'],
    ['06 03 88 37 03', '2.999.3'],
  ])('the object identifier %s is %s', (bytes, value) => {
    expect(read(bytes).oid).toBe(value)
  })

  test.each([
    ['0c 04 c3 a4 62 63', 'äbc'],
    ['13 02 41 42', 'AB'],
    ['16 03 61 40 62', 'a@b'],
    ['14 01 e4', 'ä'],
    ['1e 04 00 41 20 ac', 'A€'],
    ['1c 08 00 00 00 41 00 01 f6 00', 'A😀'],
    ['1b 03 61 62 63', 'abc'],
  ])('the string %s is %s', (bytes, value) => {
    expect(read(bytes).text).toBe(value)
  })

  test.each([
    ['490101000000Z', true, '2049-01-01T00:00:00.000Z'],
    ['500101000000Z', true, '1950-01-01T00:00:00.000Z'],
    ['2401312359Z', true, '2024-01-31T23:59:00.000Z'],
    ['20240229120000Z', false, '2024-02-29T12:00:00.000Z'],
    ['20240229120000.25Z', false, '2024-02-29T12:00:00.250Z'],
  ])('the time %s (short: %s) is %s', (text, short, expected) => {
    const bytes = Buffer.concat([Buffer.of(short ? TAG.utcTime : TAG.generalizedTime, text.length), Buffer.from(text)])
    expect(new Date(readDer(bytes).time).toISOString()).toBe(expected)
  })

  test.each([
    '20230229120000Z',
    '20240101240000Z',
    '20240101120060Z',
    '20240101120000',
    '20240101120000+0100',
    '20241301000000Z',
  ])('the time %s is refused', (text) => {
    const bytes = Buffer.concat([Buffer.of(TAG.generalizedTime, text.length), Buffer.from(text)])
    expect(() => readDer(bytes).time).toThrow(DerError)
  })

  test('a bit string gives its bytes without the count of unused bits', () => {
    expect(read('03 03 04 a0 f0').bits).toEqual(hex('a0 f0'))
    expect(() => read('03 01 01').bits).toThrow(DerError)
    expect(() => read('03 00').bits).toThrow(DerError)
    expect(() => read('03 02 08 00').bits).toThrow(DerError)
  })

  test('tags above 30, application and private classes keep their numbers', () => {
    expect(read('5f 81 02 01 aa')).toMatchObject({ class: 'application', tag: 130 })
    expect(read('df 1f 00')).toMatchObject({ class: 'private', tag: 31 })
    expect(read('6e 03 02 01 05').explicit(14, 'application').small).toBe(5)
  })

  test('a value keeps the bytes it was read from', () => {
    const value = read('30 06 02 01 01 02 01 02')
    expect(value.encoded).toHaveLength(8)
    expect(value.sequence[1]?.encoded).toEqual(hex('02 01 02'))
  })

  test('a prefix is read with its end, whatever follows', () => {
    expect(readDerPrefix(hex('02 01 05 ff ff'))).toMatchObject({ end: 3 })
  })
})

describe('refusing', () => {
  test.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['a length past the end', '04 05 00'],
    ['a child past its parent', '30 03 04 02 00 00'],
    ['bytes after the value', '02 01 00 00'],
    ['a padded length', '04 81 01 00'],
    ['a length with leading zeros', `04 82 00 81 ${'00'.repeat(129)}`],
    ['a length of five bytes', '04 85 01 00 00 00 00'],
    ['an indefinite length', '30 80 02 01 00 00 00'],
    ['an endless tag', '1f ff ff ff ff ff 01 00'],
    ['a padded tag', '1f 80 01 00'],
    ['a long tag for a short number', '1f 05 00'],
  ])('%s', (_, bytes) => {
    expect(() => read(bytes)).toThrow(DerError)
  })

  test.each([
    ['an empty integer', '02 00', (value: DerValue) => value.integer],
    ['an integer where a string is wanted', '02 01 00', (value: DerValue) => value.text],
    ['a cut object identifier', '06 01 86', (value: DerValue) => value.oid],
    ['an empty object identifier', '06 00', (value: DerValue) => value.oid],
    ['a padded object identifier', '06 03 55 80 01', (value: DerValue) => value.oid],
    ['a string where a sequence is wanted', '04 00', (value: DerValue) => value.sequence],
    ['a constructed octet string', '24 03 04 01 00', (value: DerValue) => value.octets],
    ['another context tag', 'a0 03 02 01 00', (value: DerValue) => value.explicit(1)],
    ['two values in an explicit tag', 'a0 06 02 01 00 02 01 00', (value: DerValue) => value.explicit(0)],
    ['a boolean of two bytes', '01 02 00 00', (value: DerValue) => value.boolean],
    ['half a character', '1e 01 41', (value: DerValue) => value.text],
    ['a large number where a small one is wanted', '02 05 01 00 00 00 00', (value: DerValue) => value.small],
  ])('%s', (_, bytes, use) => {
    expect(() => use(read(bytes))).toThrow(DerError)
  })

  test('nesting without end, without overflowing the stack', () => {
    let bytes: Buffer = Buffer.alloc(0)
    for (let depth = 0; depth < 40; depth++) bytes = der.sequence(bytes)
    expect(() => readDer(bytes)).toThrow('nested too deeply')
    expect(() => readDer(Buffer.alloc(200_000, hex('30 80')), { ber: true })).toThrow('nested too deeply')
  })

  test('more values than any certificate or keystore has', () => {
    expect(() => readDer(der.sequence(Buffer.alloc(300_000, hex('02 01 00'))))).toThrow('too many values')
  })

  test('anything at all gives a value or a DerError, never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, ber) => {
        try {
          readDer(Buffer.from(bytes), { ber })
        } catch (error) {
          expect(error).toBeInstanceOf(DerError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('BER', () => {
  test('indefinite lengths and strings in pieces are read when asked for', () => {
    const value = readDer(hex('30 80 24 80 04 01 aa 04 02 bb cc 00 00 00 00'), { ber: true })
    expect(value.sequence[0]?.octets).toEqual(hex('aa bb cc'))
  })

  test('an indefinite length without an end is cut short', () => {
    expect(() => readDer(hex('30 80 02 01 00'), { ber: true })).toThrow(DerError)
  })
})

describe('fields', () => {
  test('optional members are passed over when they are not there', () => {
    const fields = new DerFields(read('30 0b 02 01 01 a1 03 02 01 02 04 01 ff').sequence)
    expect(fields.next().small).toBe(1)
    expect(fields.tagged(0)).toBeUndefined()
    expect(fields.tagged(1)?.small).toBe(2)
    expect(fields.optional(TAG.integer)).toBeUndefined()
    expect(fields.rest).toHaveLength(1)
    expect(fields.next().octets).toEqual(hex('ff'))
    expect(() => fields.next()).toThrow('too short')
    expect(() => fields.required(3)).toThrow('[3] is missing')
  })
})

describe('writing', () => {
  test('integers read back as they were written, in the fewest bytes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), (number) => {
        const bytes = der.integer(number)
        expect(readDer(bytes).integer).toBe(number)
        const [first = 0, second = 0] = bytes.subarray(2)
        if (bytes.length > 3) expect((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)).toBe(false)
      }),
    )
  })

  test('values of every length read back', () => {
    for (const length of [0, 127, 128, 255, 256, 65_535, 65_536]) {
      expect(readDer(der.octets(Buffer.alloc(length, 7))).octets).toHaveLength(length)
    }
  })

  test('every kind reads back', () => {
    const bytes = der.sequence(
      der.oid('1.3.6.1.4.1.42.2.17.1.1'),
      der.oid('2.999.3'),
      der.boolean(true),
      der.utf8('ä'),
      der.general('HTTP'),
      der.ia5('a@b'),
      der.bits(hex('80')),
      der.generalizedTime(Date.UTC(2026, 10, 22, 12)),
      der.explicit(3, der.null()),
      der.implicit(2, hex('01')),
    )
    const [oid, large, truth, text, general, ia5, bits, time, explicit, implicit] = readDer(bytes).sequence
    expect([oid?.oid, large?.oid, truth?.boolean, text?.text]).toEqual([
      '1.3.6.1.4.1.42.2.17.1.1',
      '2.999.3',
      true,
      'ä',
    ])
    expect([general?.text, ia5?.text, bits?.bits, time?.time]).toEqual([
      'HTTP',
      'a@b',
      hex('80'),
      Date.UTC(2026, 10, 22, 12),
    ])
    expect(explicit?.explicit(3).is(TAG.null)).toBe(true)
    expect(implicit).toMatchObject({ class: 'context', tag: 2, content: hex('01') })
  })

  test('the members of a set are sorted by their bytes', () => {
    expect(der.set(hex('02 01 02'), hex('02 01 01'))).toEqual(hex('31 06 02 01 01 02 01 02'))
  })

  test('openssl reads what is written', () => {
    const bytes = der.sequence(der.integer(-129n), der.oid('1.2.840.113549.1.7.1'), der.explicit(0, der.utf8('ä')))
    const shown = execFileSync('openssl', ['asn1parse', '-inform', 'DER'], { input: bytes, encoding: 'utf8' })
    expect(shown).toMatch(/INTEGER\s+:-81\n.*OBJECT\s+:pkcs7-data\n.*cont \[ 0 \].*\n.*UTF8STRING/)
  })
})

test('a certificate made by openssl is read to its last field', () => {
  const pem = execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      '/CN=der test',
      '-days',
      '1',
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const certificate = new X509Certificate(pem)
  const fields = new DerFields(readDer(certificate.raw).sequence)
  const body = new DerFields(fields.next().sequence)
  expect(body.required(0).small).toBe(2)
  expect(body.next().integer.toString(16).toUpperCase().padStart(certificate.serialNumber.length, '0')).toBe(
    certificate.serialNumber,
  )
  expect(fields.next().sequence[0]?.oid).toBe('1.2.840.10045.4.3.2')
  expect(fields.next().bits.length).toBeGreaterThan(60)
})
