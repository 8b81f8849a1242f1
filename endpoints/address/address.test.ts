import { describe, expect, test } from 'vitest'
import { Exchange, Fault, type Mediator } from 'viaduct'
import {
  createArrival,
  createDeployment,
  deliver,
  MemorySender,
  sendersOf,
  testServices,
  type TestPlatform,
} from 'viaduct/testing'
import { bench, ENVELOPE, mistakes, SOAP_FAULT } from '../testing/compile-endpoint.ts'

const at = (attributes = '', children = ''): string =>
  `<endpoint><address uri="http://backend/s" ${attributes}>${children}</address></endpoint>`

describe('a call', () => {
  test('sends the message and gives the context of the answer', async () => {
    const { endpoint, sender, context } = bench(at(), () => ({ status: 200, reason: 'OK', body: '<answer/>' }))
    const ctx = context()
    ctx.properties.set('default', 'kept', 'yes')
    ctx.properties.set('axis2', 'lost', 'yes')
    const answer = await endpoint.call(ctx)
    expect(sender.requests).toMatchObject([{ method: 'POST', url: 'http://backend/s', text: ENVELOPE }])
    expect(answer?.response).toBe(true)
    expect(answer?.exchange).toBe(ctx.exchange)
    expect(answer?.message.bytes?.toString()).toBe('<answer/>')
    expect(answer?.properties.get('axis2', 'HTTP_SC')).toBe(200)
    expect(answer?.properties.get('default', 'kept')).toBe('yes')
    expect(answer?.properties.get('axis2', 'lost')).toBeUndefined()
  })

  test('an error status of the back end is an answer, not a fault', async () => {
    const { endpoint, context } = bench(at(), () => ({ status: 503, body: SOAP_FAULT }))
    const answer = await endpoint.call(context())
    expect(answer?.properties.get('axis2', 'HTTP_SC')).toBe(503)
    expect(answer?.properties.get('axis2', 'FAULT_MESSAGE')).toBe('TRUE')
  })

  test('a 202 without a body is an answer', async () => {
    const { endpoint, context } = bench(at(), () => ({ status: 202 }))
    const answer = await endpoint.call(context())
    expect(answer?.message.empty).toBe(true)
    expect(answer?.properties.get('axis2', 'HTTP_SC')).toBe(202)
  })

  test('a fault of the transport rejects with its code', async () => {
    const { endpoint, context } = bench(at(), () => new Fault(101503, 'refused'))
    await expect(endpoint.call(context())).rejects.toMatchObject({ code: 101503 })
  })

  test('OUT_ONLY drops the answer, and its body runs out', async () => {
    const { endpoint, context } = bench(at(), () => ({ body: '<answer/>', streamed: true }))
    const ctx = context()
    ctx.properties.set('default', 'OUT_ONLY', 'true')
    await expect(endpoint.call(ctx)).resolves.toBeUndefined()
  })

  test('a client that goes away stops the call', async () => {
    const { endpoint, sender, services } = bench(at(), () => new Promise(() => {}))
    const arrival = createArrival({ body: ENVELOPE, headers: { SOAPAction: 'a' } })
    const receive: Mediator = (ctx) => endpoint.call(ctx).then(() => 'stop')
    const route = { name: 'test', receive, answer: undefined, fault: () => 'stop' as const }
    new Exchange(createDeployment({ services }), arrival, route).start()
    arrival.close()
    expect(sender.stopped).toBe(1)
  })

  test('a scheme that nothing sends to is a fault, not a crash', async () => {
    const { endpoint, context } = bench('<endpoint><address uri="${to}"/></endpoint>')
    const ctx = context()
    ctx.properties.set('default', 'to', 'gopher://x')
    await expect(endpoint.call(ctx)).rejects.toMatchObject({ code: 101500 })
    ctx.properties.set('default', 'to', 'nothing')
    await expect(endpoint.call(ctx)).rejects.toMatchObject({ code: 101500 })
  })
})

describe('the address', () => {
  test('tokens are default properties; one without a property stays', async () => {
    const { endpoint, sender, context } = bench('<endpoint><address uri="http://${host}/${path}"/></endpoint>')
    const ctx = context()
    ctx.properties.set('default', 'host', 'h:1')
    await endpoint.call(ctx)
    expect(sender.requests[0]?.url).toBe('http://h:1/${path}')
  })

  test('a REST request takes along what the client wrote after the service', async () => {
    for (const [method, address, target, url] of [
      ['GET', 'http://b/s', '/main/x?y=1', 'http://b/s/main/x?y=1'],
      ['GET', 'http://b/s/', '/x', 'http://b/s/x'],
      ['DELETE', 'http://b/s', '/x', 'http://b/s/x'],
    ] as const) {
      const { endpoint, sender, context } = bench(`<endpoint><address uri="${address}"/></endpoint>`)
      await endpoint.call(context({ method, target, body: '<a/>', contentType: 'application/xml' }))
      expect(sender.requests[0]?.url).toBe(url)
    }
  })

  test('a SOAP request does not, and neither does one whose postfix was removed', async () => {
    const { endpoint, sender, context } = bench(at())
    await endpoint.call(context({ target: '/x' }))
    const ctx = context({ method: 'GET', target: '/x' })
    ctx.properties.delete('axis2', 'REST_URL_POSTFIX')
    await endpoint.call(ctx)
    expect(sender.requests.map(({ url }) => url)).toEqual(['http://backend/s', 'http://backend/s'])
  })
})

describe('timeouts', () => {
  test('the endpoint says how long the sender waits; 0 and nothing mean the default of the settings', async () => {
    for (const [timeout, milliseconds] of [
      ['<timeout><duration>700</duration></timeout>', 700],
      ['<timeout><duration>0</duration></timeout>', 120_000],
      ['', 120_000],
      [`<timeout><duration>{get-property('wait')}</duration></timeout>`, 40],
    ] as const) {
      const { endpoint, sender, context } = bench(at('', timeout))
      const ctx = context()
      ctx.properties.set('default', 'wait', '40')
      await endpoint.call(ctx)
      expect(sender.requests[0]?.timeout).toBe(milliseconds)
    }
  })

  test('the action fault, or none, gives 101504', async () => {
    for (const action of ['<responseAction>fault</responseAction>', '']) {
      const { endpoint, context } = bench(
        at('', `<timeout><duration>1</duration>${action}</timeout>`),
        () => new Fault(101504, 'late'),
      )
      await expect(endpoint.call(context())).rejects.toMatchObject({ code: 101504 })
    }
  })

  test('the action discard ends the flow without a fault, and the client still gets an answer', async () => {
    const sender = new MemorySender(() => new Fault(101504, 'late'))
    const services = testServices({ senders: sendersOf(sender) })
    const { endpoint } = bench(
      at('', '<timeout><duration>1</duration><responseAction>discard</responseAction></timeout>'),
      undefined,
      { services },
    )
    const reply = await deliver(async (ctx) => ((await endpoint.call(ctx)) === ctx ? 'stop' : 'continue'), {
      services,
      body: ENVELOPE,
    })
    expect(reply.status).toBe(202)
  })
})

describe('suspension', () => {
  test('a message that cannot be written as a request says nothing about the back end', async () => {
    const { endpoint, context } = bench(at('', ''), () => new Fault('request-unwritable', 'no such method'))
    await expect(endpoint.call(context())).rejects.toMatchObject({ code: 'request-unwritable' })
    expect(endpoint.ready(context())).toBe(true)
  })

  test('a client that asked not to wait gets its 202 from a suspended endpoint as well', async () => {
    const { endpoint, context } = bench(
      at('', '<suspendOnFailure><initialDuration>1000</initialDuration></suspendOnFailure>'),
      () => new Fault(101503, 'refused'),
    )
    await expect(endpoint.call(context())).rejects.toMatchObject({ code: 101503 })
    const ctx = context()
    ctx.properties.set('axis2', 'FORCE_SC_ACCEPTED', 'true')
    await expect(endpoint.call(ctx)).rejects.toMatchObject({ code: 303001 })
    expect(ctx.exchange.responded).toBe(true)
  })

  test('a failed endpoint is not called until its time is over', async () => {
    let works = false
    const { endpoint, sender, context, services } = bench(
      at('', '<suspendOnFailure><initialDuration>1000</initialDuration></suspendOnFailure>'),
      () => (works ? {} : new Fault(101503, 'refused')),
    )
    const ctx = context()
    await expect(endpoint.call(ctx)).rejects.toMatchObject({ code: 101503 })
    expect(endpoint.ready(ctx)).toBe(false)
    await expect(endpoint.call(context())).rejects.toMatchObject({ code: 303001 })
    expect(sender.requests).toHaveLength(1)
    ;(services.platform as TestPlatform).advance(1000)
    works = true
    await endpoint.call(context())
    expect(endpoint.ready(ctx)).toBe(true)
  })

  test('an answer of the back end, whatever its status, is a success', async () => {
    const { endpoint, context } = bench(at(), () => ({ status: 500, body: SOAP_FAULT }))
    await endpoint.call(context())
    expect(endpoint.ready(context())).toBe(true)
  })

  test('the state outlives a reload that does not change the endpoint, and not one that does', async () => {
    const services = testServices({ senders: sendersOf(new MemorySender(() => new Fault(101503, 'refused'))) })
    const first = bench(at(), undefined, { services })
    await expect(first.endpoint.call(first.context())).rejects.toThrow('refused')
    const same = bench(
      `<endpoint><!-- moved -->\n\n<address   uri="http://backend/s"></address></endpoint>`,
      undefined,
      { services },
    )
    expect(same.endpoint.ready(same.context())).toBe(false)
    const changed = bench('<endpoint><address uri="http://other/s"/></endpoint>', undefined, { services })
    expect(changed.endpoint.ready(changed.context())).toBe(true)
  })

  test('a client that goes away does not suspend the endpoint', async () => {
    let fail = (_fault: Fault): void => {}
    const { endpoint, context } = bench(at(), () => new Promise((resolve) => (fail = resolve)))
    const ctx = context()
    const call = endpoint.call(ctx)
    await new Promise((resolve) => setImmediate(resolve))
    ctx.exchange.start()
    ctx.arrival.close()
    fail(new Fault(101505, 'closed'))
    await expect(call).rejects.toMatchObject({ code: 101505 })
    expect(endpoint.ready(ctx)).toBe(true)
  })
})

describe('FORCE_ERROR_ON_SOAP_FAULT', () => {
  test('makes a SOAP fault a failure, whose handler sees the answer', async () => {
    const { endpoint, context } = bench(at(), () => ({ status: 500, body: SOAP_FAULT, streamed: true }))
    const ctx = context()
    ctx.properties.set('default', 'FORCE_ERROR_ON_SOAP_FAULT', 'true')
    await expect(endpoint.call(ctx)).rejects.toMatchObject({
      code: 500000,
      message: expect.stringContaining('no stock') as string,
    })
    expect(ctx.message.bytes?.toString()).toBe(SOAP_FAULT)
    expect(endpoint.ready(ctx)).toBe(false)
  })

  test('leaves other answers alone', async () => {
    const { endpoint, context } = bench(at(), () => ({ body: ENVELOPE, streamed: true }))
    const ctx = context()
    ctx.properties.set('default', 'FORCE_ERROR_ON_SOAP_FAULT', 'true')
    expect((await endpoint.call(ctx))?.message.bytes?.toString()).toBe(ENVELOPE)
  })
})

describe('properties and fault handlers', () => {
  test('properties of the endpoint are set at every send', async () => {
    const { endpoint, context } = bench(
      `<endpoint><address uri="http://\${host}/s"/><property name="host" value="h"/><property name="n" expression="get-property('m')" scope="axis2"/></endpoint>`,
    )
    const ctx = context()
    ctx.properties.set('default', 'm', '7')
    await endpoint.call(ctx)
    expect(ctx.properties.get('default', 'host')).toBe('h')
    expect(ctx.properties.get('axis2', 'n')).toBe('7')
  })

  test('the onError sequence handles the failure, and the flow ends', async () => {
    const sender = new MemorySender(() => new Fault(101503, 'refused'))
    const services = testServices({ senders: sendersOf(sender) })
    const deployment = createDeployment({
      services,
      artifacts: {
        sequence: {
          oops: {
            name: 'oops',
            mediator: (ctx) => (ctx.properties.set('default', 'seen', ctx.fault?.code), 'continue'),
          },
        },
      },
    })
    const { endpoint, context } = bench('<endpoint onError="oops"><address uri="http://b/"/></endpoint>', undefined, {
      services,
      deployment,
    })
    const ctx = context({ deployment })
    await expect(endpoint.call(ctx)).resolves.toBe(ctx)
    expect(ctx.properties.get('default', 'seen')).toBe(101503)
    expect(ctx.properties.get('default', 'ERROR_CODE')).toBe(101503)
  })
})

describe('mistakes', () => {
  test.each([
    ['<endpoint/>', 'test.xml:1:1 error element-missing'],
    ['<endpoint>\n<address/></endpoint>', 'test.xml:2:1 error attribute-missing'],
    ['<endpoint><address uri="backend"/></endpoint>', 'test.xml:1:25 error attribute-invalid'],
    ['<endpoint><address uri="jms:/q"/></endpoint>', 'test.xml:1:25 error element-unsupported'],
    ['<endpoint><address uri="http://b" format="soap13"/></endpoint>', 'test.xml:1:43 error attribute-invalid'],
    ['<endpoint><address uri="http://b">\n<enableSec/></address></endpoint>', 'test.xml:2:1 error attribute-missing'],
    [
      '<endpoint><address uri="http://b"><timeout>\n <duration>soon</duration></timeout></address></endpoint>',
      'test.xml:2:2 error text-invalid',
    ],
    [
      '<endpoint><address uri="http://b"><timeout>\n <responseAction>wait</responseAction></timeout></address></endpoint>',
      'test.xml:2:2 error text-invalid',
    ],
    [
      '<endpoint><address uri="http://b"><suspendOnFailure>\n<errorCodes>101503,x</errorCodes></suspendOnFailure></address></endpoint>',
      'test.xml:2:1 error text-invalid',
    ],
    ['<endpoint><dynamicLoadbalance/></endpoint>', 'test.xml:1:11 error element-unsupported'],
    ['<endpoint><address uri="http://b"/><property name="x"/></endpoint>', 'test.xml:1:36 error attribute-missing'],
  ])('%s', (xml, start) => {
    expect(mistakes(xml)).toEqual([expect.stringContaining(start)])
  })

  test('codes with blanks and a comma at the end are as good as any', () => {
    expect(
      mistakes(
        '<endpoint><address uri="http://b"><suspendOnFailure><errorCodes> 101503, 101504, </errorCodes></suspendOnFailure></address></endpoint>',
      ),
    ).toEqual([])
  })
})
