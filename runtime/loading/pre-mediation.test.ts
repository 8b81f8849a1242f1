import { expect, test } from 'vitest'
import type { Route } from '../route.ts'
import { createArrival, createContext } from '../testing.ts'
import { preMediated } from './pre-mediation.ts'

test('a way that runs something first is in all else the way that it was', async () => {
  const seen: string[] = []
  const route: Route = {
    name: 'r',
    prepare: () => void seen.push('prepare'),
    property: (name) => `value of ${name}`,
    postfix: (target) => `${target}!`,
    seal: () => (seen.push('seal'), undefined),
    complete: () => void seen.push('complete'),
    receive: () => (seen.push('receive'), 'stop'),
    answer: () => 'continue',
    fault: () => 'stop',
  }
  const found = preMediated({ match: () => route }, () => (seen.push('before'), 'continue')).match(createArrival())
  const ctx = createContext()
  found?.prepare?.(ctx)
  await found?.receive(ctx)
  found?.seal?.(ctx)
  found?.complete?.({ status: 200, headers: ctx.message.headers, body: undefined }, ctx.arrival)
  expect(seen).toEqual(['prepare', 'before', 'receive', 'seal', 'complete'])
  expect([found?.name, found?.property?.('p'), found?.postfix?.('/x')]).toEqual(['r', 'value of p', '/x!'])
  expect([found?.answer, found?.fault]).toEqual([route.answer, route.fault])
})
