import { JsonNumber, printXml, XmlElement } from 'viaduct'
import { compileMediators, createContext, type ContextOptions } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { variable } from './variable.ts'

const JSON_BODY: ContextOptions = { contentType: 'application/json', body: '{"n":1.50,"o":{"a":1},"s":"17","t":true}' }

async function run(xml: string, options: ContextOptions = JSON_BODY) {
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [variable] })
  expect(diagnostics).toEqual([])
  const ctx = createContext(options)
  expect(await mediator(ctx)).toBe('continue')
  return ctx
}

const valueOf = async (attributes: string, options?: ContextOptions): Promise<unknown> =>
  (await run(`<variable name="v" ${attributes}/>`, options)).variables.get('v')

describe('variable', () => {
  test('sets literals of every type', async () => {
    expect(await valueOf('value="x"')).toBe('x')
    expect(await valueOf('value="true" type="BOOLEAN"')).toBe(true)
    expect(await valueOf('value="7" type="INTEGER"')).toBe(7)
    expect(await valueOf('value="[1]" type="JSON"')).toEqual([1])
    expect(printXml((await valueOf('value="&lt;a/&gt;" type="XML"')) as XmlElement)).toBe('<a/>')
  })

  test('keeps objects of an expression, apart from the message', async () => {
    const ctx = await run('<variable name="v" expression="${payload.o}"/>')
    expect(ctx.variables.get('v')).toEqual(new Map([['a', 1]]))
    ctx.message.setJson(null)
    expect(ctx.variables.get('v')).toEqual(new Map([['a', 1]]))
  })

  test('keeps a selected element as a copy', async () => {
    const ctx = await run('<variable name="v" expression="//q"/>', {
      contentType: 'application/xml',
      body: '<r><q>1</q></r>',
    })
    const element = ctx.variables.get('v') as XmlElement
    expect(printXml(element)).toBe('<q>1</q>')
    expect(element.parent).toBeNull()
  })

  test('converts the primitives of an expression to the type', async () => {
    expect(await valueOf('expression="${payload.s}" type="INTEGER"')).toBe(17)
    expect(await valueOf('expression="${payload.t}" type="BOOLEAN"')).toBe(true)
    expect(await valueOf('expression="${payload.n}" type="STRING"')).toBe('1.50')
    expect(String(await valueOf('expression="${payload.s}" type="DOUBLE"'))).toBe('17.0')
    expect(await valueOf('expression="${payload.s}" type="DOUBLE"')).toBeInstanceOf(JsonNumber)
  })

  test.each([
    ['o', 'INTEGER'],
    ['s', 'BOOLEAN'],
    ['t', 'INTEGER'],
    ['o', 'XML'],
  ])('is a fault when payload.%s is no %s', async (member, type) => {
    const { mediator } = compileMediators(`<variable name="v" expression="\${payload.${member}}" type="${type}"/>`, {
      mediators: [variable],
    })
    await expect(async () => mediator(createContext(JSON_BODY))).rejects.toMatchObject({
      code: 0,
      message: `Expression '\${payload.${member}}' result does not match the expected data type '${type}'`,
    })
  })

  test('keeps the old value when the new one is null (COMPAT variable-null-keeps)', async () => {
    const ctx = await run(`<variable name="v" value="old"/><variable name="v" expression="get-property('none')"/>`)
    expect(ctx.variables.get('v')).toBe('old')
  })

  test('removes', async () => {
    const ctx = await run('<variable name="v" value="1"/><variable name="v" action="remove"/>')
    expect(ctx.variables.has('v')).toBe(false)
  })

  test('reports what is wrong', () => {
    const { diagnostics } = compileMediators(
      '<variable name="v"/>\n<variable name="v" value="x" type="LONG"/>\n<variable name="v" value="x" type="WORD"/>',
      {
        mediators: [variable],
      },
    )
    expect(diagnostics).toEqual([
      'test.xml:1:1 error constraint-violated: a variable that is set needs either a value or an expression',
      'test.xml:2:1 error attribute-invalid: value="x": "x" is not a whole number',
      'test.xml:3:36 error attribute-invalid: type="WORD": expected one of STRING, BOOLEAN, INTEGER, LONG, DOUBLE, XML, OM, JSON',
    ])
  })
})
