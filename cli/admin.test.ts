import { Bus, type Listener } from 'viaduct'
import { testServices } from 'viaduct/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createAdmin } from './admin.ts'
import { type ServerState, type Snapshot, snapshotOf } from './snapshot.ts'

const READY: ServerState = { notReady: undefined, refusedChange: undefined, loopDelay: 0.001 }

const services = testServices()
const snapshot = (state: Partial<ServerState> = {}): Snapshot => snapshotOf(new Bus(services), { ...READY, ...state })

let processes: readonly Snapshot[]
let admin: Listener

beforeAll(async () => {
  admin = await createAdmin(() => processes, '127.0.0.1', 0)
})
beforeEach(() => {
  processes = [snapshot()]
})
afterAll(() => admin[Symbol.asyncDispose]())

const get = (path: string, init?: RequestInit) => fetch(admin.url + path, init)

async function ready() {
  const answer = await get('/health/ready')
  return { status: answer.status, body: await answer.json() }
}

test('liveness is good as long as the process answers', async () => {
  expect((await get('/health/live')).status).toBe(200)
})

test('readiness names the change that was refused, and stays up', async () => {
  processes = [snapshot({ refusedChange: 'a.xml:1:2 element-unknown: …' })]
  expect(await ready()).toEqual({
    status: 200,
    body: { status: 'ready', refusedChange: 'a.xml:1:2 element-unknown: …' },
  })
})

test('readiness says that the bus takes no requests, and why', async () => {
  processes = [snapshot({ notReady: 'too much memory is in use' })]
  expect(await ready()).toEqual({ status: 503, body: { status: 'not ready', reason: 'too much memory is in use' } })
})

test('several processes are ready as long as one is; what is wrong with another is told', async () => {
  processes = [snapshot({ notReady: 'the event loop is too slow' }), snapshot()]
  expect(await ready()).toEqual({ status: 200, body: { status: 'ready', reason: 'the event loop is too slow' } })
})

test('without any process that answers the bus is not ready', async () => {
  processes = []
  expect((await ready()).status).toBe(503)
})

test('metrics are in the text format of Prometheus and count', async () => {
  services.metrics.answered(200)
  services.metrics.answered(200)
  services.metrics.faulted(101503)
  services.metrics.faulted('quote"\nx')
  Object.assign(services.metrics.cache('entitlement:proxy:Quote/entitlementService[1]'), {
    hits: 7,
    misses: 2,
    entries: 1,
  })
  processes = [snapshot()]
  const text = await (await get('/metrics')).text()
  expect(text).toContain('# TYPE viaduct_answers_total counter\nviaduct_answers_total{status="200"} 2\n')
  expect(text).toContain('viaduct_faults_total{code="101503"} 1\n')
  expect(text).toContain('viaduct_faults_total{code="quote__x"} 1\n')
  const cache = '{cache="entitlement:proxy:Quote/entitlementService[1]"}'
  expect(text).toContain(`viaduct_cache_hits_total${cache} 7\n`)
  expect(text).toContain(`viaduct_cache_misses_total${cache} 2\n`)
  expect(text).toContain(`viaduct_cache_entries${cache} 1\n`)
  expect(text).toContain('\nnodejs_eventloop_delay_seconds 0.001\n')
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) \S+ .+|\w+(?:\{\w+="[^"]*"\})? [\d.e+-]+)$/)
})

test('metrics of several processes are added up; memory and delay are told of each', async () => {
  const one = { ...snapshot(), arrivals: 2, answers: [['200', 1] as const, ['500', 1] as const] }
  const two = { ...snapshot({ loopDelay: 0.5 }), arrivals: 3, answers: [['200', 3] as const], deployment: 4 }
  processes = [one, two]
  const text = await (await get('/metrics')).text()
  expect(text).toContain('viaduct_arrivals_total 5\n')
  expect(text).toContain('viaduct_answers_total{status="200"} 4\nviaduct_answers_total{status="500"} 1\n')
  expect(text).toContain('viaduct_deployment 4\n')
  expect(text).toContain('nodejs_eventloop_delay_seconds{worker="1"} 0.001\n')
  expect(text).toContain('nodejs_eventloop_delay_seconds{worker="2"} 0.5\n')
})

test('what is not there is 404, what is not read only is 405', async () => {
  expect((await get('/nothing')).status).toBe(404)
  expect((await get('/health/live', { method: 'POST' })).status).toBe(405)
})
