import { printXml } from 'viaduct'
import { compileMediators, createContext, type ContextOptions } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { makefault } from './makefault.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'
const body = (namespace: string): string =>
  `<s:Envelope xmlns:s="${namespace}"><s:Header><h:T xmlns:h="urn:h">1</h:T></s:Header><s:Body><q>IBM</q></s:Body></s:Envelope>`

async function run(xml: string, options: ContextOptions = {}) {
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [makefault] })
  expect(diagnostics).toEqual([])
  const ctx = createContext({ body: body(SOAP11), headers: { SOAPAction: '""' }, ...options })
  expect(await mediator(ctx)).toBe('continue')
  return ctx
}

const CODE11 = `<code xmlns:soap11Env="${SOAP11}" value="soap11Env:VersionMismatch"/>`
const CODE12 = `<code xmlns:soap12Env="${SOAP12}" value="soap12Env:Receiver"/>`

describe('makefault', () => {
  test('makes a SOAP 1.1 fault with the code as it is written', async () => {
    const ctx = await run(
      `<makefault version="soap11">${CODE11}<reason value="too old"/><role>urn:me</role><detail>more</detail></makefault>`,
    )
    const text = printXml(ctx.message.tree)
    expect(text).toContain(
      'soap11Env:VersionMismatch</faultcode><faultstring>too old</faultstring><faultactor>urn:me</faultactor><detail>more</detail>',
    )
    expect(text).toContain('<h:T xmlns:h="urn:h">1</h:T>')
  })

  test('makes a SOAP 1.2 fault with all its parts', async () => {
    const ctx = await run(
      `<makefault version="soap12">${CODE12}<reason expression="//q"/><node>urn:node</node><role>urn:me</role><detail><a xmlns="urn:a">1</a><b xmlns="urn:a"/></detail></makefault>`,
    )
    const text = printXml(ctx.message.tree)
    expect(text).toContain('soap12Env:Receiver')
    expect(text).toContain('>IBM<')
    expect(text).toContain('urn:node')
    expect(text).toContain('<a xmlns="urn:a">1</a><b xmlns="urn:a"/>')
  })

  test('speaks the SOAP version of the message when none is given', async () => {
    const xml = `<makefault>${CODE12}<reason value="no"/></makefault>`
    expect((await run(xml)).message.soapVersion).toBe('1.1')
    expect(printXml((await run(xml)).message.tree)).toContain(':Server</faultcode>')
    const ctx = await run(xml, { body: body(SOAP12), contentType: 'application/soap+xml', headers: {} })
    expect(ctx.message.soapVersion).toBe('1.2')
  })

  test('takes a code from an expression', async () => {
    const ctx = await run(
      `<makefault version="soap11"><code expression="get-property('ERROR_CODE')"/><reason value="no"/></makefault>`,
    )
    expect(printXml(ctx.message.tree)).toContain('<faultcode')
    const { mediator } = compileMediators(
      `<makefault version="soap11"><code xmlns:s="${SOAP11}" expression="get-property('code')"/><reason value="no"/></makefault>`,
      { mediators: [makefault] },
    )
    const other = createContext({ body: body(SOAP11) })
    other.properties.set('default', 'code', 's:Client')
    await mediator(other)
    expect(printXml(other.message.tree)).toMatch(/:Client<\/faultcode>/)
    other.properties.set('default', 'code', 101503)
    await mediator(other)
    expect(printXml(other.message.tree)).toContain('<faultcode>101503</faultcode>')
  })

  test('turns the message into an answer, unless it is told not to', async () => {
    const wsa = 'http://www.w3.org/2005/08/addressing'
    const request = `<s:Envelope xmlns:s="${SOAP11}" xmlns:w="${wsa}"><s:Header><w:MessageID>urn:1</w:MessageID><w:ReplyTo><w:Address>http://reply/</w:Address></w:ReplyTo><w:FaultTo><w:Address>http://fault/</w:Address></w:FaultTo></s:Header><s:Body/></s:Envelope>`
    const answer = await run(`<makefault>${CODE11}<reason value="no"/></makefault>`, { body: request })
    expect(answer.response).toBe(true)
    expect(answer.addressing.to).toBe('http://reply/')
    expect(answer.addressing.relatesTo).toBe('urn:1')
    const request2 = await run(`<makefault response="false">${CODE11}<reason value="no"/></makefault>`, {
      body: request,
    })
    expect(request2.response).toBe(false)
    expect(request2.addressing.to).toBe('http://fault/')
    const nowhere = await run(`<makefault response="false">${CODE11}<reason value="no"/></makefault>`)
    expect(nowhere.addressing.to).toBeUndefined()
  })

  test('makes a plain exception for POX', async () => {
    const ctx = await run('<makefault version="pox"><reason value="no"/></makefault>', {
      body: '<q>IBM</q>',
      contentType: 'application/xml',
      headers: {},
    })
    expect(printXml(ctx.message.tree)).toContain('<Exception>no</Exception>')
    expect(ctx.properties.get('axis2', 'HTTP_SC')).toBe(500)
    const detailed = await run('<makefault version="pox"><reason value="no"/><detail>because</detail></makefault>')
    expect(printXml(detailed.message.tree)).toContain('<Exception>because</Exception>')
  })

  test('takes the detail from an expression', async () => {
    const ctx = await run(
      `<makefault version="soap11">${CODE11}<reason value="no"/><detail expression="//q"/></makefault>`,
    )
    expect(printXml(ctx.message.tree)).toContain('<detail>IBM</detail>')
  })

  test('reports missing parts and codes that SOAP does not know', () => {
    const { diagnostics } = compileMediators(
      `<makefault/>
<makefault version="soap13">${CODE11}<reason value="x"/></makefault>
<makefault><code xmlns:s="${SOAP11}" value="s:Sever"/><reason value="x"/></makefault>
<makefault><code value="Server"/><reason value="x"/></makefault>
<makefault><code value="t:Server"/><reason value="x"/></makefault>`,
      { mediators: [makefault] },
    )
    expect(diagnostics).toEqual([
      'test.xml:1:1 error element-missing: <makefault> needs a <code> with a value or an expression',
      'test.xml:1:1 error element-missing: <makefault> needs a <reason> with a value or an expression',
      'test.xml:2:21 error attribute-invalid: version="soap13": expected one of soap11, soap12, pox',
      'test.xml:3:1 error attribute-invalid: value="s:Sever": SOAP has no such fault code; expected one of VersionMismatch, MustUnderstand, Client, Server, DataEncodingUnknown, Sender, Receiver',
      'test.xml:4:1 error attribute-invalid: value="Server": a fault code is a qualified name: write prefix:name',
      'test.xml:5:25 error attribute-invalid: value="t:Server": the prefix "t" is not declared',
    ])
  })
})
