import { printXml } from 'viaduct'
import { compileMediators, createContext, type ContextOptions } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { header } from './header.ts'

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const BODY = `<s:Envelope xmlns:s="${SOAP}"><s:Header><h:Token xmlns:h="urn:h">one</h:Token><h:Token xmlns:h="urn:h">two</h:Token><h:Other xmlns:h="urn:h"/></s:Header><s:Body><q>IBM</q></s:Body></s:Envelope>`
const BARE = `<s:Envelope xmlns:s="${SOAP}"><s:Body><q>IBM</q></s:Body></s:Envelope>`

async function run(xml: string, options: ContextOptions = {}) {
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [header] })
  expect(diagnostics).toEqual([])
  const ctx = createContext({ body: BODY, ...options })
  expect(await mediator(ctx)).toBe('continue')
  return ctx
}

describe('header', () => {
  test('sets and removes addressing fields without touching the body', async () => {
    const ctx = await run(
      '<header name="To" value="http://x/"/><header name="Action" expression="\'urn:a\'"/><header name="ReplyTo" action="remove"/>',
      {
        streamed: true,
      },
    )
    expect(ctx.addressing.to).toBe('http://x/')
    expect(ctx.addressing.action).toBe('urn:a')
    expect(ctx.message.built).toBe(false)
    const removed = await run('<header name="To" action="remove"/>')
    expect(removed.addressing.to).toBeUndefined()
  })

  test('appends a SOAP header block', async () => {
    const ctx = await run('<header xmlns:h="urn:h" name="h:Token" value="a &amp; b"/>')
    expect(printXml(ctx.message.tree)).toContain(
      '<h:Other xmlns:h="urn:h"/><h:Token xmlns:h="urn:h">a &amp; b</h:Token></s:Header>',
    )
  })

  test('makes the SOAP header when there is none', async () => {
    const ctx = await run('<header xmlns:h="urn:h" name="h:Token" expression="//q"/>', { body: BARE })
    expect(printXml(ctx.message.tree)).toBe(
      `<s:Envelope xmlns:s="${SOAP}"><s:Header><h:Token xmlns:h="urn:h">IBM</h:Token></s:Header><s:Body><q>IBM</q></s:Body></s:Envelope>`,
    )
  })

  test('adds elements written inside, under a name or as blocks of their own', async () => {
    const named = await run('<header xmlns:h="urn:h" name="h:Wrap"><a xmlns=""/></header>', { body: BARE })
    expect(printXml(named.message.tree)).toContain('<h:Wrap xmlns:h="urn:h"><a/></h:Wrap>')
    const blocks = await run('<header><h:A xmlns:h="urn:h">1</h:A><h:B xmlns:h="urn:h">2</h:B></header>', {
      body: BARE,
    })
    expect(printXml(blocks.message.tree)).toContain(
      '<s:Header><h:A xmlns:h="urn:h">1</h:A><h:B xmlns:h="urn:h">2</h:B></s:Header>',
    )
  })

  test('parses a value of type OM', async () => {
    const ctx = await run('<header xmlns:h="urn:h" name="h:A" type="OM" value="&lt;b&gt;1&lt;/b&gt;"/>', { body: BARE })
    expect(printXml(ctx.message.tree)).toContain('<h:A xmlns:h="urn:h"><b>1</b></h:A>')
  })

  test('removes all blocks of the name', async () => {
    const ctx = await run('<header xmlns:x="urn:h" name="x:Token" action="remove"/>')
    expect(printXml(ctx.message.tree)).toContain('<s:Header><h:Other xmlns:h="urn:h"/></s:Header>')
  })

  test('leaves a message as it is when there is nothing to remove', async () => {
    const ctx = await run('<header xmlns:x="urn:none" name="x:Token" action="remove"/>')
    expect(ctx.message.revision).toBe(0)
  })

  test('sets and removes header fields of the transport', async () => {
    const ctx = await run(
      '<header name="X-Symbol" scope="transport" expression="//q"/><header name="accept" scope="transport" action="remove"/>',
      {
        headers: { Accept: 'text/xml' },
      },
    )
    expect(ctx.message.headers.get('x-symbol')).toBe('IBM')
    expect(ctx.message.headers.has('Accept')).toBe(false)
  })

  test('sets an empty header and warns when the expression yields nothing', async () => {
    const ctx = await run(`<header name="X-A" scope="transport" expression="get-property('none')"/>`)
    expect(ctx.message.headers.get('X-A')).toBe('')
    expect(ctx.lines).toEqual(["WARN the expression get-property('none') yields nothing; the header is empty"])
  })

  test('reports names that are not qualified and headers without content', () => {
    const { diagnostics } = compileMediators(
      `<header name="Token" value="1"/>
<header name="x:Token" value="1"/>
<header name="To"/>
<header/>`,
      { mediators: [header] },
    )
    expect(diagnostics).toEqual([
      'test.xml:1:1 error attribute-invalid: name="Token": a SOAP header must be namespace qualified: write prefix:name',
      'test.xml:2:1 error attribute-invalid: name="x:Token": the prefix "x" is not declared',
      'test.xml:3:1 error constraint-violated: a header that is set needs a value, an expression or elements inside',
      'test.xml:4:1 error attribute-missing: <header> needs the attribute "name", or SOAP headers inside it',
    ])
  })
})
