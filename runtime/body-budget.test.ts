import { PassThrough, Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { DEFAULT_SETTINGS, Headers, type Mediator, Message, sendBack, systemPlatform } from 'viaduct'
import { createContext, deliver, testServices } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { BodyBudget } from './body-budget.ts'

const envelope = (size: number): string =>
  `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><a>${'x'.repeat(size)}</a></e:Body></e:Envelope>`

const servicesWith = (limits: Partial<typeof DEFAULT_SETTINGS.limits>, timeouts = {}) =>
  testServices({
    platform: systemPlatform,
    settings: {
      limits: { ...DEFAULT_SETTINGS.limits, ...limits },
      timeouts: { ...DEFAULT_SETTINGS.timeouts, ...timeouts },
    },
  })

describe('the budget', () => {
  test('is exceeded from the first refusal until enough has been given back', () => {
    const budget = new BodyBudget(100)
    budget.take(100)
    expect(budget.exceeded).toBe(false)
    expect(() => budget.take(1)).toThrow(expect.objectContaining({ code: 'bodies-full' }))
    expect(budget.exceeded).toBe(true)
    budget.give(30)
    expect(budget.exceeded).toBe(true)
    budget.give(20)
    expect([budget.exceeded, budget.used]).toEqual([false, 50])
  })
})

describe('bodies that are built at once', () => {
  const building: Mediator = async (ctx) => {
    await ctx.build()
    await wait(50)
    return sendBack(ctx)
  }

  test('share limits.bodies: what is too much is answered 503, in the language of the client', async () => {
    const services = servicesWith({ bodies: 1500 })
    const options = { services, body: envelope(900), streamed: true }
    const [first, second] = await Promise.all([deliver(building, options), deliver(building, options)])
    expect(first.status).toBe(200)
    expect(second.status).toBe(503)
    expect(second.headers.get('Retry-After')).toBe('1')
    expect(second.text).toContain('<e:Envelope'.replace('e:', 'soapenv:'))
    expect(second.text).toContain('bodies-full')
  })

  test('give back what they held when their exchange ends, well or not', async () => {
    const services = servicesWith({ bodies: 1500 })
    const options = { services, body: envelope(900), streamed: true }
    for (let i = 0; i < 3; i++) expect((await deliver(building, options)).status).toBe(200)
    const failing: Mediator = async (ctx) => {
      await ctx.build()
      throw new Error('no')
    }
    expect((await deliver(failing, options)).status).toBe(500)
    expect(services.bodies.used).toBe(0)
  })

  test('count answers of back ends too', async () => {
    const services = servicesWith({ bodies: 100 })
    const ctx = createContext({ services })
    const message = Message.ofStream(Readable.from([Buffer.alloc(101)]), new Headers())
    message.status = 200
    await expect(ctx.answer(message).build()).rejects.toMatchObject({ code: 'bodies-full', blamesClient: false })
  })

  test('streams that nobody looks into are not counted', async () => {
    const services = servicesWith({ bodies: 10 })
    expect((await deliver(sendBack, { services, body: envelope(900), streamed: true })).status).toBe(200)
  })
})

describe('a body that drips while it is built', () => {
  const dripping = (): PassThrough => {
    const stream = new PassThrough()
    const drip = setInterval(() => stream.write('x'), 10)
    stream.on('close', () => clearInterval(drip))
    stream.on('error', () => {})
    return stream
  }

  test.each([
    ['of a client is the client’s fault', undefined, 101001, true],
    ['of a back end is 101501', 200, 101501, false],
  ])('%s after timeouts.build', async (_name, status, code, blamesClient) => {
    const services = servicesWith({}, { build: 100 })
    const stream = dripping()
    const message = Message.ofStream(stream, new Headers())
    message.status = status
    const start = performance.now()
    await expect(createContext({ services }).answer(message).build()).rejects.toMatchObject({ code, blamesClient })
    expect(performance.now() - start).toBeLessThan(1_000)
    expect(stream.destroyed).toBe(true)
  })
})
