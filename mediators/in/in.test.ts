import { compileMediators, createContext, createMarks } from 'viaduct/testing'
import { expect, test } from 'vitest'
import { inMediator } from './in.ts'

const compile = (xml: string) => {
  const { definition, passed } = createMarks()
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [inMediator, definition] })
  expect(diagnostics).toEqual([])
  return { mediator, passed }
}

test('in runs for requests only', async () => {
  const { mediator, passed } = compile('<in><mark name="inside"/></in><mark name="after"/>')
  await mediator(createContext({ response: false }))
  expect(passed).toEqual(['inside', 'after'])
  await mediator(createContext({ response: true }))
  expect(passed).toEqual(['inside', 'after', 'after'])
})

test('in passes on that the flow stops', async () => {
  const { mediator, passed } = compile('<in><mark name="inside" flow="stop"/></in><mark name="after"/>')
  expect(await mediator(createContext({ response: false }))).toBe('stop')
  expect(passed).toEqual(['inside'])
})

test('an empty in does nothing', async () => {
  const { mediator } = compile('<in/>')
  expect(await mediator(createContext({ response: false }))).toBe('continue')
})
