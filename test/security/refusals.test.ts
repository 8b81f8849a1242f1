import { describe, expect, test } from 'vitest'
import { asymmetric, nested, policyText, symmetric, transport, usernameToken } from '../../security/testing/policies.ts'
import { MOST_FAILED_CHECKS } from '../../security/service/failed-checks.ts'
import { makeIdentity } from '../../security/testing/certificates.ts'
import { BODY, BODY_ENCRYPTED, BODY_SIGNED, ask, loop, type LoopOptions } from './loop.ts'
import { clientConfig, makeKeys, type SecuredBus } from './secured-bus.ts'

const keys = makeKeys()

/** What the log says of a refusal by the service. */
const reasons = (bus: SecuredBus): string[] =>
  bus.log.lines
    .filter((line) => line.includes('proxy:Secure: fault'))
    .map((line) => line.replace(/.*security-failed: /, ''))

async function refused(
  policy: string,
  options: LoopOptions & { readonly tamper?: (text: string) => string } = {},
): Promise<string[]> {
  using bus = await loop(policyText(policy), keys, options)
  expect(bus.diagnostics.filter((each) => !each.includes('policy-doubtful'))).toEqual([])
  bus.loop.tamper = options.tamper
  await ask(bus)
  const [answer] = bus.loop.answers
  const text = answer?.body.toString() ?? ''
  expect(text).toContain('wsse:InvalidSecurity')
  expect(text).toContain('The security of the message could not be verified')
  expect(text).not.toMatch(/urn:q|alice|certificate|signature|digest/i)
  return reasons(bus)
}

const signed = asymmetric() + BODY_SIGNED
const secret = asymmetric() + BODY_SIGNED + BODY_ENCRYPTED

describe('a service refuses', () => {
  test('a caller whose messages fail over and over, whatever he sends next', async () => {
    using bus = await loop(policyText(secret), keys)
    bus.loop.tamper = (text) =>
      text.replace(/(CipherValue>)....(?=[^<]*<\/\w+:CipherValue><\/\w+:CipherData><\/\w+:EncryptedData>)/, '$1AAAA')
    for (let i = 0; i < MOST_FAILED_CHECKS; i++) await ask(bus)
    bus.loop.tamper = undefined
    await ask(bus)
    const texts = bus.loop.answers.map(({ body }) => body.toString().replace(/<correlationId>[^<]*/, ''))
    expect(texts).toHaveLength(MOST_FAILED_CHECKS + 1)
    expect(texts.at(-1)).toBe(texts[0])
    expect(reasons(bus).at(-1)).toContain('the caller failed too many checks before')
    expect(reasons(bus)[0]).not.toContain('too many')
  })

  test('a message without a security header', async () => {
    const tamper = (text: string): string => text.replace(/<wsse:Security[\s\S]*<\/wsse:Security>/, '')
    expect(await refused(signed, { tamper })).toEqual([expect.stringContaining('Missing Timestamp')])
  })

  test('a body that was changed', async () => {
    expect(await refused(signed, { tamper: (text) => text.replace('IBM', 'SUN') })).toEqual([
      expect.stringContaining('what is signed was changed'),
    ])
  })

  test('a signed body that was wrapped: the verified node is not the body', async () => {
    const tamper = (text: string): string => {
      const body = /<(\w+):Body[\s\S]*<\/\1:Body>/.exec(text)?.[0] ?? ''
      const evil = `<soapenv:Body xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><q:getQuote xmlns:q="urn:q"><q:symbol>EVIL</q:symbol></q:getQuote></soapenv:Body>`
      return text
        .replace(body, evil)
        .replace(/<\/(\w+):Header>/, `<w:Wrapper xmlns:w="urn:w">${body}</w:Wrapper></$1:Header>`)
    }
    expect(await refused(signed, { tamper })).toEqual([expect.stringContaining('Soap Body must be signed')])
  })

  test('a body that the client did not sign', async () => {
    const client = policyText(asymmetric())
    expect(await refused(signed, { clientPolicy: client })).toEqual([
      expect.stringContaining('Soap Body must be signed'),
    ])
  })

  test('a body that came readable', async () => {
    expect(await refused(secret, { clientPolicy: policyText(signed) })).toEqual([
      expect.stringContaining('Soap Body is not encrypted'),
    ])
  })

  test('encryption and signatures that nobody asked for', async () => {
    expect(await refused(signed, { clientPolicy: policyText(secret) })).toEqual([
      expect.stringContaining('Unexpected encrypted data found'),
    ])
    expect(await refused(usernameToken(), { clientPolicy: policyText(asymmetric() + usernameToken()) })).not.toEqual([])
  })

  test('the other order of protection', async () => {
    const first =
      asymmetric({ options: '<sp:IncludeTimestamp/><sp:EncryptBeforeSigning/>' }) + BODY_SIGNED + BODY_ENCRYPTED
    expect(await refused(secret, { clientPolicy: policyText(first) })).toEqual([
      expect.stringContaining('Protection order mismatch'),
    ])
    expect(await refused(first, { clientPolicy: policyText(secret) })).toEqual([
      expect.stringContaining('Protection order mismatch'),
    ])
  })

  test('another algorithm suite', async () => {
    const other = asymmetric({ suite: 'sp:Basic256' }) + BODY_SIGNED
    expect(await refused(signed, { clientPolicy: policyText(other) })).toEqual([
      expect.stringContaining('an algorithm is not allowed here'),
    ])
  })

  test('a signature that is not encrypted where it must be', async () => {
    const hidden =
      asymmetric({ options: '<sp:IncludeTimestamp/><sp:EncryptSignature/>' }) + BODY_SIGNED + BODY_ENCRYPTED
    expect(await refused(hidden, { clientPolicy: policyText(secret) })).toEqual([
      expect.stringContaining('the signature must be encrypted'),
    ])
  })

  test('a token that is not signed where it must be', async () => {
    const protects = asymmetric({ options: '<sp:ProtectTokens/>' }) + BODY_SIGNED
    expect(await refused(protects, { clientPolicy: policyText(asymmetric({ options: '' }) + BODY_SIGNED) })).toEqual([
      expect.stringContaining('the token of the signature must be signed'),
    ])
  })

  test('a certificate that nobody trusts', async () => {
    const stranger = makeIdentity({ subject: 'CN=client', key: 'rsa', serial: 9n, usages: 0xf0 })
    const pem = `${stranger.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()}${stranger.certificate.toString()}`
    expect(await refused(signed, { more: { 'security/client.pem': pem } })).toEqual([
      expect.stringContaining('a certificate is not trusted'),
    ])
  })

  test('a secret that anybody can make, where a certificate has to sign', async () => {
    expect(await refused(signed, { clientPolicy: policyText(symmetric() + BODY_SIGNED) })).toEqual([
      expect.stringContaining('no signature was made with the token that the policy asks for'),
    ])
  })

  test.each(['alice', 'nobody'])('a wrong password and an unknown user alike: %s', async (user) => {
    const callback =
      "export const alias = ['com.acme.Callback']\nexport default ({ usage }) => (usage === 'key' ? undefined : 'wrong')\n"
    const client = clientConfig(
      `<rampart:user>${user}</rampart:user><rampart:passwordCallbackClass>com.acme.Callback</rampart:passwordCallbackClass>`,
    )
    const policy = symmetric() + BODY_SIGNED + usernameToken()
    expect(await refused(policy, { client, more: { 'mediators/callback.ts': callback } })).toEqual([
      expect.stringContaining('user or password is wrong'),
    ])
  })

  test('COMPAT included-token-tolerated: a certificate that should come and does not, not one that comes and need not', async () => {
    const never = policyText(signed).replace('/IncludeToken/AlwaysToRecipient', '/IncludeToken/Never')
    expect(await refused(signed, { clientPolicy: never })).toEqual([
      expect.stringContaining('Binary Security Token missing in request'),
    ])
    using bus = await loop(never, keys, { clientPolicy: policyText(signed) })
    expect((await ask(bus)).status).toBe(200)
    expect(bus.loop.requests[0]?.body.toString()).toContain('BinarySecurityToken')
  })

  test('a message that comes twice', async () => {
    using bus = await loop(policyText(signed), keys)
    await ask(bus)
    const [first] = bus.loop.requests
    const again = await bus.request({
      target: '/services/Secure',
      body: first?.body ?? '',
      headers: { SOAPAction: '"urn:getQuote"' },
    })
    expect(again.status).toBe(500)
    expect(reasons(bus)).toEqual([expect.stringContaining('received before')])
  })

  test('plain HTTP where the policy asks for TLS', async () => {
    using bus = await loop(policyText(transport() + usernameToken()), keys)
    const reply = await bus.request({ target: '/services/Secure', body: BODY })
    expect(reply.status).toBe(500)
    expect(reasons(bus)).toEqual([expect.stringContaining('Expected transport is "https"')])
  })

  test('JSON, and nothing at all', async () => {
    using bus = await loop(policyText(signed), keys)
    const json = await bus.request({ target: '/services/Secure', body: '{}', contentType: 'application/json' })
    expect(json.status).toBe(403)
    const get = await bus.request({ target: '/services/Secure', method: 'GET' })
    expect(get.status).toBeGreaterThanOrEqual(400)
    expect(reasons(bus)).toHaveLength(2)
  })

  test('a user without one of the roles', async () => {
    const policy = symmetric() + BODY_SIGNED + usernameToken()
    using bus = await loop(policyText(policy), keys, {
      parameters: '<parameter name="allowRoles">auditor, boss</parameter>',
    })
    await ask(bus)
    expect(reasons(bus)).toEqual([expect.stringContaining('alice has none of the roles auditor, boss')])
  })

  test('SOAP 1.2 requests with a fault of SOAP 1.2', async () => {
    using bus = await loop(policyText(signed), keys)
    const body = BODY.replaceAll('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope')
    const reply = await bus.request({ target: '/services/Secure', body, contentType: 'application/soap+xml' })
    expect(reply.status).toBe(400)
    expect(reply.text).toMatch(/Subcode>.*wsse:InvalidSecurity/s)
  })
})

describe('a client refuses', () => {
  const confirmed = `${signed}<sp:Wss11>${nested('<sp:RequireSignatureConfirmation/>')}</sp:Wss11>`

  test.each([
    ['an answer that was changed', signed, (text: string) => text.replace('IBM', 'SUN'), 'what is signed was changed'],
    [
      'an answer without security',
      signed,
      (text: string) => text.replace(/<wsse:Security[\s\S]*<\/wsse:Security>/, ''),
      'Missing Timestamp',
    ],
    [
      'an answer that confirms other signatures',
      confirmed,
      (text: string) =>
        text.replace(/SignatureConfirmation ([^>]*)Value="[^"]{4}/, 'SignatureConfirmation $1Value="AAAA'),
      'what is signed was changed',
    ],
  ])('%s', async (_title, policy, tamper, reason) => {
    using bus = await loop(policyText(policy), keys)
    bus.loop.tamperAnswer = tamper
    const reply = await ask(bus)
    expect(reply.status).toBe(500)
    expect(reply.text).not.toContain('SUN')
    expect(bus.log.lines.filter((line) => line.includes('proxy:Front: fault')).join()).toContain(reason)
  })

  test('to send a password in clear', async () => {
    using bus = await loop(policyText(transport() + usernameToken()), keys, { scheme: 'http' })
    expect((await ask(bus)).status).toBe(500)
    expect(bus.loop.requests).toEqual([])
  })

  test('nothing where a fault comes unsecured, but says that it proves nothing', async () => {
    using bus = await loop(policyText(signed), keys, {
      out: '<property name="seen" expression="get-property(\'axis2\', \'viaduct.security.unauthenticated\')"/><log level="custom"><property name="seen" expression="$ctx:seen"/></log>',
    })
    bus.loop.tamper = (text) => text.replace('IBM', 'SUN')
    const reply = await ask(bus)
    expect(reply.text).toContain('wsse:InvalidSecurity')
    expect(bus.log.lines.join('\n')).toContain('seen = true')
  })
})
