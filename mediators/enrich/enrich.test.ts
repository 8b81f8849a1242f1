import { bodyChild, parseJson, printJson, printXml, XmlElement } from 'viaduct'
import {
  compileMediators,
  createContext,
  createDeployment,
  type ContextOptions,
  type TestContext,
} from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { enrich } from './enrich.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const soap = (payload: string): ContextOptions => ({
  body: `<s:Envelope xmlns:s="${SOAP11}"><s:Body>${payload}</s:Body></s:Envelope>`,
  headers: { SOAPAction: '"urn:a"' },
})
const ORDERS = soap('<orders><order><price>50</price><symbol>IBM</symbol></order><order/></orders>')

const deployment = createDeployment({ resources: { symbol: '<symbol>$</symbol>', 'conf:/note.txt': 'a note' } })

async function run(
  source: string,
  target: string,
  options: ContextOptions = ORDERS,
  prepare?: (ctx: TestContext) => void,
) {
  const { mediator, diagnostics } = compileMediators(`<enrich>${source}${target}</enrich>`, {
    mediators: [enrich],
    deployment,
  })
  expect(diagnostics).toEqual([])
  const ctx = createContext({ ...options, deployment })
  prepare?.(ctx)
  expect(await mediator(ctx)).toBe('continue')
  return ctx
}

const payload = ({ message }: TestContext): string => {
  const child = bodyChild(message.tree)
  return child === undefined ? '' : printXml(child)
}

const property = (ctx: TestContext, name = 'p'): unknown => ctx.properties.get('default', name)
const xml = (value: unknown): string => (value instanceof XmlElement ? printXml(value) : JSON.stringify(value))

describe('enrich of XML', () => {
  test('keeps the body in a property, apart from the message', async () => {
    const ctx = await run('<source type="body"/>', '<target type="property" property="p"/>')
    expect(ctx.message.revision).toBe(0)
    ctx.message.editTree()
    expect(xml(property(ctx))).toBe('<orders><order><price>50</price><symbol>IBM</symbol></order><order/></orders>')
  })

  test('replaces an element by several, in their order', async () => {
    const ctx = await run('<source clone="true" xpath="//orders/order/*"/>', '<target xpath="//order[1]/."/>')
    expect(payload(ctx)).toBe('<orders><price>50</price><symbol>IBM</symbol><order/></orders>')
  })

  test('gives each selected target a copy', async () => {
    const ctx = await run('<source type="inline"><x xmlns=""/></source>', '<target action="child" xpath="//order"/>')
    expect(payload(ctx)).toBe(
      '<orders><order><price>50</price><symbol>IBM</symbol><x/></order><order><x/></order></orders>',
    )
  })

  test('adds siblings after the target, in their order', async () => {
    const ctx = await run('<source xpath="//order[1]/*"/>', '<target action="sibling" xpath="//order[1]"/>')
    expect(payload(ctx)).toBe(
      '<orders><order><price>50</price><symbol>IBM</symbol></order><price>50</price><symbol>IBM</symbol><order/></orders>',
    )
  })

  test('moves what is not cloned', async () => {
    const ctx = await run('<source clone="false" xpath="//symbol"/>', '<target action="child" xpath="//order[2]"/>')
    expect(payload(ctx)).toBe('<orders><order><price>50</price></order><order><symbol>IBM</symbol></order></orders>')
  })

  test('replaces the text of an element, a text node and an attribute by text', async () => {
    const set = (ctx: TestContext) => ctx.properties.set('default', 'p', 'SUN')
    const source = `<source xpath="get-property('p')"/>`
    const symbol = soap('<q id="1"><symbol>IBM</symbol></q>')
    expect(payload(await run(source, '<target xpath="//symbol"/>', symbol, set))).toBe(
      '<q id="1"><symbol>SUN</symbol></q>',
    )
    expect(payload(await run(source, '<target xpath="//symbol/text()"/>', symbol, set))).toBe(
      '<q id="1"><symbol>SUN</symbol></q>',
    )
    expect(payload(await run('<source type="property" property="p"/>', '<target xpath="//q/@id"/>', symbol, set))).toBe(
      '<q id="SUN"><symbol>IBM</symbol></q>',
    )
  })

  test('replaces and fills the body', async () => {
    const inline = '<source type="inline"><m:a xmlns:m="urn:m"/></source>'
    expect(payload(await run(inline, '<target type="body"/>'))).toBe('<m:a xmlns:m="urn:m"/>')
    expect(payload(await run(inline, '<target type="body" action="child"/>', soap('<q/>')))).toBe(
      '<q><m:a xmlns:m="urn:m"/></q>',
    )
    expect(payload(await run(inline, '<target type="body"/>', soap('')))).toBe('<m:a xmlns:m="urn:m"/>')
    const sibling = await run(inline, '<target type="body" action="sibling"/>', soap('<q/>'))
    expect(printXml(sibling.message.tree)).toContain('<q/><m:a xmlns:m="urn:m"/></s:Body>')
  })

  test('replaces the envelope by an envelope, and refuses anything else', async () => {
    const envelope = `<s:Envelope xmlns:s="${SOAP11}"><s:Header><h/></s:Header><s:Body><new/></s:Body></s:Envelope>`
    const ctx = await run(
      `<source type="inline">${envelope.replaceAll('<h/>', '<h xmlns=""/>').replace('<new/>', '<new xmlns=""/>')}</source>`,
      '<target type="envelope"/>',
    )
    expect(printXml(ctx.message.tree)).toBe(envelope)
    await expect(run('<source type="inline"><a/></source>', '<target type="envelope"/>')).rejects.toMatchObject({
      code: 0,
      message: 'only a SOAP envelope can replace the envelope of a message',
    })
  })

  test('keeps and restores several elements', async () => {
    const kept = await run('<source xpath="//order"/>', '<target type="property" property="p"/>')
    expect(property(kept)).toHaveLength(2)
    const restored = await run(
      '<source type="property" property="p"/>',
      '<target type="body" action="child"/>',
      soap('<q/>'),
      (ctx) => ctx.properties.set('default', 'p', property(kept)),
    )
    expect(payload(restored)).toBe('<q><order><price>50</price><symbol>IBM</symbol></order><order/></q>')
  })

  test('writes to the property that the target names, and into the element it holds', async () => {
    const replaced = await run('<source xpath="//symbol"/>', `<target xpath="get-property('operation', 'p')"/>`)
    expect(xml(replaced.exchange.operation.get('p'))).toBe('<symbol>IBM</symbol>')
    const into = await run(
      '<source xpath="//symbol"/>',
      `<target action="child" xpath="get-property('operation','p')"/>`,
      ORDERS,
      (ctx) => ctx.exchange.operation.set('p', bodyChild(createContext(soap('<keep/>')).message.tree)),
    )
    expect(xml(into.exchange.operation.get('p'))).toBe('<keep><symbol>IBM</symbol></keep>')
    expect(into.message.revision).toBe(0)
  })

  test('takes inline content from the registry', async () => {
    expect(payload(await run('<source type="inline" key="symbol"/>', '<target type="body"/>'))).toBe(
      '<symbol>$</symbol>',
    )
    expect(
      property(await run('<source type="inline" key="conf:/note.txt"/>', '<target type="property" property="p"/>')),
    ).toBe('a note')
  })

  test('evaluates {…} in inline content, as text', async () => {
    const set = (ctx: TestContext) => ctx.properties.set('default', 'p', '<&">')
    const ctx = await run(
      `<source type="inline"><q xmlns="" id="{//symbol}" x="{not}">{$ctx:p} {get-property('none')}</q></source>`,
      '<target type="body"/>',
      ORDERS,
      set,
    )
    expect(payload(ctx)).toBe('<q id="IBM" x="{not}">&lt;&amp;"&gt; </q>')
  })

  test('makes the body JSON when the text is', async () => {
    const ctx = await run('<source type="property" property="p"/>', '<target type="body"/>', ORDERS, (ctx) =>
      ctx.properties.set('default', 'p', '{"a":1}'),
    )
    expect(ctx.message.isJson).toBe(true)
  })

  test('removes what an expression selects', async () => {
    expect(payload(await run('<source xpath="//price | //order[2]"/>', '<target type="body" action="remove"/>'))).toBe(
      '<orders><order><symbol>IBM</symbol></order></orders>',
    )
  })

  test('changes nothing when source or target select nothing', async () => {
    expect(payload(await run('<source xpath="//none"/>', '<target xpath="//price"/>'))).toContain('<price>50</price>')
    expect(payload(await run('<source xpath="//price"/>', '<target xpath="//none"/>'))).toContain('<price>50</price>')
  })

  test('gives a message without a body one', async () => {
    const ctx = await run(
      '<source type="inline"><a xmlns=""/></source>',
      '<target type="body"/>',
      { method: 'GET' },
      (ctx) => ctx.properties.set('axis2', 'NO_ENTITY_BODY', true),
    )
    expect(payload(ctx)).toBe('<a/>')
    expect(ctx.properties.get('axis2', 'NO_ENTITY_BODY')).toBeUndefined()
  })
})

const PATIENT =
  '{"name":"John","address":null,"phone":[8770586755,35352399,null],"email":"j@x","doctor":{"name":"thomas","doctorid":"76DA"},"hospital":"grand oak"}'
const JSON_BODY: ContextOptions = { contentType: 'application/json', body: PATIENT }

async function json(
  source: string,
  target: string,
  options = JSON_BODY,
  prepare?: (ctx: TestContext) => void,
): Promise<unknown> {
  const ctx = await run(source, target, options, prepare)
  expect(ctx.message.isJson).toBe(true)
  return JSON.parse(printJson(ctx.message.json))
}

const patient = (changes: object): object => ({ ...(JSON.parse(PATIENT) as object), ...changes })
const INLINE = (text: string): string => `<source type="inline" clone="true">${text}</source>`

describe('enrich of JSON', () => {
  test('appends to an array and adds members to an object', async () => {
    expect(await json(INLINE('{"code" : 94}'), '<target action="child" xpath="json-eval($.phone)"/>')).toEqual(
      patient({ phone: [8770586755, 35352399, null, { code: 94 }] }),
    )
    expect(await json(INLINE('{"active" : true}'), '<target action="child" xpath="json-eval($.doctor)"/>')).toEqual(
      patient({ doctor: { name: 'thomas', doctorid: '76DA', active: true } }),
    )
    expect(await json(INLINE('{"id" : "1"}'), '<target action="child" xpath="json-eval($)"/>')).toEqual(
      patient({ id: '1' }),
    )
  })

  test('replaces what a path selects by JSON or text', async () => {
    expect(await json(INLINE('[1, null]'), '<target xpath="json-eval($.phone)"/>')).toEqual(
      patient({ phone: [1, null] }),
    )
    expect(await json(INLINE('alice@x'), '<target xpath="json-eval($.email)"/>')).toEqual(patient({ email: 'alice@x' }))
    expect(await json('<source xpath="json-eval($.doctor.name)"/>', '<target xpath="json-eval($.doctor)"/>')).toEqual(
      patient({ doctor: 'thomas' }),
    )
    expect(await json('<source type="body"/>', '<target xpath="json-eval($.hospital)"/>')).toEqual(
      patient({ hospital: JSON.parse(PATIENT) as object }),
    )
  })

  test('sets a member that is not there yet', async () => {
    expect(await json(INLINE('1'), '<target xpath="json-eval($.doctor.rank)"/>')).toEqual(
      patient({ doctor: { name: 'thomas', doctorid: '76DA', rank: 1 } }),
    )
  })

  test('replaces the body, and keeps and restores it', async () => {
    expect(await json(INLINE('{"person":{"name":"Alice"}}'), '<target type="body"/>')).toEqual({
      person: { name: 'Alice' },
    })
    const kept = await run('<source type="body" clone="false"/>', '<target type="property" property="p"/>', JSON_BODY)
    expect(printJson(property(kept) as Map<string, never>)).toBe(PATIENT)
    expect(
      await json(
        '<source type="property" property="p"/>',
        '<target type="body"/>',
        { contentType: 'application/json', body: '{}' },
        (ctx) => ctx.properties.set('default', 'p', property(kept)),
      ),
    ).toEqual(JSON.parse(PATIENT))
  })

  test('appends to JSON in a property, given as text or as a value', async () => {
    const ctx = await run(
      '<source type="body"/>',
      '<target type="property" property="p" action="child"/>',
      { contentType: 'application/json', body: '{"a":1}' },
      (ctx) => ctx.properties.set('default', 'p', '[]'),
    )
    expect(property(ctx)).toEqual([new Map([['a', 1]])])
  })

  test('removes what a list of paths selects, from the body or a property', async () => {
    const store =
      '{"store":{"book":[{"author":"a","price":8},{"author":"b","price":12},{"author":"c","price":9}]},"expensive":10}'
    expect(
      await json(
        '<source xpath="json-eval($.store.book[*].author,$.store.book[0])"/>',
        '<target type="body" action="remove"/>',
        { contentType: 'application/json', body: store },
      ),
    ).toEqual({
      store: { book: [{ price: 12 }, { price: 9 }] },
      expensive: 10,
    })
    const ctx = await run(
      '<source xpath="json-eval($.store.book[?(@.price > 10)])"/>',
      '<target type="property" property="p" action="remove"/>',
      JSON_BODY,
      (ctx) => ctx.properties.set('default', 'p', parseJson(store)),
    )
    expect(printJson(property(ctx) as Map<string, never>)).toBe(
      '{"store":{"book":[{"author":"a","price":8},{"author":"c","price":9}]},"expensive":10}',
    )
    expect(ctx.message.revision).toBe(0)
  })

  test('renames a member where it is', async () => {
    const ctx = await run(INLINE('clinic'), '<target type="key" xpath="json-eval($.hospital)"/>', JSON_BODY)
    expect(printJson(ctx.message.json)).toBe(PATIENT.replace('"hospital"', '"clinic"'))
  })

  test('moves what is not cloned', async () => {
    expect(
      await json('<source clone="false" xpath="json-eval($.email)"/>', '<target xpath="json-eval($.doctor.name)"/>'),
    ).toEqual({
      name: 'John',
      address: null,
      phone: [8770586755, 35352399, null],
      doctor: { name: 'j@x', doctorid: '76DA' },
      hospital: 'grand oak',
    })
  })

  test('evaluates {…} in inline text, escaped between quotes', async () => {
    const body: ContextOptions = { contentType: 'application/json', body: '{"a":"x\\"y"}' }
    expect(await json(INLINE('{"b": "{json-eval($.a)}"}'), '<target type="body"/>', body)).toEqual({ b: 'x"y' })
  })

  test('leaves the value of other branches alone', async () => {
    const ctx = createContext(JSON_BODY)
    const before = ctx.message.json
    const { mediator } = compileMediators(
      `<enrich>${INLINE('{"x":1}')}<target action="child" xpath="json-eval($.doctor)"/></enrich>`,
      { mediators: [enrich] },
    )
    await mediator(ctx)
    expect(printJson(before)).toBe(PATIENT)
  })

  test('is a fault when something is added to a primitive', async () => {
    await expect(
      run(INLINE('1'), '<target action="child" xpath="json-eval($.name)"/>', JSON_BODY),
    ).rejects.toMatchObject({
      code: 0,
      message: 'nothing can be added to a JSON value that is no array or object',
    })
  })

  test('logs that JSON has no siblings', async () => {
    const ctx = await run(INLINE('1'), '<target action="sibling" xpath="json-eval($.name)"/>', JSON_BODY)
    expect(ctx.lines).toEqual(['ERROR action="sibling" is not possible with JSON; nothing is changed'])
    expect(ctx.message.revision).toBe(0)
  })

  test('turns the message into XML when one side is XML', async () => {
    const ctx = await run('<source type="inline"><a xmlns=""/></source>', '<target type="body"/>', JSON_BODY)
    expect(payload(ctx)).toBe('<a/>')
    expect(ctx.message.isJson).toBe(false)
  })
})

test('enrich reports sources and targets that do not go together', () => {
  const enrichOf = (source: string, target: string): string => `<enrich><source ${source}/><target ${target}/></enrich>`
  const lines = [
    '<enrich/>',
    enrichOf('type="envelope"', 'type="body"'),
    enrichOf('type="body"', 'type="envelope"'),
    enrichOf('xpath="//a"', 'type="envelope"'),
    enrichOf('type="property" property="p"', 'type="envelope" action="child"'),
    enrichOf('type="body"', 'type="body" action="remove"'),
    enrichOf('xpath="//a"', 'xpath="//b" action="remove"'),
    enrichOf('type="property" property="p"', 'type="key" xpath="//a"'),
    enrichOf('type="property" property="p"', 'xpath="json-eval($)"'),
    enrichOf('', 'type="body"'),
    enrichOf('type="property"', 'type="body"'),
    enrichOf('type="inline"', 'type="body"'),
    enrichOf('type="inline" key="none"', 'type="body"'),
    enrichOf('type="body"', 'type="inline"'),
    enrichOf('xpath="//a["', 'type="body"'),
  ]
  const { diagnostics } = compileMediators(lines.join('\n'), { mediators: [enrich] })
  expect(diagnostics.map((line) => line.replace(/^test\.xml:/, '').replace(/(xpath="\/\/a\[").*/, '$1'))).toEqual([
    '1:1 error element-missing: <enrich> needs a <source>',
    '1:1 error element-missing: <enrich> needs a <target>',
    '2:1 error constraint-violated: the envelope can only go into a property',
    '3:1 error constraint-violated: the body cannot go into the envelope',
    '4:1 error constraint-violated: a part of the message cannot become the envelope',
    '5:1 error constraint-violated: an envelope can only be replaced',
    '6:1 error constraint-violated: action="remove" needs a custom source, which selects what is removed',
    '7:1 error constraint-violated: action="remove" needs a target of type body or property',
    '8:1 error constraint-violated: a target of type key needs a JSONPath: json-eval(…)',
    '9:1 error constraint-violated: the root of a JSON body is replaced with type="body"',
    '10:1 error constraint-violated: a custom source needs an xpath',
    '11:1 error constraint-violated: a source of type property needs the attribute property',
    '12:1 error constraint-violated: an inline source needs content or a key',
    '13:9 error resource-unreadable: key="none": there is no such resource or local entry',
    '14:44 error attribute-invalid: type="inline": expected one of custom, envelope, body, property, key',
    '15:24 error expression-invalid: xpath="//a["',
  ])
})
