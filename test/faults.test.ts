import { Fault, type FaultCode, FAULTS, parseXml, textOf } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { artifact, memoryBus } from './memory-bus.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'
const envelope = (namespace: string): string => `<s:Envelope xmlns:s="${namespace}"><s:Body><q/></s:Body></s:Envelope>`

const CLIENTS = {
  soap11: { body: envelope(SOAP11), contentType: 'text/xml', headers: { SOAPAction: '"q"' } },
  soap12: { body: envelope(SOAP12), contentType: 'application/soap+xml', headers: {} },
  json: { body: '{}', contentType: 'application/json', headers: {} },
  xml: { body: '<q/>', contentType: 'application/xml', headers: {} },
} as const

const BUS = artifact(
  '<proxy name="P"><target><inSequence><send><endpoint><address uri="http://b/s"/></endpoint></send></inSequence><faultSequence><property name="seen" expression="get-property(\'ERROR_CODE\')" scope="operation"/></faultSequence></target></proxy>',
)

/** What a client gets, and what the log says, when the back end fails with a code. */
async function failing(code: FaultCode, client: keyof typeof CLIENTS) {
  const { request, services } = await memoryBus(
    { 'P.xml': BUS },
    { backend: () => new Fault(code, 'secret: 10.0.0.1 refused /etc/passwd') },
  )
  const { headers, ...rest } = CLIENTS[client]
  const reply = await request({ ...rest, target: '/services/P', headers: { ...headers, 'X-Correlation-ID': 'my-id' } })
  return { reply, lines: (services.log as unknown as { lines: string[] }).lines }
}

const BACKEND = 'The service behind this address could not be reached or did not answer properly'
const LATE = 'The service behind this address did not answer in time'
const BUSY = 'The service behind this address is not available now'
const INTERNAL = 'The request could not be processed'

describe('a fault that no flow answers', () => {
  test.each<readonly [FaultCode, number, string]>([
    [0, 500, INTERNAL],
    [101500, 502, BACKEND],
    [101501, 502, BACKEND],
    [101503, 502, BACKEND],
    [101504, 504, LATE],
    [101505, 502, BACKEND],
    [101506, 502, BACKEND],
    [101507, 503, BUSY],
    [101508, 504, LATE],
    [303000, 503, BUSY],
    [303001, 503, BUSY],
    [309001, 503, BUSY],
    [401000, 500, INTERNAL],
    [500000, 500, INTERNAL],
    [601000, 502, BACKEND],
    ['bodies-full', 503, 'The bus takes no requests now; try again'],
    ['field-invalid', 500, INTERNAL],
    ['steps-exceeded', 500, INTERNAL],
    ['my own code', 500, INTERNAL],
  ])('%s: a client of JSON gets %i and words that tell nothing of the inside', async (code, status, message) => {
    const { reply, lines } = await failing(code, 'json')
    expect(reply.status).toBe(status)
    expect(JSON.parse(reply.text)).toEqual({
      error: { code: Object.hasOwn(FAULTS, code) ? code : 0, message, correlationId: 'my-id' },
    })
    expect(reply.headers.get('Retry-After')).toBe(status === 503 ? '1' : undefined)
    expect(lines).toContainEqual(expect.stringContaining(`fault ${code}: secret: 10.0.0.1 refused /etc/passwd`))
  })

  test.each([
    ['soap11', SOAP11, 500, 'text/xml'],
    ['soap12', SOAP12, 500, 'application/soap+xml'],
  ] as const)('a client of %s gets a fault of its version', async (client, namespace, status, type) => {
    const { reply } = await failing(101503, client)
    expect(reply.status).toBe(status)
    expect(reply.headers.get('Content-Type')).toContain(type)
    expect(reply.headers.get('X-Correlation-ID')).toBe('my-id')
    const { root } = parseXml(reply.text)
    expect(root.namespace).toBe(namespace)
    expect(textOf(root)).toContain(BACKEND)
    expect(textOf(root)).toContain('101503')
    expect(textOf(root)).toContain('my-id')
    expect(reply.text).not.toContain('secret')
  })

  test('a client of plain XML gets plain XML', async () => {
    const { reply } = await failing(101504, 'xml')
    expect(reply.status).toBe(504)
    const { root } = parseXml(reply.text)
    expect([root.name, root.namespace]).toEqual(['fault', 'urn:viaduct:fault'])
    expect(reply.text).not.toContain('secret')
  })
})

describe('what the fault flow sees', () => {
  const looking = artifact(
    '<proxy name="P"><target><inSequence><send><endpoint><address uri="http://b/s"/></endpoint></send></inSequence><faultSequence><payloadFactory media-type="json"><format>{"code":"$1","message":"$2","detail":"$3"}</format><args><arg expression="get-property(\'ERROR_CODE\')"/><arg expression="get-property(\'ERROR_MESSAGE\')"/><arg expression="get-property(\'ERROR_DETAIL\')"/></args></payloadFactory><respond/></faultSequence></target></proxy>',
  )

  test.each<readonly [FaultCode, string | undefined, string]>([
    [101503, undefined, 'first line'],
    [101504, 'no answer within 5 ms', 'no answer within 5 ms'],
    ['my code', undefined, 'first line'],
  ])('code %s, the first line of the message, and the detail', async (code, detail, shown) => {
    const fault = new Fault(code, 'first line', { detail })
    const { request } = await memoryBus({ 'P.xml': looking }, { backend: () => fault })
    const reply = await request({ ...CLIENTS.json, target: '/services/P' })
    expect(JSON.parse(reply.text)).toEqual({ code: String(code), message: 'first line', detail: shown })
  })

  test('an empty envelope instead of a body that cannot be read', async () => {
    const reading = artifact(
      '<proxy name="P"><target><inSequence><log level="full"/></inSequence><faultSequence><payloadFactory media-type="text"><format>children: $1</format><args><arg expression="count(//*[local-name()=\'Body\']/*)"/></args></payloadFactory><respond/></faultSequence></target></proxy>',
    )
    const { request } = await memoryBus({ 'P.xml': reading })
    const reply = await request({ ...CLIENTS.xml, body: '<q>', target: '/services/P' })
    expect(reply.text).toContain('children: 0')
  })
})
