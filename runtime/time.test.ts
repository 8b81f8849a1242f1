import { afterEach, expect, test } from 'vitest'
import { Deadlines, sleep } from './time.ts'

const deadlines = new Deadlines()
afterEach(() => deadlines[Symbol.dispose]())

test('a deadline expires after its time, once', async () => {
  let runs = 0
  deadlines.after(30, () => runs++)
  await sleep(20)
  expect(runs).toBe(0)
  await sleep(200)
  expect(runs).toBe(1)
})

test('a cancelled deadline never expires, cancelling twice does no harm', async () => {
  let runs = 0
  const deadline = deadlines.after(20, () => runs++)
  deadline.cancel()
  deadline.cancel()
  await sleep(120)
  expect(runs).toBe(0)
})

test('deadlines of different lengths expire in the order of their times', async () => {
  const order: string[] = []
  deadlines.after(150, () => order.push('long'))
  deadlines.after(30, () => order.push('short'))
  await sleep(300)
  expect(order).toEqual(['short', 'long'])
})

test('a cancelled deadline at the head does not keep later ones from expiring', async () => {
  let runs = 0
  const first = deadlines.after(40, () => runs++)
  deadlines.after(40, () => runs++)
  first.cancel()
  await sleep(200)
  expect(runs).toBe(1)
})

test('a deadline of no length or of nonsense still expires', async () => {
  let runs = 0
  deadlines.after(0, () => runs++)
  deadlines.after(Number.NaN, () => runs++)
  deadlines.after(-5, () => runs++)
  await sleep(150)
  expect(runs).toBe(3)
})

test('sleep ends with the reason of its signal', async () => {
  const controller = new AbortController()
  const sleeping = sleep(10_000, controller.signal)
  controller.abort(new Error('enough'))
  await expect(sleeping).rejects.toThrow('enough')
})
