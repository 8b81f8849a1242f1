import { DEFAULT_SETTINGS } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { artifact, memoryBus } from './memory-bus.ts'

const ENVELOPE =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><ask>why</ask></s:Body></s:Envelope>'
const SEND = '<send><endpoint><address uri="http://backend/s"/></endpoint></send>'

/** Bodies of more than 6 bytes cannot be built, so that only what streams gets through. */
const streaming = { dialect: 'apache', limits: { ...DEFAULT_SETTINGS.limits, body: 6 } } as const

const ASK = { body: ENVELOPE, streamed: true, headers: { SOAPAction: '"a"' } }

describe('send in the dialect of Apache', () => {
  test('leaves what follows a message of its own, although the body came as a stream that nobody had read', async () => {
    const proxy = artifact(
      `<proxy name="P"><target><inSequence>${SEND}<payloadFactory><format><changed/></format><args/></payloadFactory><property name="seen" expression="name(//*[local-name()='Body']/*)"/><log level="custom"><property name="seen" expression="$ctx:seen"/></log></inSequence></target></proxy>`,
    )
    const { request, sender, services, diagnostics } = await memoryBus(
      { 'P.xml': proxy },
      { settings: { dialect: 'apache' } },
    )
    expect(diagnostics).toEqual([])
    const reply = await request({ ...ASK, target: '/services/P' })
    expect(reply.status).toBe(200)
    expect(sender.requests).toMatchObject([{ text: ENVELOPE }])
    expect((services.log as unknown as { lines: string[] }).lines).toContainEqual(
      expect.stringContaining('seen = changed'),
    )
  })

  test.each([
    ['main', `<sequence name="main"><in>${SEND}</in><out><send/></out></sequence>`],
    ['an in sequence', `<proxy name="P"><target><inSequence><log/>${SEND}</inSequence></target></proxy>`],
  ])('streams at the end of %s', async (_place, xml) => {
    const { request, sender } = await memoryBus(
      { 'a.xml': artifact(xml.replace('<log/>', '')) },
      { settings: streaming },
    )
    expect((await request({ ...ASK, target: '/services/P' })).status).toBe(200)
    expect(sender.requests).toMatchObject([{ text: ENVELOPE }])
  })

  test.each([
    ['mediators', `<sequence name="main">${SEND}<drop/></sequence>`],
    [
      'the endpoint of the target',
      `<proxy name="P"><target endpoint="e"><inSequence>${SEND}</inSequence></target></proxy>`,
    ],
    [
      'callers of a named sequence',
      `<proxy name="P"><target><inSequence><sequence key="s"/></inSequence></target></proxy>`,
    ],
  ])('reads the body first where it may have to be shared with %s', async (_followers, xml) => {
    const files = {
      'a.xml': artifact(xml),
      'e.xml': artifact('<endpoint name="e"><address uri="http://other/s"/></endpoint>'),
      's.xml': artifact(`<sequence name="s">${SEND}</sequence>`),
    }
    const { request, sender, diagnostics } = await memoryBus(files, { settings: streaming })
    expect(diagnostics.filter((line) => line.includes(' error '))).toEqual([])
    expect((await request({ ...ASK, target: '/services/P' })).status).toBe(413)
    expect(sender.requests).toEqual([])
  })
})
