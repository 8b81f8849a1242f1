import { expect, test } from 'vitest'
import { Rounds } from './rounds.ts'
import { sleep } from './time.ts'

function counted(round: () => Promise<number | undefined> = async () => undefined) {
  const seen = { rounds: 0, failures: [] as string[] }
  const rounds = new Rounds({
    round: () => {
      seen.rounds++
      return round()
    },
    failed: (reason) => void seen.failures.push(reason),
  })
  return { rounds, seen }
}

test('a round begins at once, and again when something is noticed', async () => {
  const { rounds, seen } = counted()
  rounds.use()
  await sleep(20)
  expect(seen.rounds).toBe(1)
  rounds.notice()
  await sleep(20)
  expect(seen.rounds).toBe(2)
  await rounds.release()
})

test('an idle one waits for the first notice', async () => {
  const { rounds, seen } = counted()
  rounds.use(true)
  await sleep(20)
  expect(seen.rounds).toBe(0)
  rounds.notice()
  await sleep(20)
  expect(seen.rounds).toBe(1)
  await rounds.release()
})

test('a round that says when to look again is followed by another then', async () => {
  const { rounds, seen } = counted(async () => 5)
  rounds.use()
  await sleep(100)
  expect(seen.rounds).toBeGreaterThan(3)
  await rounds.release()
  const then = seen.rounds
  await sleep(30)
  expect(seen.rounds).toBe(then)
})

test('what is noticed during a round is not forgotten', async () => {
  const open = Promise.withResolvers<undefined>()
  const { rounds, seen } = counted(() => open.promise)
  rounds.use()
  await sleep(5)
  rounds.notice()
  open.resolve(undefined)
  await sleep(20)
  expect(seen.rounds).toBe(2)
  await rounds.release()
})

test('a failure is told once, and rounds go on when something is noticed', async () => {
  const { rounds, seen } = counted(async () => {
    throw new Error('no database')
  })
  rounds.use()
  await sleep(10)
  rounds.notice()
  await sleep(10)
  expect(seen).toEqual({ rounds: 2, failures: ['no database'] })
  await rounds.release()
})

test('the last user waits for the round under way, and a new one begins afresh', async () => {
  let finished = false
  const { rounds, seen } = counted(async () => {
    await sleep(30)
    finished = true
    return undefined
  })
  rounds.use()
  rounds.use()
  await sleep(5)
  await rounds.release()
  expect(finished).toBe(false)
  await rounds.release()
  expect(finished).toBe(true)
  rounds.use()
  await sleep(5)
  expect(seen.rounds).toBe(2)
  await rounds.release()
})
