import { describe, expect, test } from 'vitest'
import { parseXml, XmlDocument, append, cloneNode } from 'viaduct'
import {
  apply,
  condition,
  decide,
  F3,
  functionNamed,
  policy,
  reported,
  RESOURCE,
  rule,
  SUBJECT,
  value,
  XSD,
} from '../testing/policies.ts'

const selector = (path: string, more = ''): string =>
  `<AttributeSelector Category="${RESOURCE}" Path="${path}" DataType="${XSD}string" MustBePresent="false"${more}/>`

const asks = (path: string, text: string, more = ''): string =>
  policy(
    'p',
    rule(
      'r',
      'Permit',
      condition(apply(`${F3}any-of`, functionNamed('string-equal'), value(text), selector(path, more))),
    ),
  )

function content(text: string) {
  const document = new XmlDocument()
  append(document, cloneNode(parseXml(text).root))
  return document.root
}

const about = (text: string, selected?: string) => ({
  categories: [
    {
      category: RESOURCE,
      content: content(text),
      attributes:
        selected === undefined
          ? []
          : [
              {
                id: 'urn:oasis:names:tc:xacml:3.0:content-selector',
                values: [
                  {
                    type: 'urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression',
                    text: selected,
                    xpath: { category: RESOURCE, namespaces: new Map() },
                  },
                ],
              },
            ],
    },
  ],
})

describe('paths of policies', () => {
  test('xacml-undeclared-prefix: a prefix that only the content declares is understood, with a warning', async () => {
    const text = asks('//r:name/text()', 'Ann')
    expect((await decide(text, about('<r:a xmlns:r="urn:r"><r:name>Ann</r:name></r:a>'))).decision).toBe('Permit')
    expect((await decide(text, about('<r:a xmlns:r="urn:s"><r:name>Bob</r:name></r:a>'))).decision).toBe(
      'NotApplicable',
    )
    expect((await decide(text, about('<a><name>Ann</name></a>'))).status.code).toMatch(/syntax-error$/)
    expect(reported(text)).toEqual([
      expect.stringMatching(/^p1\.xml:1:\d+ policy-prefix: the prefix r is not declared in the policy/),
    ])
  })

  test('xacml-content-root: an absolute path starts at the selected node, and at the content when it finds nothing there', async () => {
    const people = '<people><person><name>Ann</name></person><person><name>Bob</name></person></people>'
    const more = ' ContextSelectorId="urn:oasis:names:tc:xacml:3.0:content-selector"'
    const second = about(people, '/people/person[2]')
    expect((await decide(asks('/person/name', 'Bob', more), second)).decision).toBe('Permit')
    expect((await decide(asks('/person/name', 'Ann', more), second)).decision).toBe('NotApplicable')
    expect((await decide(asks('name', 'Bob', more), second)).decision).toBe('Permit')
    expect((await decide(asks('//name', 'Bob', more), second)).decision).toBe('Permit')
    expect((await decide(asks('//name', 'Ann', more), second)).decision).toBe('NotApplicable')
    expect((await decide(asks('/people/person/name', 'Ann', more), second)).decision).toBe('Permit')
  })

  test('a content selector that selects no node or several is a syntax error', async () => {
    const more = ' ContextSelectorId="urn:oasis:names:tc:xacml:3.0:content-selector"'
    for (const selected of ['/people/nobody', '/people/person'])
      expect(
        (await decide(asks('name', 'Ann', more), about('<people><person/><person/></people>', selected))).status.code,
      ).toMatch(/syntax-error$/)
  })

  test('a path that is wrong is reported where it is written', () => {
    expect(reported(asks('//a[?]', 'x'))).toEqual([expect.stringMatching(/^p1\.xml:1:\d+ expression-invalid: /)])
  })

  test('a path that selects no nodes is a syntax error when it is reached', async () => {
    expect((await decide(asks('1 + 1', 'x'), about('<a/>'))).status.code).toMatch(/syntax-error$/)
  })

  test('a path of a client that would take too long is refused', async () => {
    const big = `<a>${'<b><c/></b>'.repeat(3000)}</a>`
    const counting = policy(
      'p',
      rule(
        'r',
        'Permit',
        condition(
          apply(
            'integer-equal',
            apply(
              `${F3}xpath-node-count`,
              apply(
                `${F3}xpathExpression-one-and-only`,
                `<AttributeDesignator Category="${SUBJECT}" AttributeId="path" DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression" MustBePresent="true"/>`,
              ),
            ),
            value('1', 'integer'),
          ),
        ),
      ),
    )
    const path = {
      type: 'urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression',
      text: '//*[count(//*[count(//*) > 0]) > 0]',
      xpath: { category: RESOURCE, namespaces: new Map() },
    }
    const asked = {
      categories: [...about(big).categories, { category: SUBJECT, attributes: [{ id: 'path', values: [path] }] }],
    }
    const { decision, status } = await decide(counting, asked)
    expect([decision, status.message]).toEqual(['Indeterminate', expect.stringMatching(/too expensive/)])
  })
})
