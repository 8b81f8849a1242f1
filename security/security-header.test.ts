import { elements, headerOf, parseXml, printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { buildElement } from './message/build-element.ts'
import { WSSE, WSU } from './names.ts'
import { putInPlace, SecurityHeader, usePrefix } from './security-header.ts'

const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope'
const message = (soap = 'http://schemas.xmlsoap.org/soap/envelope/', header = '') =>
  parseXml(`<e:Envelope xmlns:e="${soap}">${header}<e:Body/></e:Envelope>`)
const named = (name: string) => buildElement('urn:x', `x:${name}`)

test('children stand where a receiver wants them, in whatever order they are made', () => {
  const tree = message()
  const header = new SecurityHeader(tree, undefined, true)
  header.key(named('key1'))
  header.operation(named('signature1'))
  header.last(named('token1'))
  header.first(named('timestamp'))
  header.key(named('key2'))
  header.operation(named('signature2'))
  header.last(named('token2'))
  expect(elements(header.block).map(({ name }) => name)).toEqual([
    'timestamp',
    'key1',
    'key2',
    'signature2',
    'signature1',
    'token1',
    'token2',
  ])
  expect(elements(header.block).every(({ parent }) => parent === header.block)).toBe(true)
})

test('the header is the first block, with what everybody understands declared', () => {
  const tree = message(undefined, '<e:Header><x/></e:Header>')
  const { block } = new SecurityHeader(tree, undefined, true)
  expect(elements(headerOf(tree) ?? tree.root)[0]).toBe(block)
  expect(printXml(block)).toContain(`xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" e:mustUnderstand="1"`)
})

test('what is declared around is not declared again', () => {
  const header = new SecurityHeader(message(), undefined, false)
  header.last(buildElement(WSU, 'wsu:Timestamp'))
  header.last(buildElement('urn:x', 'wsu:Other'))
  const [one, two] = elements(header.block)
  expect([one?.declarations.length, two?.declarations.length]).toEqual([0, 1])
})

test.each([
  [undefined, 'e:actor="urn:me"'],
  [SOAP_12, 'e:role="urn:me"'],
])('an actor, in %s', (soap, attribute) => {
  const { block } = new SecurityHeader(message(soap), 'urn:me', false)
  expect(printXml(block)).toContain(attribute)
})

test('a header for the same actor is used, others are not', () => {
  const tree = message(undefined, `<e:Header xmlns:s="${WSSE}"><s:Security e:actor="a"/><s:Security/></e:Header>`)
  const [forActor, forUs] = elements(headerOf(tree) ?? tree.root)
  expect(new SecurityHeader(tree, undefined, false).block).toBe(forUs)
  expect(new SecurityHeader(tree, 'a', false).block).toBe(forActor)
  expect(elements(headerOf(tree) ?? tree.root)).toHaveLength(2)
})

describe('a prefix', () => {
  const at = (text: string) => parseXml(text).root

  test.each([
    ['that is declared is used', '<r xmlns:p="urn:p"/>', 'p', 1],
    ['that is free is declared', '<r/>', 'p', 1],
    ['that means something else is numbered', '<r xmlns:p="urn:q"/>', 'p1', 2],
    ['that is numbered and right is used', '<r xmlns:p="urn:q" xmlns:p1="urn:p"/>', 'p1', 2],
    ['that is numbered and wrong is numbered on', '<r xmlns:p="urn:q" xmlns:p1="urn:r"/>', 'p2', 3],
  ])('%s', (_what, text, prefix, declarations) => {
    const element = at(text)
    expect(usePrefix(element, 'p', 'urn:p')).toBe(prefix)
    expect(element.declarations).toHaveLength(declarations)
  })
})

test('an element takes the place of another', () => {
  const { root } = parseXml('<r><a/><b/><c/></r>')
  const [, b = root] = elements(root)
  const other = named('other')
  putInPlace(b, other)
  expect(elements(root).map(({ name }) => name)).toEqual(['a', 'other', 'c'])
  expect([b.parent, other.parent === root]).toEqual([null, true])
  expect(() => putInPlace(root, other)).toThrow('the root of a message')
})
