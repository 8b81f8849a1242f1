import { printXml, XmlElement } from 'viaduct'
import { compileMediators, createContext, type ContextOptions } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { property } from './property.ts'

const BODY =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q><symbol>IBM</symbol><price>12.75</price></q></s:Body></s:Envelope>'

async function run(xml: string, options: ContextOptions = {}) {
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [property] })
  expect(diagnostics).toEqual([])
  const ctx = createContext({ body: BODY, ...options })
  expect(await mediator(ctx)).toBe('continue')
  return ctx
}

const valueOf = async (xml: string): Promise<unknown> => (await run(xml)).properties.get('default', 'p')

describe('property', () => {
  test('sets a literal in default scope', async () => {
    expect(await valueOf('<property name="p" value="{not an expression}"/>')).toBe('{not an expression}')
  })

  test('sets the string value of an expression', async () => {
    expect(await valueOf('<property name="p" expression="//symbol"/>')).toBe('IBM')
  })

  test('prefers the value, then the element, then the expression', async () => {
    expect(await valueOf('<property name="p" value="v" expression="//symbol"><e xmlns=""/></property>')).toBe('v')
    const element = await valueOf('<property name="p" expression="//symbol"><e xmlns="">x</e></property>')
    expect(element).toBeInstanceOf(XmlElement)
    expect(printXml(element as XmlElement)).toBe('<e>x</e>')
  })

  test('gives every message an element of its own', async () => {
    const { mediator } = compileMediators('<property name="p"><e xmlns=""/></property>', { mediators: [property] })
    const [first, second] = [createContext(), createContext()]
    await mediator(first)
    await mediator(second)
    expect(first.properties.get('default', 'p')).not.toBe(second.properties.get('default', 'p'))
  })

  test('keeps the old value when the new one is null', async () => {
    const ctx = await run(`<property name="p" value="old"/><property name="p" expression="get-property('none')"/>`)
    expect(ctx.properties.get('default', 'p')).toBe('old')
  })

  test('sets the empty string that an expression yields', async () => {
    expect(await valueOf('<property name="p" value="old"/><property name="p" expression="//none"/>')).toBe('')
  })

  test.each([
    ['BOOLEAN', 'TRUE', true],
    ['INTEGER', '-12', -12],
    ['SHORT', '12', 12],
    ['LONG', '42', 42],
    ['FLOAT', '1.5', 1.5],
    ['STRING', '007', '007'],
  ])('converts a value to %s', async (type, text, expected) => {
    expect(await valueOf(`<property name="p" value="${text}" type="${type}"/>`)).toBe(expected)
  })

  test.each([
    ['DOUBLE', '3', '3.0'],
    ['DOUBLE', '123123.123123', '123123.123123'],
    ['DOUBLE', '12345678', '1.2345678E7'],
    ['LONG', '9223372036854775807', '9223372036854775807'],
  ])('prints %s %s as Java does', async (type, text, expected) => {
    expect(String(await valueOf(`<property name="p" value="${text}" type="${type}"/>`))).toBe(expected)
  })

  test('cuts the decimals of an expression off for whole numbers', async () => {
    expect(await valueOf('<property name="p" expression="//price" type="INTEGER"/>')).toBe(12)
  })

  test('takes a selected element as OM', async () => {
    const element = await valueOf('<property name="p" expression="//q" type="OM"/>')
    expect(printXml(element as XmlElement)).toBe('<q><symbol>IBM</symbol><price>12.75</price></q>')
  })

  test('parses OM and JSON, and takes as a JSON string what is no JSON', async () => {
    expect(printXml((await valueOf('<property name="p" value="&lt;a/&gt;" type="OM"/>')) as XmlElement)).toBe('<a/>')
    expect(await valueOf(`<property name="p" value='{"a":[1]}' type="JSON"/>`)).toEqual(new Map([['a', [1]]]))
    expect(await valueOf('<property name="p" value="hello" type="JSON"/>')).toBe('hello')
  })

  test('takes a group of a pattern that matches the whole value, else nothing', async () => {
    expect(
      await valueOf('<property name="p" value="a-17-b" pattern="[a-z]-(\\d+)-[a-z]" group="1" type="INTEGER"/>'),
    ).toBe(17)
    expect(await valueOf('<property name="p" expression="//symbol" pattern="(I)(B)(M)" group="2"/>')).toBe('B')
    expect(await valueOf('<property name="p" expression="//symbol" pattern="IB"/>')).toBe('')
  })

  test('evaluates a name in braces for every message', async () => {
    const ctx = await run('<property name="{//symbol}" value="1"/>')
    expect(ctx.properties.get('default', 'IBM')).toBe('1')
  })

  test('writes to and removes from every scope', async () => {
    const ctx = await run(`<property name="a" value="1" scope="axis2"/><property name="b" value="2" scope="operation"/>
      <property name="X-C" value="3" scope="transport"/><property name="d" value="4" scope="synapse"/>`)
    expect(ctx.properties.get('axis2', 'a')).toBe('1')
    expect(ctx.exchange.operation.get('b')).toBe('2')
    expect(ctx.message.headers.get('x-c')).toBe('3')
    expect(ctx.properties.get('default', 'd')).toBe('4')
    const { mediator } = compileMediators(
      '<property name="x-c" scope="transport" action="remove"/><property name="d" action="remove"/>',
      {
        mediators: [property],
      },
    )
    await mediator(ctx)
    expect(ctx.message.headers.has('X-C')).toBe(false)
    expect(ctx.properties.get('default', 'd')).toBeUndefined()
  })

  test('makes the message an answer when it sets RESPONSE', async () => {
    expect((await run('<property name="RESPONSE" value="true"/>')).response).toBe(true)
    expect((await run('<property name="RESPONSE" value="false"/>', { response: true })).response).toBe(false)
  })

  test.each([
    'messageType" scope="axis2',
    'DISABLE_CHUNKING" scope="axis2',
    'FORCE_HTTP_1.0" scope="axis2',
    'Content-Encoding" scope="transport',
  ])('reads the body into memory when it sets name="%s"', async (name) => {
    expect((await run(`<property name="${name}" value="x"/>`, { streamed: true })).message.built).toBe(true)
  })

  test('leaves a streaming body alone otherwise', async () => {
    expect(
      (await run('<property name="ContentType" value="x" scope="axis2"/>', { streamed: true })).message.built,
    ).toBe(false)
  })

  test('turns a value that cannot be converted into a fault', async () => {
    const { mediator } = compileMediators('<property name="p" expression="//symbol" type="INTEGER"/>', {
      mediators: [property],
    })
    await expect(async () => mediator(createContext({ body: BODY }))).rejects.toMatchObject({
      code: 0,
      message: 'the value of a property cannot be converted to INTEGER: "IBM" is not a whole number',
    })
  })

  test('reports what is wrong at its place', () => {
    const { diagnostics } = compileMediators(
      `<property name="a"/>
<property name="b" value="x" type="INTEGER"/>
<property name="c" value="40000" type="SHORT"/>
<property name="d" value="1" scope="registry"/>
<property name="e" value="1" pattern="(a"/>
<property value="1"/>`,
      { mediators: [property] },
    )
    expect(diagnostics).toEqual([
      'test.xml:1:1 error constraint-violated: a property that is set needs a value, an expression or an element inside',
      'test.xml:2:1 error attribute-invalid: value="x": "x" is not a whole number',
      'test.xml:3:1 error attribute-invalid: value="40000": 40000 is too large for SHORT',
      'test.xml:4:37 error attribute-invalid: scope="registry": expected one of default, synapse, axis2, axis2-client, transport, operation, system, analytics, trace',
      'test.xml:5:39 error attribute-invalid: pattern="(a": not a regular expression: a ( is not closed',
      'test.xml:6:1 error attribute-missing: <property> needs the attribute "name"',
    ])
  })
})
