import { describe, expect, it } from 'vitest'
import { formatOf, mediaType, parameterOf } from './media-type.ts'

describe('a Content-Type', () => {
  it('is compared without case and parameters', () => {
    expect(mediaType(' Text/XML ; charset=utf-8')).toBe('text/xml')
    expect(formatOf('Application/SOAP+XML;charset=utf-8')).toBe('soap12')
    expect(formatOf('application/problem+json')).toBe('json')
    expect(formatOf('image/svg+xml')).toBe('xml')
    expect(formatOf('image/png')).toBeUndefined()
    expect(formatOf(undefined)).toBeUndefined()
  })

  it.each([
    ['text/xml; charset=UTF-8', 'charset', 'UTF-8'],
    ['text/xml;charset="utf-8"', 'charset', 'utf-8'],
    ['text/xml; CHARSET = utf-8 ; x=y', 'charset', 'utf-8'],
    ['a/b; action="urn:a;charset=x"; charset=y', 'charset', 'y'],
    ['a/b; action="a\\"b"', 'action', 'a"b'],
    ['a/b; charset=one; charset=two', 'charset', 'one'],
    ['a/b; mycharset=x', 'charset', undefined],
    ['a/b', 'charset', undefined],
    ['a/b; charset', 'charset', undefined],
    ['a/b;;;=;', 'charset', undefined],
  ])('%j has %s %j', (contentType, name, value) => {
    expect(parameterOf(contentType, name)).toBe(value)
  })

  it('of hostile length is read in linear time', () => {
    const started = performance.now()
    expect(parameterOf(`a/b${';x="'.repeat(20_000)}`, 'charset')).toBeUndefined()
    expect(parameterOf(`a/b${';x=1'.repeat(20_000)};charset=z`, 'charset')).toBe('z')
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
