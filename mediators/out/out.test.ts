import { compileMediators, createContext, createMarks } from 'viaduct/testing'
import { expect, test } from 'vitest'
import { out } from './out.ts'

const compile = (xml: string) => {
  const { definition, passed } = createMarks()
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [out, definition] })
  expect(diagnostics).toEqual([])
  return { mediator, passed }
}

test('out runs for responses only', async () => {
  const { mediator, passed } = compile('<out><mark name="inside"/></out><mark name="after"/>')
  await mediator(createContext({ response: true }))
  expect(passed).toEqual(['inside', 'after'])
  await mediator(createContext({ response: false }))
  expect(passed).toEqual(['inside', 'after', 'after'])
})

test('out passes on that the flow stops', async () => {
  const { mediator, passed } = compile('<out><mark name="inside" flow="stop"/></out><mark name="after"/>')
  expect(await mediator(createContext({ response: true }))).toBe('stop')
  expect(passed).toEqual(['inside'])
})

test('an empty out does nothing', async () => {
  const { mediator } = compile('<out/>')
  expect(await mediator(createContext({ response: true }))).toBe('continue')
})
