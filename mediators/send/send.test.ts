import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS, Fault, type Mediator, type Route } from 'viaduct'
import {
  type Backend,
  compileMediators,
  createDeployment,
  createMarks,
  deliver,
  MemorySender,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { ENVELOPE, withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { send } from './send.ts'

const ADDRESSED =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsa="http://www.w3.org/2005/08/addressing"><s:Header><wsa:To>http://elsewhere/</wsa:To></s:Header><s:Body/></s:Envelope>'

interface Setup {
  readonly backend?: Backend
  readonly dialect?: 'wso2' | 'apache'
  readonly allow?: readonly string[]
  readonly route?: Partial<Route>
  readonly body?: string
}

/** One request through a flow. */
async function run(
  xml: string,
  { backend = () => ({ body: '<answer/>' }), dialect = 'wso2', allow = [], route = {}, body = ENVELOPE }: Setup = {},
) {
  const sender = new MemorySender(backend)
  const marks = createMarks()
  const services = testServices({
    senders: sendersOf(sender),
    settings: { ...DEFAULT_SETTINGS, dialect, egress: { allow } },
  })
  const receiving: Mediator = (ctx) => {
    marks.passed.push(`received ${ctx.message.bytes?.toString() ?? ''}`)
    return ctx.exchange.respond(ctx)?.then(() => 'stop' as const) ?? 'stop'
  }
  const deployment = createDeployment({
    services,
    artifacts: { sequence: { receiving: { name: 'receiving', mediator: receiving } } },
  })
  const { mediator, diagnostics } = compileMediators(xml, {
    ...withEndpoints,
    services,
    deployment,
    mediators: [send, marks.definition],
  })
  expect(diagnostics.filter((line) => line.includes(' error '))).toEqual([])
  const reply = await deliver(mediator, {
    services,
    deployment,
    route,
    body,
    streamed: true,
    headers: { SOAPAction: '"a"' },
  })
  return { reply, sender, passed: marks.passed, diagnostics, log: services.log as unknown as { lines: string[] } }
}

const ENDPOINT = '<endpoint><address uri="http://backend/s"/></endpoint>'

describe('with an endpoint', () => {
  test('the answer goes back to the client when there is no out flow', async () => {
    const { reply, sender } = await run(`<send>${ENDPOINT}</send>`, {
      backend: () => ({ status: 201, body: '<answer/>', streamed: true }),
    })
    expect(sender.requests).toMatchObject([{ url: 'http://backend/s', text: ENVELOPE }])
    expect([reply.status, reply.text]).toEqual([201, '<answer/>'])
  })

  test('the answer runs through the out flow of the route', async () => {
    const { reply } = await run(`<send>${ENDPOINT}</send>`, {
      route: {
        answer: (ctx) => {
          ctx.message.setBytes(Buffer.from(`out ${ctx.message.bytes?.toString() ?? ''}`), 'text/plain')
          return ctx.exchange.respond(ctx)?.then(() => 'stop' as const) ?? 'stop'
        },
      },
    })
    expect(reply.text).toBe('out <answer/>')
  })

  test('receive names the sequence that takes the answer instead', async () => {
    const { reply, passed } = await run(`<send receive="receiving">${ENDPOINT}</send>`, {
      route: { answer: () => 'stop' },
    })
    expect(reply.text).toBe('<answer/>')
    expect(passed).toEqual(['received <answer/>'])
  })

  test('a failure reaches the fault flow, and the client gets a fault', async () => {
    const codes: unknown[] = []
    const { reply } = await run(`<send>${ENDPOINT}</send>`, {
      backend: () => new Fault(101503, 'refused'),
      route: { fault: (ctx) => (codes.push(ctx.properties.get('default', 'ERROR_CODE')), 'stop') },
    })
    expect(codes).toEqual([101503])
    expect(reply.status).toBe(500)
    expect(reply.text).toContain('Fault')
  })

  test('several recipients: each answer is handed on, the first one reaches the client', async () => {
    const { reply, passed } = await run(
      '<send receive="receiving"><endpoint><recipientlist><endpoint><address uri="http://a/"/></endpoint><endpoint><address uri="http://b/"/></endpoint></recipientlist></endpoint></send>',
      { backend: ({ url }) => ({ body: `<from>${url}</from>` }) },
    )
    expect(passed.sort()).toEqual(['received <from>http://a/</from>', 'received <from>http://b/</from>'])
    expect(reply.text).toContain('<from>')
  })
})

describe('without an endpoint', () => {
  test('an answer goes back to the client', async () => {
    const flow = compileMediators('<send/>', { ...withEndpoints, mediators: [send] }).mediator
    const reply = await deliver((ctx) => ((ctx.response = true), flow(ctx)), { body: '<a/>' })
    expect(reply.text).toBe('<a/>')
  })

  test('a To that came with the message is refused', async () => {
    const codes: unknown[] = []
    const { sender, reply } = await run('<send/>', {
      body: ADDRESSED,
      route: { fault: (ctx) => (codes.push(ctx.fault?.code), 'stop') },
    })
    expect(sender.requests).toEqual([])
    expect(codes).toEqual(['address-refused'])
    expect(reply.status).toBe(500)
  })

  test('a To that came with the message is used when the settings allow it', async () => {
    const { sender } = await run('<send/>', { body: ADDRESSED, allow: ['elsewhere'] })
    expect(sender.requests).toMatchObject([{ url: 'http://elsewhere/', namedByMessage: true }])
  })
})

describe('the dialect', () => {
  test('wso2: the flow ends, and what follows is reported as unreachable', async () => {
    const { passed, diagnostics } = await run(`<send>${ENDPOINT}</send><mark name="after"/>`)
    expect(passed).toEqual([])
    expect(diagnostics).toEqual([expect.stringContaining('warning flow-unreachable')])
  })

  test('apache: the flow goes on at once, and the answer still reaches the client', async () => {
    const { passed, reply, diagnostics } = await run(`<send>${ENDPOINT}</send><mark name="after"/>`, {
      dialect: 'apache',
    })
    expect(passed).toEqual(['after'])
    expect(diagnostics).toEqual([])
    expect(reply.text).toBe('<answer/>')
  })

  test('apache: a failure of the sending reaches the fault flow of the route', async () => {
    const codes: unknown[] = []
    const { reply } = await run(`<send>${ENDPOINT}</send>`, {
      dialect: 'apache',
      backend: () => new Fault(101503, 'refused'),
      route: { fault: (ctx) => (codes.push(ctx.fault?.code), 'stop') },
    })
    expect(codes).toEqual([101503])
    expect(reply.status).toBe(500)
  })
})

test('OUT_ONLY: the client gets 202 and the answer is dropped', async () => {
  const setting: Mediator = (ctx) => {
    ctx.properties.set('default', 'OUT_ONLY', 'true')
    return 'continue'
  }
  const sender = new MemorySender(() => ({ body: '<answer/>' }))
  const services = testServices({ senders: sendersOf(sender) })
  const flow = compileMediators(`<send>${ENDPOINT}</send>`, { ...withEndpoints, services, mediators: [send] }).mediator
  const reply = await deliver((ctx) => (void setting(ctx), flow(ctx)), { services, body: ENVELOPE })
  expect([reply.status, reply.text]).toEqual([202, ''])
  expect(sender.requests).toHaveLength(1)
})

test('FORCE_SC_ACCEPTED: the client gets 202 before the back end has answered', async () => {
  let finish: (answer: { body: string }) => void = () => {}
  const sender = new MemorySender(() => new Promise((resolve) => (finish = resolve)))
  const services = testServices({ senders: sendersOf(sender) })
  const flow = compileMediators(`<send>${ENDPOINT}</send>`, { ...withEndpoints, services, mediators: [send] }).mediator
  const reply = await deliver((ctx) => (ctx.properties.set('axis2', 'FORCE_SC_ACCEPTED', 'true'), flow(ctx)), {
    services,
    body: ENVELOPE,
  })
  expect(reply.status).toBe(202)
  finish({ body: '<late/>' })
})

test('a sequence that is not there is found before anything starts', () => {
  const { diagnostics } = compileMediators(`<send receive="nobody">${ENDPOINT}</send>`, {
    ...withEndpoints,
    mediators: [send],
  })
  expect(diagnostics).toEqual([expect.stringContaining('test.xml:1:16 error reference-unresolved')])
})
