import { expect, test } from 'vitest'
import { TestPlatform } from 'viaduct/testing'
import { DEFAULT_POLICY, Suspension, type SuspensionPolicy } from './suspension.ts'

const clock = new TestPlatform()
const create = (policy: Partial<SuspensionPolicy> = {}) => ({
  state: new Suspension({ ...DEFAULT_POLICY, ...policy }),
  clock: new TestPlatform(),
})

test('an endpoint is ready until a call to it fails', () => {
  expect(new Suspension(DEFAULT_POLICY).ready(clock)).toBe(true)
})

test('any code suspends for 30 seconds when nothing else is configured, timeouts included', () => {
  for (const code of [101503, 101504, 101505, 500000]) {
    const { state, clock } = create()
    state.failed(code, clock)
    expect(state.state).toBe('suspended')
    clock.advance(29_999)
    expect(state.ready(clock)).toBe(false)
    clock.advance(1)
    expect(state.ready(clock)).toBe(true)
  }
})

test('only the codes of suspendOnFailure suspend; other codes change nothing', () => {
  const { state, clock } = create({ suspendCodes: new Set([101503]) })
  state.failed(101500, clock)
  expect(state.state).toBe('active')
  state.failed(101503, clock)
  expect(state.state).toBe('suspended')
})

test('errorCodes of -1 never suspend', () => {
  const { state, clock } = create({ suspendCodes: new Set([-1]), timeoutCodes: new Set([-1]) })
  for (const code of [101503, 101504, 101505]) state.failed(code, clock)
  expect(state.state).toBe('active')
})

test('timeouts are forgiven as often as retriesBeforeSuspension says, each with its retryDelay', () => {
  const { state, clock } = create({ retries: 2, retryDelay: 100 })
  for (let failure = 0; failure < 2; failure++) {
    state.failed(101504, clock)
    expect(state.state).toBe('timeout')
    expect(state.ready(clock)).toBe(false)
    clock.advance(100)
    expect(state.ready(clock)).toBe(true)
  }
  state.failed(101504, clock)
  expect(state.state).toBe('suspended')
})

test('markForSuspension with codes of its own replaces the default ones', () => {
  const { state, clock } = create({ timeoutCodes: new Set([101503]), retries: 1 })
  state.failed(101503, clock)
  expect(state.state).toBe('timeout')
  state.failed(101504, clock)
  expect(state.state).toBe('suspended')
})

test('each suspension is longer than the one before by the progression factor, up to the maximum', () => {
  const { state, clock } = create({ initialDuration: 1000, progressionFactor: 2, maximumDuration: 5000 })
  const lasted: number[] = []
  for (let failure = 0; failure < 5; failure++) {
    state.failed(101503, clock)
    let milliseconds = 0
    for (; !state.ready(clock); milliseconds += 500) clock.advance(500)
    lasted.push(milliseconds)
  }
  expect(lasted).toEqual([1000, 2000, 4000, 5000, 5000])
})

test('an initialDuration of 0 suspends and is ready again at once, however often', () => {
  const { state, clock } = create({ initialDuration: 0, progressionFactor: 2 })
  for (let failure = 0; failure < 3; failure++) {
    state.failed(101503, clock)
    expect(state.state).toBe('suspended')
    expect(state.ready(clock)).toBe(true)
  }
})

test('a success makes the endpoint active and forgets retries and durations', () => {
  const { state, clock } = create({ initialDuration: 1000, progressionFactor: 2, retries: 1 })
  state.failed(101504, clock)
  state.failed(101503, clock)
  clock.advance(1000)
  state.succeeded()
  expect(state.state).toBe('active')
  state.failed(101504, clock)
  expect(state.state).toBe('timeout')
  state.failed(101503, clock)
  clock.advance(1000)
  expect(state.ready(clock)).toBe(true)
})

test('an endpoint whose suspension is over stays suspended until a call has succeeded', () => {
  const { state, clock } = create({ initialDuration: 10 })
  state.failed(101503, clock)
  clock.advance(10)
  expect(state.ready(clock)).toBe(true)
  expect(state.state).toBe('suspended')
})

test('faults of the client, of its payload and of the bus leave the state alone', () => {
  const { state, clock } = create()
  for (const code of ['client-closed', 'address-refused', 101000, 101001, 601000]) state.failed(code, clock)
  expect(state.state).toBe('active')
})
