import { describe, expect, test } from 'vitest'
import { type DecisionRequest, type DecisionResult, parseXml, printXml } from 'viaduct'
import { Indeterminate, readRequest, readResponse, writeRequest, writeResponse } from '../xacml.ts'
import { ACTION, ENVIRONMENT, RESOURCE, SUBJECT, XACML, XSD } from '../testing/policies.ts'
import { writeRequestTree2 } from './request-tree-2.ts'

const CONTEXT = 'urn:oasis:names:tc:xacml:2.0:context:schema:os'
const text = (each: string, type = 'string') => ({ type: XSD + type, text: each })

const REQUEST: DecisionRequest = {
  categories: [
    {
      category: SUBJECT,
      id: 's1',
      content: undefined,
      attributes: [{ id: 'a', issuer: 'i"<', includeInResult: true, values: [text('x & y'), text('7', 'integer')] }],
    },
    { category: RESOURCE, id: undefined, content: parseXml('<r xmlns="urn:r"><b>1</b></r>').root, attributes: [] },
  ],
  returnPolicyIds: true,
  combined: true,
  references: [['s1'], []],
}

const RESULT: DecisionResult = {
  decision: 'Permit',
  indeterminate: undefined,
  status: { code: 'urn:oasis:names:tc:xacml:1.0:status:ok' },
  obligations: [{ id: 'o', assignments: [{ attribute: 'a', category: 'c', issuer: 'i', value: text('1 < 2') }] }],
  advice: [{ id: 'v', assignments: [] }],
  attributes: [
    {
      category: SUBJECT,
      id: undefined,
      content: undefined,
      attributes: [{ id: 'a', issuer: undefined, includeInResult: true, values: [text('x')] }],
    },
  ],
  policies: [
    { kind: 'policy', id: 'p', version: '1.0' },
    { kind: 'policySet', id: 's', version: '2.1' },
  ],
}

/** Contents as text, since trees know their parents. */
const plain = ({ categories, ...rest }: DecisionRequest) => ({
  ...rest,
  categories: categories.map(({ content, ...category }) => ({ ...category, content: content && printXml(content) })),
})

describe('requests of 3.0', () => {
  test('are read as they are written', () => {
    expect(plain(readRequest(writeRequest(REQUEST)).request)).toEqual(plain(REQUEST))
  })

  test('are written without a prefix, in one line', () => {
    expect(writeRequest(REQUEST)).toMatch(new RegExp(`^<Request xmlns="${XACML}" ReturnPolicyIdList="true"`))
  })

  test('keep the prefixes of paths', () => {
    const { request } = readRequest(
      `<Request xmlns="${XACML}" xmlns:m="urn:m"><Attributes Category="${RESOURCE}"><Attribute AttributeId="p"><AttributeValue XPathCategory="${RESOURCE}" DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression">//m:a</AttributeValue></Attribute></Attributes></Request>`,
    )
    const value = request.categories[0]?.attributes[0]?.values[0]
    expect([value?.xpath?.category, value?.xpath?.namespaces.get('m')]).toEqual([RESOURCE, 'urn:m'])
    expect(
      readRequest(writeRequest(request)).request.categories[0]?.attributes[0]?.values[0]?.xpath?.namespaces.get('m'),
    ).toBe('urn:m')
  })

  test('in the namespace of 2.0 with the structure of 3.0, as WSO2 signs them, are read', () => {
    const { request, version } = readRequest(writeRequest(REQUEST).replace(XACML, CONTEXT))
    expect([version, request.categories.length]).toEqual(['3.0', 2])
  })

  test.each([
    ['no XML', '<Request', /not well-formed/],
    ['a document type', `<!DOCTYPE Request [<!ENTITY x "y">]><Request xmlns="${XACML}"/>`, /DOCTYPE/],
    ['another element', '<Question/>', /<Question> is no request/],
    ['another namespace', '<Request xmlns="urn:x"/>', /namespace of the request is unknown/],
    ['an unknown child', `<Request xmlns="${XACML}"><Subject/></Request>`, /has no child <Subject>/],
    ['a category without a name', `<Request xmlns="${XACML}"><Attributes/></Request>`, /needs the attribute Category/],
    [
      'an attribute without an identifier',
      `<Request xmlns="${XACML}"><Attributes Category="c"><Attribute/></Attributes></Request>`,
      /needs the attribute AttributeId/,
    ],
    [
      'a value without a type',
      `<Request xmlns="${XACML}"><Attributes Category="c"><Attribute AttributeId="a"><AttributeValue/></Attribute></Attributes></Request>`,
      /needs the attribute DataType/,
    ],
    [
      'an unknown type',
      `<Request xmlns="${XACML}"><Attributes Category="c"><Attribute AttributeId="a"><AttributeValue DataType="x"/></Attribute></Attributes></Request>`,
      /there is no data type "x"/,
    ],
    ['a flag that is none', `<Request xmlns="${XACML}" CombinedDecision="maybe"/>`, /must be true or false/],
    [
      'content with two roots',
      `<Request xmlns="${XACML}"><Attributes Category="c"><Content><a/><b/></Content></Attributes></Request>`,
      /must hold one element/,
    ],
    ['elements without end', `<Request xmlns="${XACML}">${'<a>'.repeat(300)}`, /not well-formed/],
  ])('with %s are a syntax error', (_, written, message) => {
    expect(() => readRequest(written)).toThrow(message)
    expect(() => readRequest(written)).toThrow(Indeterminate)
  })
})

describe('requests of 2.0', () => {
  const written = `<Request xmlns="${CONTEXT}">
    <Subject><Attribute AttributeId="a" DataType="${XSD}string" Issuer="i"><AttributeValue>x</AttributeValue><AttributeValue>y</AttributeValue></Attribute></Subject>
    <Subject><Attribute AttributeId="b" DataType="${XSD}string"><AttributeValue>z</AttributeValue></Attribute></Subject>
    <Subject SubjectCategory="urn:other"/>
    <Resource><ResourceContent><m:r xmlns:m="urn:m"/></ResourceContent><Attribute AttributeId="urn:oasis:names:tc:xacml:1.0:resource:resource-id" DataType="${XSD}string"><AttributeValue>r</AttributeValue></Attribute></Resource>
    <Action/><Environment/></Request>`

  test('become categories, subjects of one category together', () => {
    const { request, version } = readRequest(written)
    expect(version).toBe('2.0')
    expect(request.categories.map(({ category }) => category)).toEqual([
      SUBJECT,
      'urn:other',
      RESOURCE,
      ACTION,
      ENVIRONMENT,
    ])
    expect(request.categories[0]?.attributes.map(({ id, issuer, values }) => [id, issuer, values.length])).toEqual([
      ['a', 'i', 2],
      ['b', undefined, 1],
    ])
    expect(request.categories[2]?.content?.name).toBe('r')
  })

  test('are made again for paths that look into them', () => {
    const tree = writeRequestTree2(readRequest(written).request.categories)
    const again = readRequest(printXml(tree)).request
    expect(plain(again)).toEqual(plain(readRequest(written).request))
  })

  test.each([
    ['an unknown child', `<Request xmlns="${CONTEXT}"><Person/></Request>`],
    [
      'an attribute without a type',
      `<Request xmlns="${CONTEXT}"><Subject><Attribute AttributeId="a"/></Subject></Request>`,
    ],
    [
      'an unknown type',
      `<Request xmlns="${CONTEXT}"><Subject><Attribute AttributeId="a" DataType="x"/></Subject></Request>`,
    ],
  ])('with %s are a syntax error', (_, text2) => {
    expect(() => readRequest(text2)).toThrow(Indeterminate)
  })
})

describe('responses', () => {
  test('of 3.0 are read as they are written', () => {
    expect(readResponse(writeResponse([RESULT]))).toEqual([RESULT])
  })

  test('of 3.0 have their parts in the order of the schema, in a default namespace', () => {
    const { root } = parseXml(writeResponse([RESULT]))
    expect([root.prefix, root.namespace]).toEqual(['', XACML])
    const [result] = root.children
    expect(result?.type === 1 && result.children.map((child) => child.type === 1 && child.name)).toEqual([
      'Decision',
      'Status',
      'Obligations',
      'AssociatedAdvice',
      'Attributes',
      'PolicyIdentifierList',
    ])
  })

  test('of 2.0 name the resource, and the decision that an obligation goes with', () => {
    const resource = {
      category: RESOURCE,
      attributes: [{ id: 'urn:oasis:names:tc:xacml:1.0:resource:resource-id', values: [text(' r ')] }],
    }
    const written = writeResponse([{ ...RESULT, attributes: [resource] }], '2.0')
    expect(written).toContain('<Result ResourceId="r">')
    expect(written).toContain('FulfillOn="Permit"')
    expect(written).not.toContain('Attributes')
    expect(readResponse(written)[0]?.obligations[0]?.id).toBe('o')
  })

  test('say which attribute is missing', () => {
    const missing = [{ category: SUBJECT, id: 'a', type: `${XSD}string`, issuer: 'i' }]
    const status = { code: 'urn:oasis:names:tc:xacml:1.0:status:missing-attribute', message: 'a < b', missing }
    const written = writeResponse([{ ...RESULT, decision: 'Indeterminate', indeterminate: 'DP', status }])
    expect(readResponse(written)[0]).toMatchObject({ decision: 'Indeterminate', status })
  })

  test.each([
    ['another element', '<Answer/>', /is no response/],
    ['no result', '<Response/>', /has no result/],
    ['no decision', '<Response><Result/></Response>', /"" is no decision/],
    [
      'an unknown decision',
      '<Response><Result><Decision>Maybe</Decision></Result></Response>',
      /"Maybe" is no decision/,
    ],
  ])('with %s are refused', (_, written, message) => {
    expect(() => readResponse(written)).toThrow(message)
  })
})
