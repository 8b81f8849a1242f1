import { setTimeout as wait } from 'node:timers/promises'
import { DEFAULT_SETTINGS } from 'viaduct'
import { expect, test } from 'vitest'
import { createOverload } from './overload.ts'

const MB = 1024 * 1024

test('memory that is only garbage does not keep requests out for ever', async () => {
  const memory = process.memoryUsage.rss() + 150 * MB
  using overload = createOverload({
    ...DEFAULT_SETTINGS,
    limits: { ...DEFAULT_SETTINGS.limits, memory, loopDelay: 60_000 },
  })
  let ballast: number[] | undefined = Array<number>(30_000_000).fill(0.5)
  await until(() => !overload.enter())
  expect(ballast).toHaveLength(30_000_000)
  ballast = undefined
  await until(() => overload.enter())
})

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('it did not happen within 15 s')
    await wait(50)
  }
}

test('says why it refuses', () => {
  using overload = createOverload({
    ...DEFAULT_SETTINGS,
    limits: { ...DEFAULT_SETTINGS.limits, requestsInFlight: 1 },
  })
  expect(overload.shedding).toBeUndefined()
  overload.enter()
  expect(overload.shedding).toBe('too many requests are under way')
  overload.leave()
  expect(overload.shedding).toBeUndefined()
})
