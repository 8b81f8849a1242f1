import { Bus, type Listener } from 'viaduct'
import { testServices } from 'viaduct/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdmin } from './admin.ts'

const services = testServices()
const state = { ready: true, refusedChange: undefined as string | undefined, shedding: undefined as string | undefined }
let admin: Listener

beforeAll(async () => {
  admin = await createAdmin(new Bus(services), () => state, '127.0.0.1', 0)
})
afterAll(() => admin[Symbol.asyncDispose]())

const get = (path: string, init?: RequestInit) => fetch(admin.url + path, init)

test('liveness is good as long as the process answers', async () => {
  expect((await get('/health/live')).status).toBe(200)
})

test('readiness follows the bus and names the change that was refused', async () => {
  state.refusedChange = 'a.xml:1:2 element-unknown: …'
  const good = await get('/health/ready')
  expect(good.status).toBe(200)
  expect(await good.json()).toMatchObject({ status: 'ready', refusedChange: 'a.xml:1:2 element-unknown: …' })
  state.ready = false
  const bad = await get('/health/ready')
  expect(bad.status).toBe(503)
  expect(await bad.json()).toMatchObject({ status: 'not ready', reason: expect.any(String) })
  state.ready = true
})

test('readiness says that the bus refuses requests, and why', async () => {
  state.shedding = 'too much memory is in use'
  const bad = await get('/health/ready')
  expect(bad.status).toBe(503)
  expect(await bad.json()).toMatchObject({ status: 'not ready', reason: 'too much memory is in use' })
  state.shedding = undefined
  expect((await get('/health/ready')).status).toBe(200)
})

test('metrics are in the text format of Prometheus and count', async () => {
  services.metrics.answered(200)
  services.metrics.answered(200)
  services.metrics.faulted(101503)
  services.metrics.faulted('quote"\nx')
  const text = await (await get('/metrics')).text()
  expect(text).toContain('# TYPE viaduct_answers_total counter\nviaduct_answers_total{status="200"} 2\n')
  expect(text).toContain('viaduct_faults_total{code="101503"} 1\n')
  expect(text).toContain('viaduct_faults_total{code="quote__x"} 1\n')
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) \S+ .+|\w+(?:\{\w+="[^"]*"\})? [\d.e+-]+)$/)
})

test('what is not there is 404, what is not read only is 405', async () => {
  expect((await get('/nothing')).status).toBe(404)
  expect((await get('/health/live', { method: 'POST' })).status).toBe(405)
})
