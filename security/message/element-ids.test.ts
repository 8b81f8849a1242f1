import { elements, parseXml, printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { DSIG, SAML_11, SAML_20, WSU, XENC } from '../names.ts'
import { SECURITY_LIMITS } from '../verify-plan.ts'
import { ElementIds, isFragment } from './element-ids.ts'

function indexed(text: string): ElementIds {
  const ids = new ElementIds(SECURITY_LIMITS)
  ids.index(parseXml(text).root)
  return ids
}

describe('identifiers are', () => {
  test.each([
    ['wsu:Id anywhere', `<r xmlns:u="${WSU}" u:Id="x"/>`],
    ['Id of XML Signature', `<r xmlns="${DSIG}" Id="x"/>`],
    ['Id of XML Encryption', `<r xmlns="${XENC}" Id="x"/>`],
    ['AssertionID of SAML 1.1', `<Assertion xmlns="${SAML_11}" AssertionID="x"/>`],
    ['ID of SAML 2.0', `<Assertion xmlns="${SAML_20}" ID="x"/>`],
  ])('%s', (_what, text) => {
    expect(indexed(text).find('#x').name).toMatch(/r|Assertion/)
  })

  test.each([
    ['xml:id', '<r xml:id="x"/>'],
    ['Id without namespace', '<r Id="x"/>'],
    ['ID', '<r ID="x"/>'],
    ['id', '<r id="x"/>'],
    ['an Id of another namespace', '<r xmlns:u="urn:u" u:Id="x"/>'],
    ['ID of XML Signature', `<r xmlns="${DSIG}" ID="x"/>`],
    ['ID of another element of SAML 2.0', `<Subject xmlns="${SAML_20}" ID="x"/>`],
    ['ID of a SAML 1.1 assertion', `<Assertion xmlns="${SAML_11}" ID="x"/>`],
    ['wsu:Id in lower case', `<r xmlns:u="${WSU}" u:id="x"/>`],
  ])('not %s', (_what, text) => {
    expect(() => indexed(text).find('#x')).toThrow('nothing bears the identifier "#x"')
  })
})

describe('one that comes twice is refused', () => {
  test.each([
    ['in one vocabulary', `<r xmlns:u="${WSU}" u:Id="x"><a u:Id="x"/></r>`],
    ['in two vocabularies', `<r xmlns:u="${WSU}" u:Id="x"><a xmlns="${DSIG}" Id="x"/></r>`],
    ['on one element', `<r xmlns="${DSIG}" xmlns:u="${WSU}" u:Id="x" Id="x"/>`],
  ])('%s', (_what, text) => {
    expect(() => indexed(text)).toThrow('two elements bear the identifier "x"')
  })

  test('also when the first is gone', () => {
    const document = parseXml(`<r xmlns:u="${WSU}"><a u:Id="x"/></r>`)
    const ids = new ElementIds(SECURITY_LIMITS)
    ids.index(document.root)
    ids.forget(elements(document.root)[0] ?? document.root)
    expect(() => ids.find('#x')).toThrow('nothing bears')
    expect(() => ids.index(parseXml(`<b xmlns:u="${WSU}" u:Id="x"/>`).root)).toThrow('two elements bear')
  })
})

describe('a reference', () => {
  test.each(['#a', '#a-b.c:d', '#_1', '#ä'])('%s is followed', (uri) => {
    expect(isFragment(uri)).toBe(true)
  })

  test.each(['', '#', 'a', '#xpointer(/)', "#id('a')", '#a b', '#a#b', 'http://x/#a', '#"', `#${'a'.repeat(1025)}`])(
    '"%s" is not',
    (uri) => {
      expect(isFragment(uri)).toBe(false)
      expect(() => indexed('<r/>').find(uri)).toThrow('only a reference to an identifier')
    },
  )

  test('that is missing is not', () => {
    expect(() => indexed('<r/>').find(undefined)).toThrow('only a reference to an identifier')
  })

  test('that leads to nothing is shown in short', () => {
    expect(() => indexed('<r/>').find(`#${'a'.repeat(500)}`)).toThrow(new RegExp(`"#a{79}"$`))
  })
})

describe('the tree means one thing', () => {
  const tidy = (text: string): string => {
    const document = parseXml(text)
    new ElementIds(SECURITY_LIMITS).index(document.root)
    return printXml(document)
  }

  test.each([
    ['<r>a<!-- c -->b</r>', '<r>ab</r>'],
    ['<r><!-- c --></r>', '<r/>'],
    ['<r><![CDATA[<]]>b<a/><!-- c -->c</r>', '<r>&lt;b<a/>c</r>'],
    ['<r><a/><!-- c --><b/></r>', '<r><a/><b/></r>'],
    ['<r><a><b>x<!-- c -->y</b></a></r>', '<r><a><b>xy</b></a></r>'],
  ])('%s is %s', (text, expected) => {
    expect(tidy(text)).toBe(expected)
  })

  test('a processing instruction is refused', () => {
    expect(() => tidy('<r><a><?x y?></a></r>')).toThrow('a processing instruction is not allowed')
  })
})

test('EncryptedData is remembered until it is gone', () => {
  const document = parseXml(`<r xmlns:x="${XENC}"><a><x:EncryptedData/></a><x:EncryptedData Id="e"/></r>`)
  const ids = new ElementIds(SECURITY_LIMITS)
  ids.index(document.root)
  expect(ids.encrypted.size).toBe(2)
  ids.forget(elements(document.root)[1] ?? document.root)
  expect(ids.encrypted.size).toBe(1)
})

test('namespaces in force are counted along the way down', () => {
  const level = (inner: string, n: number) =>
    `<a ${Array.from({ length: 64 }, (_, i) => `xmlns:p${n}x${i}="u"`).join(' ')}>${inner}</a>`
  expect(() => indexed([0, 1, 2, 3].reduce(level, ''))).not.toThrow()
  expect(() => indexed([0, 1, 2, 3].reduce(level, '<a xmlns:q="u"/>'))).toThrow('more than 256 namespaces')
  expect(() => indexed(`<r>${[0, 1, 2, 3, 4].map((n) => level('', n)).join('')}</r>`)).not.toThrow()
})
