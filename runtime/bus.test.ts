import { expect, test } from 'vitest'
import { Bus } from './bus.ts'
import { CORRELATION_HEADER } from './correlation.ts'
import { createArrival, createDeployment, RecordedLog, testServices } from './testing.ts'

test('a request that no route takes is 404, and its correlation id finds a line in the log', async () => {
  const log = new RecordedLog()
  const services = testServices({ log })
  const bus = new Bus(services)
  await bus.swap(createDeployment({ services }))
  const arrival = createArrival({ method: 'GET', target: '/nowhere' })
  bus.dispatch(arrival)
  const answer = await arrival.answered
  expect(answer.status).toBe(404)
  const id = answer.headers.get(CORRELATION_HEADER)
  expect(log.entries.filter(({ fields }) => fields['correlation_id'] === id).map(({ text }) => text)).toEqual([
    'GET /nowhere: 404 Not found',
  ])
})

test('a request before the first deployment is told to come again', async () => {
  const arrival = createArrival({})
  new Bus(testServices()).dispatch(arrival)
  expect((await arrival.answered).status).toBe(503)
})

test('a swap resolves when the old deployment is idle', async () => {
  const services = testServices()
  const bus = new Bus(services)
  const old = createDeployment({ services })
  await bus.swap(old)
  old.enter()
  let idle = false
  const swapped = bus.swap(createDeployment({ services })).then(() => (idle = true))
  await Promise.resolve()
  expect(idle).toBe(false)
  old.leave()
  await swapped
  expect(idle).toBe(true)
})
