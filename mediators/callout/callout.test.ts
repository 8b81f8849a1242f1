import { describe, expect, test } from 'vitest'
import { bodyChild, Fault, printXml, XmlElement } from 'viaduct'
import {
  type Backend,
  compileMediators,
  createContext,
  createDeployment,
  MemorySender,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { bench, SOAP_FAULT, withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { callout } from './callout.ts'

const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h xmlns="urn:h"/></s:Header><s:Body>${body}</s:Body></s:Envelope>`
const S11 = 'xmlns:s11="http://schemas.xmlsoap.org/soap/envelope/"'

function setup(xml: string, backend: Backend = () => ({ body: envelope('<answer>42</answer>'), streamed: true })) {
  const sender = new MemorySender(backend)
  const services = testServices({ senders: sendersOf(sender) })
  const named = bench('<endpoint name="Named"><address uri="http://named/"/></endpoint>', undefined, {
    services,
  }).endpoint
  const deployment = createDeployment({ services, artifacts: { endpoint: { Named: named } } })
  const { mediator, diagnostics } = compileMediators(xml, {
    ...withEndpoints,
    services,
    deployment,
    mediators: [callout],
  })
  const context = (body = envelope('<a><b>1</b></a>'), options = {}) =>
    createContext({ services, deployment, body, streamed: true, headers: { SOAPAction: '"old"' }, ...options })
  return { sender, mediator, diagnostics, context }
}

test('source and target by XPath: the element is sent, and the answer takes its place', async () => {
  const { mediator, sender, context } = setup(
    `<callout serviceURL="http://backend/s" action="urn:getQuote"><source ${S11} xpath="s11:Body/child::*[position()=1]"/><target ${S11} xpath="s11:Body/child::*[position()=1]"/></callout>`,
  )
  const ctx = context()
  await expect(mediator(ctx)).resolves.toBe('continue')
  expect(sender.requests[0]?.url).toBe('http://backend/s')
  expect(sender.requests[0]?.text).toContain('<a><b>1</b></a>')
  expect(sender.requests[0]?.headers.get('soapaction')).toContain('urn:getQuote')
  expect(printXml(bodyChild(ctx.message.tree) as XmlElement)).toContain('<answer>42</answer>')
  expect(printXml(ctx.message.tree)).toContain('urn:h')
  expect(ctx.properties.get('axis2', 'HTTP_SC')).toBe(200)
})

test('without source and target the whole message is sent and replaced', async () => {
  const { mediator, sender, context } = setup('<callout endpointKey="Named"/>')
  const ctx = context()
  await mediator(ctx)
  expect(sender.requests).toMatchObject([{ url: 'http://named/', text: envelope('<a><b>1</b></a>') }])
  expect(bodyChild(ctx.message.tree)?.name).toBe('answer')
})

test('keys are properties', async () => {
  const { mediator, sender, context } = setup(
    '<callout><endpoint><address uri="http://inline/"/></endpoint><source key="request"/><target key="answer"/></callout>',
  )
  const ctx = context()
  ctx.properties.set('default', 'request', new XmlElement('asked', 'urn:q'))
  await mediator(ctx)
  expect(sender.requests[0]?.text).toContain('asked')
  expect((ctx.properties.get('default', 'answer') as XmlElement).name).toBe('answer')
  expect(bodyChild(ctx.message.tree)?.name).toBe('a')
})

test('a JSON message goes whole, and a JSON answer replaces it', async () => {
  const { mediator, sender, context } = setup(
    '<callout serviceURL="http://b/"><source xpath="//x"/></callout>',
    () => ({ body: '{"b":2}', contentType: 'application/json' }),
  )
  const ctx = context('{"a":1}', { contentType: 'application/json', headers: {} })
  await mediator(ctx)
  expect(sender.requests[0]?.text).toBe('{"a":1}')
  expect(ctx.message.isJson).toBe(true)
})

test('a service that fails, or answers a SOAP fault, is 401000', async () => {
  const failing = setup('<callout serviceURL="http://b/"/>', () => new Fault(101503, 'refused'))
  await expect(failing.mediator(failing.context())).rejects.toMatchObject({ code: 401000, detail: '101503: refused' })
  const faulty = setup('<callout serviceURL="http://b/"/>', () => ({ status: 500, body: SOAP_FAULT }))
  await expect(faulty.mediator(faulty.context())).rejects.toMatchObject({ code: 401000, message: 'no stock' })
})

test('a service that failed is not suspended', async () => {
  const { mediator, sender, context } = setup('<callout serviceURL="http://b/"/>', () => new Fault(101503, 'refused'))
  for (let i = 0; i < 3; i++) await expect(mediator(context())).rejects.toMatchObject({ code: 401000 })
  expect(sender.requests).toHaveLength(3)
})

test('a target that selects nothing is a fault', async () => {
  const { mediator, context } = setup('<callout serviceURL="http://b/"><target xpath="//none"/></callout>')
  await expect(mediator(context())).rejects.toMatchObject({ code: 401000 })
})

describe('mistakes', () => {
  test.each([
    ['<callout serviceURL="http://b/"><source/></callout>', 'test.xml:1:33 error attribute-missing'],
    ['<callout serviceURL="http://b/"><target/></callout>', 'test.xml:1:33 error constraint-violated'],
    ['<callout><enableSec policy="p"/></callout>', 'test.xml:1:10 error constraint-violated'],
    ['<callout endpointKey="Nobody"/>', 'test.xml:1:23 error reference-unresolved'],
    ['<callout serviceURL="backend"/>', 'test.xml:1:22 error attribute-invalid'],
  ])('%s', (xml, start) => {
    expect(setup(xml).diagnostics).toEqual([expect.stringContaining(start)])
  })
})
