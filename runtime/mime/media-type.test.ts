import { describe, expect, it } from 'vitest'
import { formatMediaType, parseMediaType } from './media-type.ts'

const read = (value: string): unknown => {
  const parsed = parseMediaType(value)
  return parsed && [parsed.type, Object.fromEntries(parsed.parameters)]
}

describe('parseMediaType', () => {
  it('takes type and parameters apart', () => {
    expect(read('text/xml')).toEqual(['text/xml', {}])
    expect(read(' Text/XML ; Charset=UTF-8')).toEqual(['text/xml', { charset: 'UTF-8' }])
    expect(read('a/b;c="d;\\"e\\\\";f="";g=h')).toEqual(['a/b', { c: 'd;"e\\', f: '', g: 'h' }])
    expect(
      read('multipart/related; boundary="a b"; type="application/xop+xml";start="<0.urn:uuid:1@apache.org>"'),
    ).toEqual([
      'multipart/related',
      { boundary: 'a b', type: 'application/xop+xml', start: '<0.urn:uuid:1@apache.org>' },
    ])
  })

  it('takes what is common although it is not right', () => {
    expect(read('a/b; type=text/xml; start=<a@b>; c = d;; ')).toEqual([
      'a/b',
      { type: 'text/xml', start: '<a@b>', c: 'd' },
    ])
  })

  it('gives one parameter only one value', () => {
    expect(read('a/b; c=d; C=d')).toEqual(['a/b', { c: 'd' }])
    expect(read('a/b; c=d; C="e"')).toBeUndefined()
  })

  it('knows no names of its own', () => {
    expect(parseMediaType('a/b; __proto__=x')?.parameters.get('__proto__')).toBe('x')
    expect(parseMediaType('a/b')?.parameters.get('constructor')).toBeUndefined()
  })

  it('refuses what is malformed', () => {
    for (const value of [
      '',
      'a',
      'a/',
      '/b',
      'a b/c',
      'a/b c',
      'a/b; c="d',
      'a/b; c="d"e',
      'a/b; =d',
      'a/b; c',
      'a/b, c/d',
      'a/b; c="\r\n"',
      'a/b\0',
      'a/b; c=ä',
    ]) {
      expect(parseMediaType(value), value).toBeUndefined()
    }
  })

  it('takes linear time', () => {
    const start = performance.now()
    parseMediaType(`a/b${'; c="\\\\'.repeat(20_000)}`)
    parseMediaType(`a/b; ${' '.repeat(100_000)}!`)
    parseMediaType(`a/b${';'.repeat(100_000)}"`)
    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe('formatMediaType', () => {
  it('quotes what must be quoted', () => {
    expect(formatMediaType('text/xml', [['charset', 'UTF-8']])).toBe('text/xml; charset=UTF-8')
    const value = 'a "b" \\ <c>'
    const text = formatMediaType('a/b', [
      ['start', value],
      ['empty', ''],
    ])
    expect(text).toBe('a/b; start="a \\"b\\" \\\\ <c>"; empty=""')
    expect(parseMediaType(text)?.parameters.get('start')).toBe(value)
  })

  it('refuses what would end the line', () => {
    expect(() => formatMediaType('a/b', [['c', 'd\r\nX: y']])).toThrow(RangeError)
  })
})
