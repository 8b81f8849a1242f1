import { describe, expect, test } from 'vitest'
import { Fault } from './fault.ts'
import type { Flow, Mediator } from './mediator.ts'
import { guarded, sequence } from './sequence.ts'
import { createContext } from './testing.ts'

const steps: string[] = []
const note =
  (name: string, flow: Flow = 'continue'): Mediator =>
  () => {
    steps.push(name)
    return flow
  }
const later =
  (name: string, flow: Flow = 'continue'): Mediator =>
  async () => {
    await Promise.resolve()
    steps.push(name)
    return flow
  }
const fail =
  (code: number): Mediator =>
  () => {
    throw new Fault(code, `fault ${code}`)
  }
const failLater =
  (code: number): Mediator =>
  async () => {
    await Promise.resolve()
    throw new Fault(code, `fault ${code}`)
  }

async function run(mediator: Mediator): Promise<[Flow, string[]]> {
  steps.length = 0
  return [await mediator(createContext()), [...steps]]
}

describe('a sequence', () => {
  test('without steps goes on', async () => {
    expect(await run(sequence([]))).toEqual(['continue', []])
  })

  test('runs its steps in order, whether or not they have to be waited for', async () => {
    expect(await run(sequence([note('a'), later('b'), note('c'), later('d'), note('e')]))).toEqual([
      'continue',
      ['a', 'b', 'c', 'd', 'e'],
    ])
  })

  test('ends at the first step that stops, and says so outward', async () => {
    expect(await run(sequence([note('a'), sequence([note('b', 'stop'), note('c')]), note('d')]))).toEqual([
      'stop',
      ['a', 'b'],
    ])
    expect(await run(sequence([note('a'), sequence([later('b', 'stop'), note('c')]), note('d')]))).toEqual([
      'stop',
      ['a', 'b'],
    ])
  })

  test('that never waits returns no promise', () => {
    expect(sequence([note('a'), note('b')])(createContext())).toBe('continue')
  })
})

describe('a guarded sequence', () => {
  test.each([
    ['at once', fail(7)],
    ['later', failLater(7)],
  ])('hands a fault raised %s to its handler and then stops', async (_when, failing) => {
    const ctx = createContext()
    const flow = await guarded(failing, (failed) => {
      expect(failed.fault?.code).toBe(7)
      return 'continue'
    })(ctx)
    expect(flow).toBe('stop')
    expect(ctx.properties.get('default', 'ERROR_CODE')).toBe(7)
  })

  test('lets a flow without a fault through as it is', async () => {
    expect(await run(guarded(note('a', 'stop'), note('handler')))).toEqual(['stop', ['a']])
    expect(await run(guarded(later('a'), note('handler')))).toEqual(['continue', ['a']])
  })

  test.each([
    ['at once', fail(2)],
    ['later', failLater(2)],
  ])('lets a fault of its handler, raised %s, reach the outer one', async (_when, handler) => {
    const ctx = createContext()
    const codes: unknown[] = []
    const outer: Mediator = (failed) => {
      codes.push(failed.fault?.code)
      return 'continue'
    }
    expect(await guarded(guarded(fail(1), handler), outer)(ctx)).toBe('stop')
    expect(codes).toEqual([2])
  })
})
