import { compileMediators, createContext, deliver } from 'viaduct/testing'
import { expect, test } from 'vitest'
import { throwError } from './throw-error.ts'

const compile = (xml: string) => compileMediators(xml, { mediators: [throwError] })

test('throwError raises a fault with its type as code', async () => {
  const { mediator, diagnostics } = compile('<throwError type="NO_STOCK" errorMessage="sold out"/>')
  expect(diagnostics).toEqual([])
  await expect(async () => mediator(createContext())).rejects.toMatchObject({
    code: 'NO_STOCK',
    message: 'sold out',
    at: { line: 1, column: 1 },
  })
})

test('throwError without a type raises ANY, with a message from the message', async () => {
  const { mediator } = compile(`<throwError errorMessage="{get-property('why')}"/>`)
  const ctx = createContext()
  ctx.properties.set('default', 'why', 'no reason')
  await expect(async () => mediator(ctx)).rejects.toMatchObject({ code: 'ANY', message: 'no reason' })
})

test('throwError sets ERROR_CODE and ERROR_MESSAGE for the handler', async () => {
  const { mediator } = compile('<throwError type="NO_STOCK" errorMessage="sold out"/>')
  const seen: unknown[] = []
  const route = {
    fault: (ctx: ReturnType<typeof createContext> | Parameters<typeof mediator>[0]) => {
      seen.push(ctx.properties.get('default', 'ERROR_CODE'), ctx.properties.get('default', 'ERROR_MESSAGE'))
      return 'stop' as const
    },
  }
  const { status } = await deliver(mediator, { route })
  expect(seen).toEqual(['NO_STOCK', 'sold out'])
  expect(status).toBe(500)
})

test('throwError needs a message', () => {
  expect(compile('<throwError/>').diagnostics).toEqual([
    'test.xml:1:1 error attribute-missing: <throwError> needs the attribute "errorMessage"',
  ])
})
