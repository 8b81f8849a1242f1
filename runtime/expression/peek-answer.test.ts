import { createContext, type TestContext } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { compile, SOAP } from './testing/read.ts'

const envelope = (body: string, namespace = SOAP): string =>
  `<e:Envelope xmlns:e="${namespace}"><e:Header><e:Body/></e:Header><e:Body>${body}</e:Body></e:Envelope>`
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'
const contextOf = (body: string): TestContext =>
  createContext({ contentType: body.includes(SOAP12) ? 'application/soap+xml' : 'text/xml', body })
const parsed = (body: string): TestContext => {
  const ctx = contextOf(body)
  ctx.message.editTree()
  return ctx
}

const ORDER = envelope('text<o:dish xmlns:o="urn:menu"><x/></o:dish><last/>')
/** Not well-formed behind the first child, so that only who reads it fails. */
const CUT = `${ORDER.slice(0, ORDER.indexOf('<x/>'))}<`

const BODIES = [
  ORDER,
  envelope('<dish/>'),
  envelope('<o:drink xmlns:o="urn:menu"/><o:dish xmlns:o="urn:menu"/>'),
  envelope(''),
  envelope('only text'),
  envelope('<o:dish xmlns:o="urn:menu"/>', SOAP12),
  '<dish xmlns="urn:menu"><Body/></dish>',
]

describe.each([
  'local-name($body/*[1])',
  'local-name($body/*)',
  'namespace-uri($body/*[1])',
  'name(/soapenv:Envelope/soapenv:Body/*[1])',
  "local-name($body/*[1]) = 'dish'",
  "'dish' != local-name(soapenv:Body/*)",
  '$body/m:dish',
  '$body/m:dish[1]',
  '$body/m:*',
  '$body/dish',
  '$body/*',
  '/soapenv:Envelope/soapenv:Body/m:dish',
  'soapenv:Body/m:dish',
])('%s', (text) => {
  test.each(BODIES)('means the same as over the tree of %s', (body) => {
    expect(compile(text).string(contextOf(body))).toBe(compile(text).string(parsed(body)))
    expect(compile(text).boolean(contextOf(body))).toBe(compile(text).boolean(parsed(body)))
  })
})

test('what stands behind the first child of the body is not read', () => {
  expect(compile('local-name($body/*[1])').string(contextOf(CUT))).toBe('dish')
  expect(compile("local-name($body/*[1]) = 'drink'").boolean(contextOf(CUT))).toBe(false)
  expect(compile('$body/m:dish').boolean(contextOf(CUT))).toBe(true)
  expect(() => compile('$body/m:drink').boolean(contextOf(CUT))).toThrow('malformed')
})

test.each([
  'local-name($body/*[2])',
  'local-name($body/m:dish)',
  '$body/m:dish[last()]',
  'soapenv:Body[1]/m:dish',
  '$header/*',
  '$body/@id',
  '$body/text()',
  "local-name($body/*) = concat('di', 'sh')",
  "local-name($body/*) < 'dish'",
])('%s asks for more', (text) => {
  expect(() => compile(text).boolean(contextOf(CUT))).toThrow()
})
