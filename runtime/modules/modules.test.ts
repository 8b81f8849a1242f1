import { expect, test } from 'vitest'
import { Modules } from './modules.ts'

test('a name whose file could not be loaded is not told again, another one is', () => {
  const modules = new Modules([], ['stamp-it'])
  expect(modules.missing('org.acme.StampIt')).toBeUndefined()
  expect(modules.missing('Stamp')).toBe(
    'there is no class "Stamp"; mediators/ holds no module; stamp-it could not be loaded',
  )
})

test('a name that the caller has itself is not missing; one near to it is', () => {
  const modules = new Modules([])
  expect(modules.missing('org.wso2.Injector', new Set(['Injector']))).toBeUndefined()
  expect(modules.missing('org.wso2.Injectr', new Set(['Injector']))).toBe(
    'there is no class "org.wso2.Injectr"; mediators/ holds no module; did you mean "Injector"?',
  )
})
