import { createHash, randomBytes } from 'node:crypto'
import { parseXml, readRelated, setText, writeMtom } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { asymmetric, policyText } from '../../security/testing/policies.ts'
import { BODY_ENCRYPTED, BODY_SIGNED } from './loop.ts'
import { clientConfig, keystores, makeKeys, SecuredBus, serviceConfig, withConfig } from './secured-bus.ts'

const keys = makeKeys()
const IMAGE = randomBytes(5000)
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const OPTIMIZE = `<rampart:optimizeParts><rampart:expressions><rampart:expression>//xenc:EncryptedData/xenc:CipherData/xenc:CipherValue</rampart:expression></rampart:expressions></rampart:optimizeParts>`

/** Client → Front (secures) → Secure (verifies) → Plain: the way of sample 51 with security in between. */
const chain = (
  policy: string,
  options: { optimizeParts?: string; out?: string; wsdl?: string } = {},
): Promise<SecuredBus> =>
  SecuredBus.open({
    home: { ...keystores(keys), ...(options.wsdl === undefined ? {} : { 'binary.wsdl': options.wsdl }) },
    artifacts: {
      'service-policy.xml': `<localEntry key="service-policy">${withConfig(policy, serviceConfig())}</localEntry>`,
      'client-policy.xml': `<localEntry key="client-policy">${withConfig(policy, clientConfig(`<rampart:user>alice</rampart:user>${options.optimizeParts ?? ''}`))}</localEntry>`,
      'front.xml':
        '<proxy name="Front"><target><inSequence><send><endpoint><address uri="http://loop/services/Secure" optimize="mtom"><enableSec policy="client-policy"/></address></endpoint></send></inSequence><outSequence><property name="enableMTOM" value="true" scope="axis2"/><send/></outSequence></target></proxy>',
      'secure.xml': `<proxy name="Secure"><target><inSequence><send><endpoint><address uri="http://loop/services/Plain" optimize="mtom"/></endpoint></send></inSequence><outSequence>${options.out ?? ''}<send/></outSequence></target><policy key="service-policy"/><enableSec/></proxy>`,
      'plain.xml': '<proxy name="Plain"><target><inSequence><respond/></inSequence></target></proxy>',
    },
  })

function upload(): { body: Buffer; contentType: string } {
  const tree = parseXml(
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><u:upload xmlns:u="urn:u"><u:image/></u:upload></soapenv:Body></soapenv:Envelope>',
  )
  const image = tree.root.children
    .flatMap((body) => ('children' in body ? body.children : []))
    .flatMap((each) => ('children' in each ? each.children : []))[0]
  if (image === undefined || !('children' in image)) throw new Error('no image')
  setText(image, { bytes: IMAGE, contentType: 'image/png' })
  const options = { boundary: 'b', rootId: 'root@test', envelopeType: 'text/xml', charset: 'UTF-8', action: undefined }
  const { contentType, chunks } = writeMtom(tree, options, () => 'image@test', [])
  return { body: Buffer.concat(chunks), contentType }
}

/** The bytes of the part that is not the envelope. */
function attachmentIn({ body, contentType }: { body: Buffer; contentType: string }): Uint8Array | undefined {
  const { parts } = readRelated(Buffer.from(body), contentType)
  return parts[0]?.bytes
}

describe('an attachment', () => {
  const ask = (bus: SecuredBus) =>
    bus.request({ target: '/services/Front', ...upload(), headers: { SOAPAction: '"urn:upload"' } })

  test('is signed as if it were inline, and arrives', async () => {
    using bus = await chain(policyText(asymmetric() + BODY_SIGNED))
    const reply = await ask(bus)
    expect(reply.status).toBe(200)
    const [secured, plain] = bus.loop.requests
    for (const request of [secured, plain]) {
      expect(request?.contentType).toMatch(/^multipart\/related.*application\/xop\+xml/)
      expect(request && sha256(attachmentIn(request) ?? Buffer.alloc(0))).toBe(sha256(IMAGE))
    }
  })

  test('goes into the ciphertext, and leaves as an attachment again for a back end that wants one', async () => {
    using bus = await chain(policyText(asymmetric() + BODY_SIGNED + BODY_ENCRYPTED))
    const reply = await ask(bus)
    expect([reply.status, ...bus.log.lines.filter((line) => line.includes('fault'))]).toEqual([200])
    const [secured, plain] = bus.loop.requests
    expect(secured?.body.includes(IMAGE)).toBe(false)
    expect(plain?.contentType).toMatch(/^multipart\/related/)
    const back = { body: reply.body, contentType: reply.headers.get('content-type') ?? '' }
    expect(sha256(attachmentIn(back) ?? Buffer.alloc(0))).toBe(sha256(IMAGE))
    expect(plain && sha256(attachmentIn(plain) ?? Buffer.alloc(0))).toBe(sha256(IMAGE))
  })

  test('optimizeParts: the ciphertext itself travels as an attachment', async () => {
    using bus = await chain(policyText(asymmetric() + BODY_SIGNED + BODY_ENCRYPTED), { optimizeParts: OPTIMIZE })
    const reply = await ask(bus)
    expect([reply.status, ...bus.log.lines.filter((line) => line.includes('fault'))]).toEqual([200])
    const [secured, plain] = bus.loop.requests
    expect(secured?.contentType).toMatch(/^multipart\/related/)
    expect(secured?.body.toString('latin1')).toMatch(/<(\w+:)?CipherValue[^>]*><(\w+:)?Include/)
    // No third more, as base64 of the ciphertext would be; the image itself is base64 inside of it.
    expect(secured?.body.length).toBeLessThan(IMAGE.length * 1.34 + 9000)
    expect(plain && sha256(attachmentIn(plain) ?? Buffer.alloc(0))).toBe(sha256(IMAGE))
  })

  test('enableMTOM: a signed answer carries it as an attachment', async () => {
    using bus = await chain(policyText(asymmetric() + BODY_SIGNED), {
      out: '<property name="enableMTOM" value="true" scope="axis2"/>',
    })
    await ask(bus)
    const answer = bus.loop.answers.find(({ url }) => url.endsWith('/Secure'))
    expect(answer?.contentType).toMatch(/^multipart\/related/)
    expect(answer && sha256(attachmentIn(answer) ?? Buffer.alloc(0))).toBe(sha256(IMAGE))
  })

  test('a changed part is refused', async () => {
    using bus = await chain(policyText(asymmetric() + BODY_SIGNED))
    await ask(bus)
    const [secured] = bus.loop.requests
    if (secured === undefined) throw new Error('nothing was sent')
    const body = Buffer.from(secured.body)
    body.fill(0, body.indexOf(IMAGE), body.indexOf(IMAGE) + 10)
    const reply = await bus.request({
      target: '/services/Secure',
      body,
      contentType: secured.contentType,
      headers: { SOAPAction: '"urn:upload"' },
    })
    expect(reply.status).toBe(500)
    expect(bus.log.lines.join('\n')).toContain('what is signed was changed')
  })
})
