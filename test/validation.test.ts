import { describe, expect, test } from 'vitest'
import { artifact, memoryBus } from './memory-bus.ts'

const PROXY = artifact(
  '<proxy name="P"><target><inSequence><send><endpoint><address uri="http://b/s"/></endpoint></send></inSequence></target></proxy>',
)
const ask = (body: string, contentType: string) => ({
  target: '/services/P',
  body,
  contentType,
  streamed: true,
  headers: { 'Content-Type': contentType, Accept: 'application/json' },
})

describe('a request that nobody looks at', () => {
  test('goes through malformed, unless the properties say otherwise', async () => {
    const { request, sender } = await memoryBus({ 'P.xml': PROXY })
    expect((await request(ask('<a>', 'application/xml'))).status).toBe(200)
    expect(sender.requests).toMatchObject([{ text: '<a>' }])
  })

  test.each([
    ['force.xml.message.validation', 'application/xml', '<a>', '<a/>'],
    ['force.xml.message.validation', 'text/xml', '<a>', '<a/>'],
    ['force.json.message.validation', 'application/json', '{"a":', '{"a":1}'],
  ])('%s refuses it when it is %s that is malformed', async (property, type, bad, good) => {
    const { request, sender } = await memoryBus(
      { 'P.xml': PROXY },
      { settings: { properties: { [property]: 'true' } } },
    )
    expect((await request(ask(bad, type))).status).toBeGreaterThanOrEqual(400)
    expect(sender.requests).toEqual([])
    expect((await request(ask(good, type))).status).toBe(200)
    expect(sender.requests).toMatchObject([{ text: good }])
    expect((await request(ask(bad, 'text/plain'))).status).toBe(200)
  })
})

test('a form with too many parameters is the client’s mistake', async () => {
  const { request } = await memoryBus({
    'P.xml': artifact(
      '<proxy name="P"><target><inSequence><log level="full"/><respond/></inSequence></target></proxy>',
    ),
  })
  const form = (count: number): string => Array.from({ length: count }, (_, i) => `p${i}=v`).join('&')
  const type = 'application/x-www-form-urlencoded'
  expect((await request(ask(form(10_000), type))).status).toBe(200)
  const refused = await request(ask(form(10_001), type))
  expect(refused.status).toBe(400)
  expect(refused.text).toContain('the form has more than 10000 parameters')
})
