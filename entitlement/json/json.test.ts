import { describe, expect, test } from 'vitest'
import type { DecisionResult } from 'viaduct'
import { Indeterminate, readJsonRequest, readJsonResponse, writeJsonRequest, writeJsonResponse } from '../xacml.ts'
import { ACTION, RESOURCE, SUBJECT, XSD } from '../testing/policies.ts'

const one = (attribute: object): string => JSON.stringify({ Request: { AccessSubject: { Attribute: [attribute] } } })

const valuesOf = (value: unknown, type?: string) =>
  readJsonRequest(
    one({ AttributeId: 'a', Value: value, ...(type !== undefined && { DataType: type }) }),
  ).categories[0]?.attributes[0]?.values.map(({ type: id, text }) => `${id.slice(id.search(/[^#:]*$/))}:${text}`)

describe('requests of the JSON profile', () => {
  test.each([
    ['text', undefined, ['string:text']],
    [true, undefined, ['boolean:true']],
    [7, undefined, ['integer:7']],
    [-7, undefined, ['integer:-7']],
    [1.5, undefined, ['double:1.5']],
    [1e30, 'double', ['double:1.0E30']],
    [[1, 2], undefined, ['integer:1', 'integer:2']],
    [[1, 2.5], undefined, ['double:1.0', 'double:2.5']],
    [['a', 'b'], undefined, ['string:a', 'string:b']],
    [[], undefined, []],
    ['2002-09-24', 'date', ['date:2002-09-24']],
    ['a@b.c', 'rfc822Name', ['rfc822Name:a@b.c']],
    ['a', `${XSD}anyURI`, ['anyURI:a']],
    [5, 'string', ['string:5']],
    ['9007199254740993', 'integer', ['integer:9007199254740993']],
    ['INF', 'double', ['double:INF']],
    [{ XPathCategory: 'c', XPath: '//a' }, undefined, ['xpathExpression://a']],
  ])('the value %j of type %s is %j', (value, type, expected) => {
    expect(valuesOf(value, type)).toEqual(expected)
  })

  test.each([
    ['no JSON', '{', /not JSON/],
    ['no request', '{}', /Request must be an object/],
    ['a list for a request', '{"Request":[]}', /Request must be an object/],
    ['an unknown member', '{"Request":{"Subject":{}}}', /Request has no "Subject"/],
    ['an unknown member of an attribute', one({ AttributeId: 'a', value: 1 }), /an attribute has no "value"/],
    ['an attribute without an identifier', one({ Value: 1 }), /needs "AttributeId"/],
    ['an unknown type', one({ AttributeId: 'a', Value: 1, DataType: `${XSD}in` }), /there is no data type/],
    ['values of several types', one({ AttributeId: 'a', Value: [1, 'a'] }), /must have one type/],
    ['an object for a value', one({ AttributeId: 'a', Value: { x: 1 } }), /must be a string, a number/],
    ['a list in a list', one({ AttributeId: 'a', Value: [[1]] }), /must be a string, a number/],
    ['an integer that JSON cannot hold', one({ AttributeId: 'a', Value: 2 ** 53 }), /must be written as strings/],
    ['a flag that is none', '{"Request":{"CombinedDecision":"yes"}}', /must be true or false/],
    ['a category without a name', '{"Request":{"Category":{}}}', /needs "CategoryId"/],
    ['content that is no XML', '{"Request":{"Resource":{"Content":"<a"}}}', /not well-formed/],
  ])('%s is a syntax error', (_, text, message) => {
    expect(() => readJsonRequest(text)).toThrow(message)
    expect(() => readJsonRequest(text)).toThrow(Indeterminate)
  })

  test('members named as those of Object are unknown members', () => {
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(() => readJsonRequest(`{"Request":{"${name}":{"polluted":true}}}`)).toThrow(Indeterminate)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('categories have short names, singly or in lists', () => {
    const text =
      '{"Request":{"Action":[{"Attribute":{"AttributeId":"a","Value":1}},{"Id":"x"}],"Category":[{"CategoryId":"Resource"},{"CategoryId":"urn:c"}]}}'
    const { categories } = readJsonRequest(text)
    expect(categories.map(({ category, id }) => [category, id])).toEqual([
      [RESOURCE, undefined],
      ['urn:c', undefined],
      [ACTION, undefined],
      [ACTION, 'x'],
    ])
  })

  test('content is XML as text or in base64', () => {
    for (const content of ['<a b="1"/>', Buffer.from('<a b="1"/>').toString('base64')])
      expect(
        readJsonRequest(JSON.stringify({ Request: { Resource: { Content: content } } })).categories[0]?.content?.name,
      ).toBe('a')
  })

  test('are read as they are written', () => {
    const text =
      '{"Request":{"ReturnPolicyIdList":true,"CombinedDecision":true,"AccessSubject":{"Id":"s","Attribute":[{"AttributeId":"a","Issuer":"i","IncludeInResult":true,"Value":[1,2]}]},"MultiRequests":{"RequestReference":[{"ReferenceId":["s"]}]}}}'
    const request = readJsonRequest(text)
    expect(readJsonRequest(writeJsonRequest(request))).toEqual(request)
    expect(request).toMatchObject({ returnPolicyIds: true, combined: true, references: [['s']] })
  })
})

describe('responses of the JSON profile', () => {
  const RESULT: DecisionResult = {
    decision: 'Deny',
    indeterminate: undefined,
    status: { code: 'urn:oasis:names:tc:xacml:1.0:status:ok' },
    obligations: [
      {
        id: 'o',
        assignments: [
          { attribute: 'n', category: undefined, issuer: undefined, value: { type: `${XSD}integer`, text: '7' } },
          { attribute: 'b', category: 'c', issuer: 'i', value: { type: `${XSD}boolean`, text: 'true' } },
          { attribute: 'd', category: undefined, issuer: undefined, value: { type: `${XSD}double`, text: '1.5' } },
          {
            attribute: 'big',
            category: undefined,
            issuer: undefined,
            value: { type: `${XSD}integer`, text: '9007199254740993' },
          },
        ],
      },
    ],
    advice: [{ id: 'v', assignments: [] }],
    attributes: [
      {
        category: SUBJECT,
        id: undefined,
        attributes: [
          { id: 'a', issuer: undefined, includeInResult: true, values: [{ type: `${XSD}string`, text: 'x' }] },
        ],
      },
    ],
    policies: [
      { kind: 'policy', id: 'p', version: '1.0' },
      { kind: 'policySet', id: 's', version: '2.0' },
    ],
  }

  test('are read as they are written', () => {
    expect(readJsonResponse(writeJsonResponse([RESULT]))).toEqual([RESULT])
  })

  test('hold numbers and flags as such, and large integers as text', () => {
    const { Response } = JSON.parse(writeJsonResponse([RESULT])) as {
      Response: { Obligations: { AttributeAssignment: { Value: unknown }[] }[] }[]
    }
    expect(Response[0]?.Obligations[0]?.AttributeAssignment.map(({ Value }) => Value)).toEqual([
      7,
      true,
      1.5,
      '9007199254740993',
    ])
  })

  test('say which attribute is missing', () => {
    const missing = [{ category: SUBJECT, id: 'a', type: `${XSD}string`, issuer: undefined }]
    const status = { code: 'urn:oasis:names:tc:xacml:1.0:status:missing-attribute', message: 'm', missing }
    expect(readJsonResponse(writeJsonResponse([{ ...RESULT, decision: 'Indeterminate', status }]))[0]).toMatchObject({
      status,
    })
  })

  test('as Identity Server writes them are read', () => {
    const [result] = readJsonResponse(
      '{"Response":[{"Decision":"Permit","Status":{"StatusCode":{"Value":"urn:oasis:names:tc:xacml:1.0:status:ok"}},"Obligations":[{"AttributeAssignments":[{"AttributeId":"a","Value":"x","DataType":"string"}]}]}]}',
    )
    expect(result?.obligations).toEqual([
      {
        id: '',
        assignments: [
          { attribute: 'a', category: undefined, issuer: undefined, value: { type: `${XSD}string`, text: 'x' } },
        ],
      },
    ])
  })

  test.each([
    ['no result', '{"Response":[]}', /no result/],
    ['an unknown decision', '{"Response":{"Decision":"permit"}}', /"permit" is no decision/],
    ['no object', '7', /must be an object/],
  ])('with %s are refused', (_, text, message) => {
    expect(() => readJsonResponse(text)).toThrow(message)
  })
})
