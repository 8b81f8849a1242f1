import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from 'viaduct'
import { MemorySender, sendersOf, testServices } from 'viaduct/testing'
import { bench } from '../testing/compile-endpoint.ts'

const addressed = (to: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsa="http://www.w3.org/2005/08/addressing"><s:Header><wsa:To>${to}</wsa:To></s:Header><s:Body/></s:Envelope>`

const allowing = (...allow: string[]) => {
  const sender = new MemorySender()
  const services = testServices({ senders: sendersOf(sender), settings: { ...DEFAULT_SETTINGS, egress: { allow } } })
  const { endpoint, context } = bench('<endpoint><default/></endpoint>', undefined, { services })
  return { endpoint, context, sender }
}

describe('an address that came with the message', () => {
  test('is refused unless the settings allow it', async () => {
    for (const to of [
      'http://backend.example/s',
      'http://127.0.0.1:9164/',
      'local://services/x',
      'file:///etc/passwd',
    ]) {
      const { endpoint, context, sender } = allowing()
      await expect(endpoint.call(context({ body: addressed(to), streamed: true }))).rejects.toMatchObject({
        code: 'address-refused',
      })
      expect(sender.requests).toEqual([])
    }
  })

  test('is called when the settings allow its host, and the sender is told who chose it', async () => {
    const { endpoint, context, sender } = allowing('backend.example:8080')
    await endpoint.call(context({ body: addressed('http://backend.example:8080/s') }))
    expect(sender.requests).toMatchObject([{ url: 'http://backend.example:8080/s', namedByMessage: true }])
    await expect(endpoint.call(context({ body: addressed('http://backend.example:9/s') }))).rejects.toMatchObject({
      code: 'address-refused',
    })
  })

  test('an anonymous or missing address is refused', async () => {
    const { endpoint, context } = allowing('*')
    await expect(
      endpoint.call(context({ body: addressed('http://www.w3.org/2005/08/addressing/anonymous') })),
    ).rejects.toMatchObject({ code: 'address-refused' })
    await expect(endpoint.call(context())).rejects.toMatchObject({ code: 'address-refused' })
  })
})

test('an address that a flow has set is the choice of the configuration', async () => {
  const { endpoint, context, sender } = allowing()
  const ctx = context({ body: addressed('http://evil.example/') })
  ctx.addressing.to = 'http://backend/s'
  await endpoint.call(ctx)
  expect(sender.requests).toMatchObject([{ url: 'http://backend/s' }])
  expect(sender.requests[0]?.namedByMessage).toBeUndefined()
})
