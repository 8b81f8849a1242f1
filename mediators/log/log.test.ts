import { printXml } from 'viaduct'
import { expect, test } from 'vitest'
import { compileMediators, createContext, RecordedLog, testServices, type ContextOptions } from 'viaduct/testing'
import { log } from './log.ts'

const BODY =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h:a xmlns:h="urn:h">one</h:a><h:b xmlns:h="urn:h">two</h:b></s:Header><s:Body><q>IBM</q></s:Body></s:Envelope>'

async function lines(
  xml: string,
  options: ContextOptions = {},
  prepare?: (ctx: ReturnType<typeof createContext>) => unknown,
) {
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [log] })
  expect(diagnostics).toEqual([])
  const ctx = createContext({ body: BODY, headers: { SOAPAction: '"urn:getQuote"' }, ...options })
  prepare?.(ctx)
  expect(await mediator(ctx)).toBe('continue')
  return ctx.lines
}

const ID = 'MessageID: urn:uuid:00000000-0000-4000-8000-000000000001'
const CORRELATION = 'correlation_id: 00000000-0000-4000-8000-000000000002'

test('log writes the addresses of the message when nothing else is said', async () => {
  expect(await lines('<log/>')).toEqual([
    `INFO To: /services/Test, WSAction: urn:getQuote, SOAPAction: urn:getQuote, ${ID}, ${CORRELATION}, Direction: request`,
  ])
})

test('log says that a message is a response', async () => {
  const [line] = await lines('<log/>', { response: true })
  expect(line).toContain('Direction: response')
})

test('log adds properties in order, with null for what does not exist', async () => {
  const found = await lines(
    `<log level="custom" separator=" | ">
       <property name="a" value="1"/>
       <property name="b" expression="get-property('b')"/>
       <property name="c" expression="get-property('none')"/>
     </log>`,
    {},
    (ctx) => ctx.properties.set('default', 'b', 'two'),
  )
  expect(found).toEqual(['INFO a = 1 | b = two | c = null'])
})

test('log knows \\n and \\t in the separator', async () => {
  const found = await lines(
    '<log level="custom" separator="\\n\\t"><property name="a" value="1"/><property name="b" value="2"/></log>',
  )
  expect(found).toEqual(['INFO a = 1\n\tb = 2'])
})

test('log writes SOAP headers', async () => {
  expect(await lines('<log level="headers"/>')).toEqual(['INFO a : one, b : two'])
})

test('log writes the whole envelope', async () => {
  const [line] = await lines('<log level="full"/>')
  expect(line).toContain(`Direction: request, Envelope: ${BODY}`)
})

test('log writes no password that a WS-Security header has, and leaves the message as it is', async () => {
  const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
  const token = `<e:UsernameToken><e:Username>alice</e:Username><e:Password Type="t">secret<!-- -->word</e:Password></e:UsernameToken>`
  const body = BODY.replace('<s:Header>', `<s:Header><e:Security xmlns:e="${wsse}">${token}</e:Security>`)
  const seen: ReturnType<typeof createContext>[] = []
  const [line] = await lines('<log level="full"/>', { body }, (ctx) => seen.push(ctx))
  expect(line).toContain('<e:Username>alice</e:Username><e:Password Type="t">***</e:Password>')
  expect(line).toContain('<q>IBM</q>')
  expect(seen[0] && printXml(seen[0].message.tree)).toContain('secret')
})

test('log writes a JSON payload as JSON', async () => {
  const [line] = await lines('<log logFullPayload="true"/>', {
    contentType: 'application/json',
    body: '{ "a": [1, 2.50] }',
    headers: {},
  })
  expect(line).toContain('Payload: {"a":[1,2.50]}')
})

test('log writes only its message when it has one', async () => {
  const found = await lines(
    "<log category='warn'><message>symbol ${props.synapse.symbol} sold</message><property name='a' value='1'/></log>",
    {},
    (ctx) => ctx.properties.set('default', 'symbol', 'IBM'),
  )
  expect(found).toEqual(['WARN symbol IBM sold, a = 1'])
})

test('log puts the message before the addresses when a level is given too', async () => {
  const [line] = await lines('<log level="simple"><message>here</message></log>')
  expect(line).toMatch(/^INFO here, To: /)
})

test('log adds the message id to a custom line', async () => {
  expect(await lines('<log level="custom" logMessageID="true"/>')).toEqual([`INFO ${ID}`])
})

test('log neither reads a body nor builds a line when its level is off', async () => {
  const services = testServices({ log: new RecordedLog('ERROR') })
  const { mediator } = compileMediators('<log level="full"/>', { mediators: [log], services })
  const ctx = createContext({ services, body: BODY, streamed: true })
  expect(mediator(ctx)).toBe('continue')
  expect(ctx.message.built).toBe(false)
})

test('log reads a streaming body that it shows', async () => {
  const [line] = await lines('<log level="full"/>', { streamed: true })
  expect(line).toContain('<q>IBM</q>')
})

test('log refuses what it does not know', () => {
  const { diagnostics } = compileMediators(
    `<log level="everything"
     category="LOUD" lvl="full">
  <property name="a"/>
  <property value="1"/>
  <proprety/>
</log>`,
    { mediators: [log] },
  )
  expect(diagnostics).toEqual([
    'test.xml:1:13 error attribute-invalid: level="everything": expected one of simple, headers, full, custom',
    'test.xml:2:16 error attribute-invalid: category="LOUD": expected one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL',
    'test.xml:2:22 warning attribute-unknown: <log> has no attribute "lvl"; did you mean "level"?',
    'test.xml:4:3 error attribute-missing: <property> needs the attribute "name"',
    'test.xml:5:3 error element-unknown: <log> has no child <proprety>; did you mean "property"?',
  ])
})

test('log needs a value or an expression for each property, and expressions that compile', () => {
  const { diagnostics } = compileMediators(
    '<log>\n<property name="a"/>\n</log>\n<log><message>${1 +}</message></log>',
    { mediators: [log] },
  )
  expect(diagnostics).toHaveLength(2)
  expect(diagnostics[0]).toBe('test.xml:1:1 error constraint-violated: the property "a" needs a value or an expression')
  expect(diagnostics[1]).toMatch(/^test\.xml:4:6 error expression-invalid: <message>: /)
})
