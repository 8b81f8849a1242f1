import { expect, test } from 'vitest'
import { Deadlines } from 'viaduct'
import { NarrowGate } from './narrow-gate.ts'

const held = () => Promise.withResolvers<string>()

test('so many go through at a time, the others in the order in which they came', async () => {
  const gate = new NarrowGate(new Deadlines(), 2)
  const [a, b] = [held(), held()]
  const seen: string[] = []
  const passing = [a, b].map((each, i) => gate.pass(() => (seen.push(`in ${i}`), each.promise)))
  const others = ['c', 'd'].map((name) => gate.pass(async () => void seen.push(name)))
  await Promise.resolve()
  expect(seen).toEqual(['in 0', 'in 1'])
  a.resolve('')
  await Promise.all(others)
  expect(seen).toEqual(['in 0', 'in 1', 'c', 'd'])
  b.resolve('')
  await Promise.all(passing)
})

test('what fails inside lets the next one in', async () => {
  const gate = new NarrowGate(new Deadlines(), 1)
  const failing = gate.pass(async () => {
    throw new Error('no')
  })
  const next = gate.pass(async () => 'in')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('in')
})

test('whoever waits too long is refused, and does not take a place', async () => {
  const expiring: (() => void)[] = []
  const deadlines = { after: (_: number, expire: () => void) => (expiring.push(expire), { cancel() {} }) }
  const gate = new NarrowGate(deadlines as unknown as Deadlines, 1)
  const first = held()
  const inside = gate.pass(() => first.promise)
  const waiting = gate.pass(async () => 'never')
  expiring[0]?.()
  await expect(waiting).rejects.toThrow('too many passwords wait')
  const next = gate.pass(async () => 'in')
  first.resolve('out')
  expect(await Promise.all([inside, next])).toEqual(['out', 'in'])
})
