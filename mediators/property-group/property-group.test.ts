import { defineMediator, required, string } from 'viaduct'
import { compileMediators, createContext, createMarks } from 'viaduct/testing'
import { expect, test } from 'vitest'
import { propertyGroup } from './property-group.ts'

const property = defineMediator({
  name: 'property',
  summary: 'Stands for the real one.',
  attributes: { name: required(string('Name.')) },
  compile:
    ({ name }) =>
    (ctx) => {
      ctx.properties.set('default', 'last', name)
      return 'continue'
    },
})

test('propertyGroup runs its properties in order', async () => {
  const { mediator, diagnostics } = compileMediators(
    '<propertyGroup><property name="a"/><property name="b"/></propertyGroup>',
    {
      mediators: [propertyGroup, property],
    },
  )
  expect(diagnostics).toEqual([])
  const ctx = createContext()
  expect(await mediator(ctx)).toBe('continue')
  expect(ctx.properties.get('default', 'last')).toBe('b')
})

test('propertyGroup holds nothing but properties', () => {
  const { definition } = createMarks()
  const { diagnostics } = compileMediators('<propertyGroup>\n  <mark name="a"/>\n</propertyGroup>', {
    mediators: [propertyGroup, definition],
  })
  expect(diagnostics).toEqual(['test.xml:2:3 error element-unknown: <propertyGroup> holds only <property>, not <mark>'])
})

test('an empty propertyGroup does nothing', async () => {
  const { mediator } = compileMediators('<propertyGroup/>', { mediators: [propertyGroup] })
  expect(await mediator(createContext())).toBe('continue')
})
