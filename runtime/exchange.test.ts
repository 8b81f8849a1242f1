import { describe, expect, test } from 'vitest'
import { Fault } from './fault.ts'
import type { Flow, Mediator } from './mediator.ts'
import { createArrival, createContext, deliver, type RecordedLog, testServices } from './testing.ts'
import { sendBack } from './exchange.ts'
import type { MessageContext } from './context.ts'
import { guarded } from './sequence.ts'

const SOAP = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a/></s:Body></s:Envelope>'
const soap = { body: SOAP, contentType: 'text/xml', headers: { SOAPAction: '"urn:a"' } }

const failing: Mediator = () => {
  throw new Fault(0, 'secret reason')
}

describe('an exchange always ends with an answer:', () => {
  test('202 when the flow ends without one', async () => {
    expect((await deliver(() => 'continue', soap)).status).toBe(202)
    expect((await deliver(async (): Promise<Flow> => 'stop', soap)).status).toBe(202)
  })

  test('a SOAP fault that hides the reason when the flow fails and no handler answers', async () => {
    const answer = await deliver(failing, soap)
    expect(answer.status).toBe(500)
    expect(answer.text).toContain('Fault>')
    expect(answer.text).not.toContain('secret')
  })

  test('a JSON error for a client that sent JSON', async () => {
    const answer = await deliver(failing, { body: '{}', contentType: 'application/json' })
    expect(JSON.parse(answer.text)).toHaveProperty('error')
  })

  test('a fault when the fault handler fails as well', async () => {
    const answer = await deliver(failing, { ...soap, route: { fault: failing } })
    expect(answer.status).toBe(500)
  })

  test('a fault when an onError handled the failure and sent nothing', async () => {
    const answer = await deliver(
      guarded(failing, () => 'continue'),
      soap,
    )
    expect(answer.status).toBe(500)
  })

  test('the answer of the fault handler when it gives one', async () => {
    const answer = await deliver(failing, {
      ...soap,
      route: {
        fault: (ctx) => {
          ctx.properties.set('axis2', 'HTTP_SC', 418)
          return sendBack(ctx)
        },
      },
    })
    expect(answer.status).toBe(418)
  })

  test('not before the work it owns has ended', async () => {
    let ended = false
    const answer = await deliver((ctx) => {
      ctx.exchange.own(new Promise<void>((resolve) => setTimeout(resolve, 30)).then(() => void (ended = true)))
      return 'continue'
    }, soap)
    expect(ended).toBe(true)
    expect(answer.status).toBe(202)
  })

  test('a fault when work it owns fails, though no flow waits for it', async () => {
    const answer = await deliver((ctx) => {
      ctx.exchange.own(Promise.reject(new Error('lost')))
      return 'continue'
    }, soap)
    expect(answer.status).toBe(500)
  })
})

test('a second response is dropped with a warning', async () => {
  const services = testServices()
  const lines: string[] = []
  const answer = await deliver(
    async (ctx): Promise<Flow> => {
      await Promise.all([ctx.exchange.respond(ctx), ctx.exchange.respond(ctx)])
      lines.push(...(ctx.services.log as RecordedLog).lines)
      return 'stop'
    },
    { ...soap, services },
  )
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(answer.status).toBe(200)
  expect(lines.filter((line) => line.startsWith('WARN'))).toHaveLength(1)
})

test('accepting answers 202 at once; what comes later is dropped', async () => {
  const answer = await deliver(async (ctx): Promise<Flow> => {
    ctx.exchange.accept()
    await ctx.exchange.respond(ctx)
    return 'stop'
  }, soap)
  expect(answer.status).toBe(202)
})

test('an answer runs through the out flow of the route, else goes straight back', async () => {
  const receive: Mediator = (ctx) => ctx.exchange.receive(ctx.answer(ctx.message.fork()))
  expect((await deliver(receive, soap)).status).toBe(200)
  const marked = await deliver(receive, {
    ...soap,
    route: {
      answer: (ctx) => {
        ctx.message.headers.set('X-Out', String(ctx.response))
        return sendBack(ctx)
      },
    },
  })
  expect(marked.headers.get('X-Out')).toBe('true')
})

test('a fault of the out flow goes to the handler of the route, not to the sequence that sent', async () => {
  const seen: string[] = []
  await deliver(
    async (ctx) => {
      try {
        return await ctx.exchange.receive(ctx.answer(ctx.message.fork()), failing)
      } catch {
        seen.push('sender')
        return 'stop'
      }
    },
    {
      ...soap,
      route: {
        fault: () => {
          seen.push('route')
          return 'stop'
        },
      },
    },
  )
  expect(seen).toEqual(['route'])
})

describe('when the client goes away', () => {
  test('what was registered is stopped, once, and the signal tells why', () => {
    const ctx = createContext({ ...soap, route: { receive: () => new Promise<Flow>(() => {}) } })
    let stops = 0
    const { signal } = ctx
    ctx.exchange.start()
    ctx.exchange.onCancel(() => stops++)
    const unregister = ctx.exchange.onCancel(() => (stops += 10))
    unregister()
    ctx.arrival.close()
    ctx.arrival.close()
    expect(stops).toBe(1)
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ code: 'client-closed' })
  })
})

test('the signal is aborted when the exchange is over, whenever it is asked for', async () => {
  const signals: AbortSignal[] = []
  let context: MessageContext | undefined
  await deliver((ctx) => {
    context = ctx
    signals.push(ctx.signal)
    expect(ctx.signal.aborted).toBe(false)
    return sendBack(ctx)
  }, soap)
  expect(signals[0]?.aborted).toBe(true)
  expect(signals[0]?.reason).toMatchObject({ message: 'the exchange is over' })

  await deliver((ctx) => ((context = ctx), sendBack(ctx)), soap)
  expect(context?.signal.aborted).toBe(true)
})

test('the correlation id is the client’s own', () => {
  const arrival = createArrival({ ...soap, headers: { 'X-Correlation-ID': 'mine' } })
  expect(arrival.message.headers.get('x-correlation-id')).toBe('mine')
  expect(createContext({ ...soap, headers: { 'X-Correlation-ID': 'mine' } }).exchange.correlationId).toBe('mine')
})

test('the log tells the cause of a fault once', async () => {
  const services = testServices()
  const cause = new Error('line 3: no such entity')
  const faulty = (message: string): Mediator => {
    return () => {
      throw new Fault(601000, message, { cause })
    }
  }
  await deliver(faulty('the XML body is malformed: line 3: no such entity'), { ...soap, services })
  await deliver(faulty('the XML body is malformed'), { ...soap, services })
  const line = 'ERROR test: fault 601000: the XML body is malformed: line 3: no such entity'
  expect((services.log as RecordedLog).lines.filter((each) => each.startsWith('ERROR'))).toEqual([line, line])
})
