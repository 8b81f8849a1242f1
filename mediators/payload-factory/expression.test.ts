import { bodyChild, escapeText, parseJson, parseXml, printXml } from 'viaduct'
import { compileMediators, createContext, type TestContext } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { payloadFactory } from './payload-factory.ts'

const BODY = String.raw`{"s": "a<b", "path": "C:\\new", "lines": "x\ny", "quote": "\"q\"", "n": 1.50, "t": true, "null": null, "empty": "", "word": "true", "object": {"k": "v\\w"}, "list": [1, "a"]}`

const VARIABLES: Readonly<Record<string, unknown>> = {
  name: 'Ann',
  lines: String.raw`x\ny`,
  path: String.raw`C:\dir`,
  xml: '<fruit>apple</fruit>',
  element: parseXml('<fruit>apple</fruit>').root,
  escaped: parseXml(String.raw`<pet><name>a\\nb\nc\d</name></pet>`).root,
  json: '{"a": [1]}',
  list: parseJson('["x"]'),
  id: 12,
}

async function run(media: 'xml' | 'json' | 'text', format: string): Promise<TestContext> {
  const xml = `<payloadFactory media-type="${media}"><format>${media === 'xml' ? format : escapeText(format)}</format></payloadFactory>`
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [payloadFactory] })
  expect(diagnostics).toEqual([])
  const ctx = createContext({ contentType: 'application/json', body: BODY })
  for (const [name, value] of Object.entries(VARIABLES)) ctx.variables.set(name, value)
  await mediator(ctx)
  return ctx
}

async function json(format: string): Promise<string> {
  const { message } = await run('json', format)
  return message.bytes?.toString() ?? ''
}

async function xml(format: string): Promise<string> {
  const { message } = await run('xml', format)
  const child = bodyChild(message.tree)
  return child === undefined ? '' : printXml(child)
}

describe('${…} in JSON outside of quotes', () => {
  test.each([
    ['${payload.n}', '1.50'],
    ['${payload.t}', 'true'],
    ['${payload.object}', String.raw`{"k":"v\\w"}`],
    ['${payload.list}', '[1,"a"]'],
    ['${payload.s}', '"a<b"'],
    ['${payload.path}', String.raw`"C:\\new"`],
    ['${payload.word}', 'true'],
    ['${payload.empty}', '""'],
    ['${payload.null}', '""'],
    ['${payload.none}', '""'],
    ['${vars.name}', '"Ann"'],
    ['${vars.id}', '12'],
    ['${vars.json}', '{"a": [1]}'],
    ['${vars.list}', '["x"]'],
    ['${vars.element}', '{"fruit":"apple"}'],
    ['${vars.xml}', '{"fruit":"apple"}'],
    ['${payload.n > 1 ? "yes" : "no"}', '"yes"'],
  ])('%s becomes %s', async (hole, expected) => {
    expect(await json(`{"a": ${hole}}`)).toBe(`{"a": ${expected}}`)
  })
})

describe('${…} in a JSON string', () => {
  test.each([
    ['${payload.n}', '1.50'],
    ['${payload.object}', String.raw`{\"k\":\"v\\\\w\"}`],
    ['${payload.s}', 'a<b'],
    ['${payload.path}', String.raw`C:\\new`],
    ['${payload.lines}', String.raw`x\ny`],
    ['${vars.element}', '<fruit>apple</fruit>'],
    ['a \\" ${payload.quote}', String.raw`a \" \"q\"`],
    ['${vars.name} and ${payload.t}', 'Ann and true'],
  ])('%s becomes %s', async (hole, expected) => {
    expect(await json(`{"a": "${hole}", "b": \${vars.name}}`)).toBe(`{"a": "${expected}", "b": "Ann"}`)
  })
})

test('texts that were not found in JSON hold escapes already [COMPAT escapes-in-text]', async () => {
  expect(await json('{"a": "${vars.lines}", "b": "${vars.path}"}')).toBe(String.raw`{"a": "x\ny", "b": "C:\\dir"}`)
  expect(await json('${vars.escaped}')).toBe(String.raw`{"pet":{"name":"a\\nb\nc\\d"}}`)
})

describe('${…} in XML', () => {
  test.each([
    ['${payload.n}', '1.50'],
    ['${payload.s}', 'a&lt;b'],
    ['${payload.list}', '<jsonElement>1</jsonElement><jsonElement>a</jsonElement>'],
    ['${vars.name}', 'Ann'],
    ['${vars.lines}', String.raw`x\ny`],
    ['${vars.element}', '<fruit>apple</fruit>'],
    ['${vars.xml}', '<fruit>apple</fruit>'],
  ])('%s becomes %s', async (hole, expected) => {
    expect(await xml(`<a xmlns="">${hole}</a>`)).toBe(`<a>${expected}</a>`)
  })

  test('texts that were found in JSON keep their escapes [COMPAT found-text-in-xml]', async () => {
    expect(await xml('<a xmlns="" k="${payload.path}">${payload.path} ${payload.lines}${payload.object}</a>')).toBe(
      String.raw`<a k="C:\\new">C:\\new x\ny<k>v\\w</k></a>`,
    )
  })
})

test('${…} in text is inserted as it is', async () => {
  const { message } = await run('text', '${payload.s} ${payload.lines} ${vars.path} ${payload.object}')
  expect(bodyChild(message.tree)?.children).toEqual([
    expect.objectContaining({ value: `a<b x\ny ${String.raw`C:\dir {"k":"v\\w"}`}` }),
  ])
})
