import { createHash, randomBytes } from 'node:crypto'
import { makePart, readRelated, writeSwa } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { asymmetric, policyText } from '../../security/testing/policies.ts'
import { clientConfig, keystores, makeKeys, SecuredBus, serviceConfig, withConfig } from './secured-bus.ts'

const keys = makeKeys()
const IMAGE = randomBytes(3000)
const ENVELOPE =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><u:upload xmlns:u="urn:u">image@test</u:upload></soapenv:Body></soapenv:Envelope>'
const SIGNED = '<sp:SignedParts><sp:Body/><sp:Attachments/></sp:SignedParts>'
const ENCRYPTED = '<sp:EncryptedParts><sp:Body/><sp:Attachments/></sp:EncryptedParts>'

const chain = (policy: string): Promise<SecuredBus> =>
  SecuredBus.open({
    home: keystores(keys),
    artifacts: {
      'service-policy.xml': `<localEntry key="service-policy">${withConfig(policyText(policy), serviceConfig())}</localEntry>`,
      'client-policy.xml': `<localEntry key="client-policy">${withConfig(policyText(policy), clientConfig())}</localEntry>`,
      'front.xml':
        '<proxy name="Front"><target><inSequence><send><endpoint><address uri="http://loop/services/Secure" optimize="swa"><enableSec policy="client-policy"/></address></endpoint></send></inSequence><outSequence><property name="enableSwA" value="true" scope="axis2"/><send/></outSequence></target></proxy>',
      'secure.xml':
        '<proxy name="Secure"><target><inSequence><property name="enableSwA" value="true" scope="axis2"/><respond/></inSequence></target><policy key="service-policy"/><enableSec/></proxy>',
    },
  })

function upload(): { body: Buffer; contentType: string } {
  const options = { boundary: 'b', rootId: 'root@test', envelopeType: 'text/xml', charset: 'UTF-8', action: undefined }
  const { contentType, chunks } = writeSwa(Buffer.from(ENVELOPE), options, [makePart('image@test', 'image/png', IMAGE)])
  return { body: Buffer.concat(chunks), contentType }
}

const sha256 = (bytes: Uint8Array | undefined): string =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')

describe('an attachment beside the envelope (SwA)', () => {
  test.each([
    ['is signed', asymmetric() + SIGNED, true],
    ['is signed and encrypted', asymmetric() + SIGNED + ENCRYPTED, false],
  ])('%s, both ways', async (_title, policy, readable) => {
    using bus = await chain(policy)
    expect(bus.diagnostics).toEqual([])
    const reply = await bus.request({ target: '/services/Front', ...upload(), headers: { SOAPAction: '"urn:upload"' } })
    expect([reply.status, ...bus.log.lines.filter((line) => line.includes('fault'))]).toEqual([200])
    const [sent] = bus.loop.requests
    expect(sent?.contentType).toMatch(/^multipart\/related/)
    expect(sent?.body.includes(IMAGE)).toBe(readable)
    const { parts } = readRelated(reply.body, reply.headers.get('content-type') ?? '')
    expect(sha256(parts[0]?.bytes)).toBe(sha256(IMAGE))
  })

  test('that was changed is refused', async () => {
    using bus = await chain(asymmetric() + SIGNED)
    await bus.request({ target: '/services/Front', ...upload(), headers: { SOAPAction: '"urn:upload"' } })
    const [sent] = bus.loop.requests
    const body = Buffer.from(sent?.body ?? '')
    body.fill(0, body.indexOf(IMAGE), body.indexOf(IMAGE) + 4)
    const reply = await bus.request({
      target: '/services/Secure',
      body,
      contentType: sent?.contentType ?? '',
      headers: { SOAPAction: '"urn:upload"' },
    })
    expect(reply.status).toBe(500)
    expect(bus.log.lines.join('\n')).toContain('what is signed was changed')
  })
})
