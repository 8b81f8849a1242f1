import { describe, expect, test } from 'vitest'
import { main } from '../../cli/main.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { makeIdentity } from '../../security/testing/certificates.ts'
import { asymmetric, policyText, symmetric, usernameToken } from '../../security/testing/policies.ts'
import { ask, BODY, BODY_ENCRYPTED, BODY_SIGNED, loop } from './loop.ts'
import { keystores, makeKeys } from './secured-bus.ts'

const keys = makeKeys()
const SIGNED = policyText(asymmetric() + BODY_SIGNED)
const SECRET = policyText(asymmetric() + BODY_SIGNED + BODY_ENCRYPTED)

/** The request and the answer as they went over the wire. */
async function exchanged(policy: string, body = BODY): Promise<{ request: string; answer: string }> {
  using bus = await loop(policy, keys)
  await ask(bus, body)
  return { request: bus.loop.requests[0]?.body.toString() ?? '', answer: bus.loop.answers[0]?.body.toString() ?? '' }
}

interface Explained {
  readonly status: number
  readonly text: string
}

async function explain(message: string, policy: string, ...more: readonly string[]): Promise<Explained> {
  using folder = new TestFolder({ ...keystores(keys), 'message.xml': message, 'policy.xml': policy })
  const lines: string[] = []
  const out = (line: string): void => void lines.push(line)
  const io = { out, error: out, cwd: folder.path, environment: {}, terminal: false }
  const stores = more.includes('--keystore')
    ? []
    : ['--keystore', 'security/service.pem', '--keystore', 'security/partners.pem']
  const status = await main(['explain', 'message.xml', '--policy', 'policy.xml', ...stores, ...more], io)
  return { status, text: lines.join('\n') }
}

describe('viaduct explain <message>', () => {
  test('tells what a good message proves', async () => {
    const { request } = await exchanged(SECRET)
    const { status, text } = await explain(request, SECRET)
    expect(status).toBe(0)
    expect(text).toMatch(/Timestamp: created .* until/)
    expect(text).toContain('signature: good, rsa-sha256, by the certificate CN=client, over Body, Timestamp')
    expect(text).toContain('decrypted: content of Body, aes256-cbc')
    expect(text).toContain('the message satisfies the policy')
  })

  test('reads an answer as its client would', async () => {
    const { answer } = await exchanged(SIGNED)
    const { status, text } = await explain(
      answer,
      SIGNED,
      '--response',
      '--keystore',
      'security/client.pem',
      '--keystore',
      'security/service.crt',
    )
    expect(text).toContain('by the certificate CN=service')
    expect(status).toBe(0)
  })

  test('finds the indentation that broke a digest', async () => {
    const { request } = await exchanged(SIGNED)
    const indented = request.replace('<q:symbol>', '\n      <q:symbol>')
    const { status, text } = await explain(indented, SIGNED)
    expect(status).toBe(1)
    expect(text).toContain('digest-wrong: what is signed was changed')
    expect(text).toMatch(/reference #id-/)
    expect(text).toMatch(/expected {2}[A-Za-z0-9+/=]{44}/)
    expect(text).toMatch(/canonical <soapenv:Body/)
    expect(text).toContain('cause:  white space was added between elements after signing')
  })

  test('only guesses where nothing can be proved', async () => {
    const { request } = await exchanged(SIGNED)
    const { text } = await explain(request.replace('IBM', 'SUN'), SIGNED)
    expect(text).toContain('likely: what is signed was changed after it was signed')
    expect(text).not.toContain('cause: ')
  })

  test('names a body that was wrapped', async () => {
    const { request } = await exchanged(SIGNED)
    const body = /<(\w+):Body[\s\S]*<\/\1:Body>/.exec(request)?.[0] ?? ''
    const evil = '<soapenv:Body xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><evil/></soapenv:Body>'
    const wrapped = request
      .replace(body, evil)
      .replace(/<\/(\w+):Header>/, `<w:Box xmlns:w="urn:w">${body}</w:Box></$1:Header>`)
    const { text } = await explain(wrapped, SIGNED)
    expect(text).toContain('part-unsigned')
    expect(text).toContain(
      'the Body that was signed stands in <Box>, and another one in its place: the message was wrapped',
    )
  })

  test('says how old a message is, and what else is wrong with it', async () => {
    const { request } = await exchanged(SIGNED)
    const later = new Date(Date.now() + 3_600_000).toISOString()
    const old = await explain(request, SIGNED, '--now', later)
    expect(old.status).toBe(1)
    expect(old.text).toContain('message-expired')
    expect(old.text).toContain('as of its creation: signature: good')
    const both = await explain(request.replace('IBM', 'SUN'), SIGNED, '--now', later)
    expect(both.text).toContain('message-expired')
    expect(both.text).toContain('digest-wrong')
  })

  test('says whose keys are missing', async () => {
    const { request } = await exchanged(SECRET)
    const { text } = await explain(request, SECRET, '--keystore', 'security/client.pem')
    expect(text).toMatch(/certificate-untrusted|token-unavailable/)
    const unread = await explain(
      (await exchanged(policyText(symmetric() + BODY_SIGNED + BODY_ENCRYPTED))).request,
      SECRET,
      '--keystore',
      'security/client.pem',
    )
    expect(unread.text).toContain('the keystore holds client (key of CN=client)')
  })

  test('leaves passwords of digests alone too', async () => {
    const policy = policyText(symmetric() + BODY_SIGNED + usernameToken('<sp:HashPassword/>'))
    const { request } = await exchanged(policy)
    const { text, status } = await explain(request, policy)
    expect(text).toContain('UsernameToken: alice, password digest')
    expect(text).toContain('note: passwords are not checked here')
    expect(text).not.toContain('authentication-failed')
    expect(status).toBe(0)
  })

  test('says which assertion is not met', async () => {
    const { request } = await exchanged(SIGNED)
    const { status, text } = await explain(request, SECRET)
    expect(status).toBe(1)
    expect(text).toContain('part-unencrypted')
  })

  test('leaves passwords alone, and says so', async () => {
    const policy = policyText(symmetric() + BODY_SIGNED + usernameToken())
    const { request } = await exchanged(policy)
    const { text } = await explain(request, policy)
    expect(text).toContain('UsernameToken: alice, password text')
    expect(text).toContain('note: passwords are not checked here')
    expect(text).not.toContain('password of alice')
  })

  test('a certificate that nobody trusts is one in the keystore too few', async () => {
    const stranger = makeIdentity({ subject: 'CN=stranger', key: 'rsa' })
    const { request } = await exchanged(SIGNED)
    using folder = new TestFolder({
      'message.xml': request,
      'policy.xml': SIGNED,
      'other.crt': stranger.certificate.toString(),
    })
    const lines: string[] = []
    const out = (line: string): void => void lines.push(line)
    const io = { out, error: out, cwd: folder.path, environment: {}, terminal: false }
    expect(
      await main(['explain', 'message.xml', '--policy', 'policy.xml', '--keystore', 'other.crt', '--json'], io),
    ).toBe(1)
    const explanation = JSON.parse(lines.join('\n')) as { passes: boolean; failures: { reason: string }[] }
    expect(explanation).toMatchObject({ passes: false, failures: [{ reason: 'certificate-untrusted' }] })
  })

  test.each([
    [['--policy', 'policy.xml'], 2, 'a message is explained with --policy FILE and --keystore FILE'],
    [['--policy', 'policy.xml', '--keystore', 'security/service.pem', '--now', 'soon'], 2, 'this is no ISO time'],
    [['--policy', 'message.xml', '--keystore', 'security/service.pem'], 1, 'element-unknown'],
  ])('%j is not enough', async (args, status, message) => {
    using folder = new TestFolder({ ...keystores(keys), 'message.xml': BODY, 'policy.xml': SIGNED })
    const lines: string[] = []
    const out = (line: string): void => void lines.push(line)
    const io = { out, error: out, cwd: folder.path, environment: {}, terminal: false }
    expect(await main(['explain', 'message.xml', ...args], io)).toBe(status)
    expect(lines.join('\n')).toContain(message)
  })
})
