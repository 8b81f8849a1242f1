import { diag } from 'libxml2-wasm'
import { compileMediators, createContext, createDeployment, createMarks } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { validate } from './validate.ts'

const xsd = (body: string, attributes = '') =>
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" ${attributes}>${body}</xs:schema>`
const resources = {
  'order.xsd': xsd(
    `<xs:element name="order"><xs:complexType><xs:sequence><xs:element name="n" type="xs:int" maxOccurs="2"/></xs:sequence></xs:complexType></xs:element>`,
  ),
  'a.xsd': xsd(
    '<xs:import namespace="urn:b" schemaLocation="http://example.com/b.xsd"/><xs:element name="a"><xs:complexType><xs:sequence><xs:element ref="b:b"/></xs:sequence></xs:complexType></xs:element>',
    'targetNamespace="urn:a" xmlns:b="urn:b" elementFormDefault="qualified"',
  ),
  'conf:/b.xsd': xsd('<xs:element name="b" type="xs:date"/>', 'targetNamespace="urn:b"'),
  'c.xsd': xsd('<xs:element name="c" type="xs:string"/>', 'targetNamespace="urn:c"'),
  'bad.xsd': xsd('<xs:element name="a" type="xs:none"/>'),
  'order.json':
    '{"type":"object","properties":{"n":{"type":"integer","minimum":1,"exclusiveMinimum":true}},"required":["n"]}',
  'later.json': '{"$schema":"http://json-schema.org/draft-07/schema#","const":5}',
  'bad.json': '{"type":"none"}',
}
const deployment = createDeployment({ resources })

function compile(inside: string, attributes = '') {
  const marks = createMarks()
  const { mediator, diagnostics } = compileMediators(
    `<validate ${attributes}>${inside}<on-fail><mark name="fail"/></on-fail></validate><mark name="after"/>`,
    { mediators: [validate, marks.definition], deployment },
  )
  return { mediator, diagnostics, passed: marks.passed }
}

async function run(inside: string, options = {}, attributes = '') {
  const { mediator, diagnostics, passed } = compile(inside, attributes)
  expect(diagnostics).toEqual([])
  const ctx = createContext({ contentType: 'application/xml', deployment, ...options })
  ctx.properties.set('default', 'which', 'order.xsd')
  await mediator(ctx)
  return { passed, message: ctx.properties.get('default', 'ERROR_MESSAGE') }
}

const ORDER = '<schema key="order.xsd"/>'
const IMPORTING = '<schema key="a.xsd"/><resource location="http://example.com/b.xsd" key="conf:/b.xsd"/>'
const JSON_TYPE = 'application/json'

describe('validate', () => {
  test.each([
    ['<order><n>1</n></order>', []],
    ['<order><n>x</n></order>', ['fail']],
    ['<order><n>1</n><n>2</n><n>3</n></order>', ['fail']],
    ['<other/>', ['fail']],
  ])('%s goes through %j', async (body, expected) => {
    expect((await run(ORDER, { body })).passed).toEqual([...expected, 'after'])
  })

  test('says everything that is wrong', async () => {
    const { message } = await run(ORDER, { body: '<order><n>x</n><n>y</n></order>' })
    expect(message).toMatch(/'x' is not a valid value.*\n.*'y' is not a valid value/s)
  })

  test('checks what source selects', async () => {
    expect((await run(ORDER, { body: '<all><order><n>1</n></order></all>' }, 'source="//order"')).passed).toEqual([
      'after',
    ])
    expect((await run(ORDER, { body: '<all/>' }, 'source="//order"')).passed).toEqual(['fail', 'after'])
  })

  test('follows imports to where resources say', async () => {
    const body = (date: string) => `<a xmlns="urn:a"><b xmlns="urn:b">${date}</b></a>`
    expect((await run(IMPORTING, { body: body('2026-01-01') })).passed).toEqual(['after'])
    expect((await run(IMPORTING, { body: body('soon') })).passed).toEqual(['fail', 'after'])
  })

  test('several schemas count together', async () => {
    const inside = '<schema key="order.xsd"/><schema key="c.xsd"/>'
    expect((await run(inside, { body: '<c xmlns="urn:c">x</c>' })).passed).toEqual(['after'])
    expect((await run(inside, { body: '<order><n>1</n></order>' })).passed).toEqual(['after'])
  })

  test('a computed key finds the schema for the message', async () => {
    const dynamic = '<schema key="{$ctx:which}"/>'
    expect((await run(dynamic, { body: '<order><n>1</n></order>' })).passed).toEqual(['after'])
    const { mediator } = compile('<schema key="{$ctx:none}"/>')
    await expect(async () => mediator(createContext({ body: '<a/>', deployment }))).rejects.toThrow(
      /there is no schema ""/,
    )
  })

  test.each([
    ['{"n":2}', []],
    ['{"n":1}', ['fail']],
    ['{"n":"2"}', ['fail']],
    ['{}', ['fail']],
  ])('a JSON payload %s against draft 4 goes through %j', async (body, expected) => {
    expect((await run('<schema key="order.json"/>', { body, contentType: JSON_TYPE })).passed).toEqual([
      ...expected,
      'after',
    ])
  })

  test('json-source selects a part, and $schema names a later draft', async () => {
    const five = { body: '{"a":5}', contentType: JSON_TYPE }
    expect((await run('<schema key="later.json"/>', five, 'json-source="json-eval($.a)"')).passed).toEqual(['after'])
    const { passed, message } = await run('<schema key="later.json"/>', five)
    expect(passed).toEqual(['fail', 'after'])
    expect(message).toBe('the value must be equal to constant')
  })

  test('messages, valid and invalid, leave no document behind', async () => {
    const { mediator } = compile(ORDER)
    const take = async (n: string): Promise<unknown> =>
      mediator(createContext({ contentType: 'application/xml', body: `<order><n>${n}</n></order>`, deployment }))
    // The schema itself is kept: it is made before the counting begins.
    await take('1')
    diag.configure({ enabled: true })
    try {
      for (const n of ['1', 'x', '2', 'y']) await take(n)
      expect(diag.report()).toEqual({})
    } finally {
      diag.configure({ enabled: false })
    }
  })

  test.each([
    ['<schema key="none.xsd"/>', 'there is no schema "none.xsd"'],
    ['<schema key="bad.xsd"/>', 'does not resolve'],
    ['<schema key="bad.json"/>', 'bad.json: '],
    ['<schema key="a.xsd"/>', 'a.xsd names "http://example.com/b.xsd", and there is no such resource'],
    ['<schema key="order.xsd"/><schema key="order.json"/>', 'cannot be mixed'],
  ])('%s is a mistake of the configuration', (inside, expected) => {
    expect(compile(inside).diagnostics.join()).toContain(expected)
  })

  test('needs a schema, and mediators for what is invalid', () => {
    const { diagnostics } = compileMediators('<validate>\n<on-fail/></validate>', { mediators: [validate], deployment })
    expect(diagnostics).toEqual([
      'test.xml:1:1 error element-missing: <validate> needs a <schema>',
      'test.xml:2:1 error element-missing: <on-fail> needs mediators',
    ])
  })
})
