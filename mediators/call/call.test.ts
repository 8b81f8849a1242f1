import { describe, expect, test } from 'vitest'
import { Fault, isJsonObject, type MessageContext, XmlElement } from 'viaduct'
import {
  type Backend,
  compileMediators,
  createContext,
  createMarks,
  deliver,
  MemorySender,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { ENVELOPE, SOAP_FAULT, withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { call } from './call.ts'

const ENDPOINT = '<endpoint><address uri="http://backend/s"/></endpoint>'
const ANSWER =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><answer>42</answer></s:Body></s:Envelope>'

function setup(xml: string, backend: Backend = () => ({ body: ANSWER, streamed: true })) {
  const sender = new MemorySender(backend)
  const marks = createMarks()
  const services = testServices({ senders: sendersOf(sender) })
  const { mediator, diagnostics } = compileMediators(xml, {
    ...withEndpoints,
    services,
    mediators: [call, marks.definition],
  })
  const context = (options = {}) =>
    createContext({ services, body: ENVELOPE, streamed: true, headers: { SOAPAction: '"a"' }, ...options })
  return { sender, services, mediator, diagnostics, passed: marks.passed, context }
}

const body = async (ctx: MessageContext) => {
  await ctx.message.build(1e6)
  return ctx.message.bytes?.toString()
}

describe('a call', () => {
  test('goes on with the answer as the current message', async () => {
    const { mediator, sender, passed, context } = setup(`<call>${ENDPOINT}</call><mark name="after"/>`)
    const ctx = context()
    await expect(mediator(ctx)).resolves.toBe('continue')
    expect(sender.requests).toMatchObject([{ url: 'http://backend/s', text: ENVELOPE }])
    expect(await body(ctx)).toBe(ANSWER)
    expect(ctx.response).toBe(false)
    expect(ctx.properties.get('axis2', 'HTTP_SC')).toBe(200)
    expect(passed).toEqual(['after'])
  })

  test('calls in a row each start from the answer before', async () => {
    const { mediator, sender, context } = setup(`<call>${ENDPOINT}</call><call>${ENDPOINT}</call>`)
    await mediator(context())
    expect(sender.requests.map(({ text }) => text)).toEqual([ENVELOPE, ANSWER])
  })

  test('a failure reaches the handler with the code of the transport', async () => {
    const { mediator, context } = setup(`<call>${ENDPOINT}</call>`, () => new Fault(101504, 'late'))
    await expect(mediator(context())).rejects.toMatchObject({ code: 101504 })
  })

  test('a timeout that is to be discarded ends the flow', async () => {
    const xml =
      '<call><endpoint><address uri="http://b/"><timeout><duration>1</duration><responseAction>discard</responseAction></timeout></address></endpoint></call><mark name="after"/>'
    const { mediator, passed, context } = setup(xml, () => new Fault(101504, 'late'))
    await expect(mediator(context())).resolves.toBe('stop')
    expect(passed).toEqual([])
  })

  test('without an endpoint the message goes to the To that a flow has set', async () => {
    const { mediator, sender, context } = setup('<call/>')
    const ctx = context()
    ctx.addressing.to = 'http://there/'
    await mediator(ctx)
    expect(sender.requests[0]?.url).toBe('http://there/')
  })
})

describe('OUT_ONLY', () => {
  test('a copy is sent, and the flow goes on at once with the message as it was', async () => {
    let finish: (answer: object) => void = () => {}
    const { mediator, sender, services } = setup(
      `<call>${ENDPOINT}</call>`,
      () => new Promise((resolve) => (finish = resolve)),
    )
    const seen: (string | undefined)[] = []
    const reply = deliver(
      async (ctx) => {
        ctx.properties.set('default', 'OUT_ONLY', 'true')
        const flow = await mediator(ctx)
        seen.push(flow, ctx.message.bytes?.toString())
        finish({})
        return 'stop' as const
      },
      { services, body: ENVELOPE, streamed: true },
    )
    expect((await reply).status).toBe(202)
    expect(seen).toEqual(['continue', ENVELOPE])
    expect(sender.requests[0]?.text).toBe(ENVELOPE)
  })

  test('a failure of the sending reaches the fault flow', async () => {
    const { mediator, services } = setup(`<call>${ENDPOINT}</call>`, () => new Fault(101503, 'refused'))
    const codes: unknown[] = []
    const reply = await deliver((ctx) => (ctx.properties.set('default', 'OUT_ONLY', 'true'), mediator(ctx)), {
      services,
      body: ENVELOPE,
      route: { fault: (ctx) => (codes.push(ctx.fault?.code), 'stop') },
    })
    expect(codes).toEqual([101503])
    expect(reply.status).toBe(500)
  })
})

describe('blocking', () => {
  test('a failure is 401001, with the code of the transport in its detail', async () => {
    const { mediator, context } = setup(`<call blocking="true">${ENDPOINT}</call>`, () => new Fault(101503, 'refused'))
    await expect(mediator(context())).rejects.toMatchObject({ code: 401001, detail: '101503: refused' })
  })

  test('a SOAP fault of the back end is a failure, and the handler sees it', async () => {
    const { mediator, context } = setup(`<call blocking="true">${ENDPOINT}</call>`, () => ({
      status: 500,
      body: SOAP_FAULT,
    }))
    const ctx = context()
    await expect(mediator(ctx)).rejects.toMatchObject({ code: 401001, message: 'no stock' })
    expect(await body(ctx)).toBe(SOAP_FAULT)
  })

  test('any other answer becomes the current message', async () => {
    const { mediator, context } = setup(`<call blocking="true">${ENDPOINT}</call>`)
    const ctx = context()
    await mediator(ctx)
    expect(await body(ctx)).toBe(ANSWER)
  })
})

describe('source and target', () => {
  test('inline JSON is sent, and the answer becomes the current message', async () => {
    const { mediator, sender, context } = setup(
      `<call>${ENDPOINT}<source type="inline" contentType="application/json">{"a": 1}</source></call>`,
      () => ({ body: '{"b":2}', contentType: 'application/json' }),
    )
    const ctx = context()
    await mediator(ctx)
    expect(sender.requests[0]?.text).toBe('{"a": 1}')
    expect(sender.requests[0]?.headers.get('content-type')).toContain('application/json')
    expect(await body(ctx)).toBe('{"b":2}')
  })

  test('a property is sent, the answer goes into a property, and the message stays', async () => {
    const { mediator, sender, context } = setup(
      `<call>${ENDPOINT}<source type="property">p</source><target type="property">result</target></call>`,
    )
    const ctx = context()
    ctx.properties.set('default', 'p', '<sent xmlns="urn:x">1</sent>')
    await mediator(ctx)
    expect(sender.requests[0]?.text).toContain('<sent xmlns="urn:x">1</sent>')
    const result = ctx.properties.get('default', 'result')
    expect(result).toBeInstanceOf(XmlElement)
    expect((result as XmlElement).name).toBe('answer')
    expect(await body(ctx)).toBe(ENVELOPE)
  })

  test('an expression selects what is sent', async () => {
    const { mediator, sender, context } = setup(
      `<call>${ENDPOINT}<source>//inner</source><target type="property">x</target></call>`,
    )
    await mediator(
      context({
        body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><outer><inner>7</inner></outer></s:Body></s:Envelope>',
      }),
    )
    expect(sender.requests[0]?.text).toContain('Body><inner>7</inner></')
  })

  test('a variable gets payload, headers and status of the answer', async () => {
    const { mediator, context } = setup(`<call>${ENDPOINT}<target type="variable">v</target></call>`, () => ({
      status: 404,
      body: '{"b":2}',
      contentType: 'application/json',
      headers: { 'X-A': '1' },
    }))
    const ctx = context()
    await mediator(ctx)
    const value = ctx.variables.get('v') as Map<string, unknown>
    const payload = value.get('payload')
    expect(isJsonObject(payload) && payload.get('b')).toBe(2)
    expect((value.get('headers') as Map<string, unknown>).get('X-A')).toBe('1')
    expect((value.get('attributes') as Map<string, unknown>).get('statusCode')).toBe(404)
    expect(await body(ctx)).toBe(ENVELOPE)
  })

  test('a source that gives nothing is a fault', async () => {
    const { mediator, context } = setup(`<call>${ENDPOINT}<source type="property">nothing</source></call>`)
    await expect(mediator(context())).rejects.toMatchObject({ code: 0 })
  })
})

describe('mistakes', () => {
  test.each([
    ['<call><source/></call>', 'test.xml:1:7 error expression-invalid'],
    ['<call><source type="inline"/></call>', 'test.xml:1:7 error element-missing'],
    ['<call><source type="property"/></call>', 'test.xml:1:7 error text-invalid'],
    ['<call><target type="variable"/></call>', 'test.xml:1:7 error text-invalid'],
    ['<call><target type="custom">x</target></call>', 'test.xml:1:21 error attribute-invalid'],
  ])('%s', (xml, start) => {
    expect(setup(xml).diagnostics).toEqual([expect.stringContaining(start)])
  })
})
