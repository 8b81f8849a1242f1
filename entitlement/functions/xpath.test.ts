import { describe, expect, test } from 'vitest'
import { append, cloneNode, parseXml, XmlDocument } from 'viaduct'
import { apply, condition, decide, F1, F3, policy, RESOURCE, rule, shown, SUBJECT, value } from '../testing/policies.ts'

const RECORD = `<r xmlns="urn:r" xmlns:x="urn:x"><p id="1"><name>Ann</name></p><p id="2"><name>Bob</name></p><x:p/></r>`

function about(text: string) {
  const document = new XmlDocument()
  append(document, cloneNode(parseXml(text).root))
  return { categories: [{ category: RESOURCE, content: document.root, attributes: [] }] }
}

const path = (text: string, category = RESOURCE): string =>
  `<AttributeValue xmlns:r="urn:r" DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression" XPathCategory="${category}">${text}</AttributeValue>`

/** As a text, for the deprecated functions. */
const oldPath = (text: string): string =>
  `<AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string" XPathCategory="${RESOURCE}">${text}</AttributeValue>`

const says = async (expression: string, content = RECORD): Promise<string> =>
  shown(
    await decide(
      policy('p', rule('r', 'Permit', condition(expression))).replace('<Policy ', '<Policy xmlns:r="urn:r" '),
      about(content),
    ),
  )

const counts = (text: string, count: number, category?: string): string =>
  apply('integer-equal', apply(`${F3}xpath-node-count`, path(text, category)), value(String(count), 'integer'))

describe('functions over content', () => {
  test.each([
    ['//r:p', 2],
    ['//*', 6],
    ['/r:r', 1],
    ['r:r/r:p', 2],
    ['//r:p/@id', 2],
    ['//r:name/text()', 2],
    ['//r:nothing', 0],
    [' //r:p ', 2],
  ])('xpath-node-count of %s is %i', async (text, count) => {
    expect(await says(counts(text, count))).toBe('Permit')
  })

  test('xpath-node-count of a category without content is 0', async () => {
    expect(await says(counts('//*', 0, SUBJECT))).toBe('Permit')
  })

  test.each([
    ['//r:p', '//r:p[1]', 'Permit'],
    ['//r:p', '//r:name', 'NotApplicable'],
    ['//r:p/@id', '//@id', 'Permit'],
    ['//r:p[1]/r:name', '//r:p[2]/r:name', 'NotApplicable'],
    ['//r:nothing', '//r:p', 'NotApplicable'],
  ])('xpath-node-equal of %s and %s: %s', async (first, second, expected) => {
    expect(await says(apply(`${F3}xpath-node-equal`, path(first), path(second)))).toBe(expected)
  })

  test.each([
    ['//r:p', '//r:name', 'Permit'],
    ['//r:name', '//r:p', 'NotApplicable'],
    ['//r:p', '//r:p', 'Permit'],
    ['//r:p', '//@id', 'Permit'],
    ['/r:r', '//r:name/text()', 'Permit'],
    ['//r:p[1]', '//r:p[2]/r:name', 'NotApplicable'],
  ])('xpath-node-match of %s and %s: %s', async (first, second, expected) => {
    expect(await says(apply(`${F3}xpath-node-match`, path(first), path(second)))).toBe(expected)
  })

  test('the deprecated forms take texts, with the prefixes of the policy', async () => {
    expect(
      await says(apply('integer-equal', apply(`${F1}xpath-node-count`, oldPath('//r:p')), value('2', 'integer'))),
    ).toBe('Permit')
    expect(await says(apply(`${F1}xpath-node-match`, oldPath('//r:p'), oldPath('//r:name')))).toBe('Permit')
    const wrong = apply('integer-equal', apply(`${F1}xpath-node-count`, oldPath('//[')), value('2', 'integer'))
    expect(await says(wrong)).toBe('Indeterminate{P}')
  })

  test('a path that selects no nodes is Indeterminate', async () => {
    expect(await says(counts('1 + 1', 0))).toBe('Indeterminate{P}')
  })
})
