import { describe, expect, test } from 'vitest'
import type { ProtectStep } from '../plan.ts'
import { makeIdentity } from '../testing/certificates.ts'
import { asymmetric, nested, readAssertions, symmetric, transport, usernameToken } from '../testing/policies.ts'
import type { Role } from './certificate-reference.ts'
import type { PolicyKeys } from './policy-keys.ts'
import { type CompiledProtection, compileProtection } from './protect-compiler.ts'
import { PolicyReports } from './reader.ts'
import { Keyring } from '../keys/index.ts'

const client = makeIdentity({ subject: 'CN=client', key: 'rsa' })
const service = makeIdentity({ subject: 'CN=service', key: 'rsa' })
const elliptic = makeIdentity({ subject: 'CN=elliptic', key: 'ec' })
const ring = new Keyring([])
const BODY_SIGNED = '<sp:SignedParts><sp:Body/></sp:SignedParts>'
const BODY_ENCRYPTED = '<sp:EncryptedParts><sp:Body/></sp:EncryptedParts>'

const keysOf = (identity: typeof client | undefined, recipient: PolicyKeys['recipient']): PolicyKeys => ({
  identity: identity && { alias: identity.subject, key: identity.privateKey, chain: [identity.certificate] },
  recipient,
  trusted: ring,
  decryption: ring,
})

interface Compiled extends CompiledProtection {
  readonly mistakes: readonly string[]
}

function compile(
  assertions: string,
  sender: Role = 'initiator',
  keys: PolicyKeys = keysOf(client, sender === 'initiator' ? service.certificate : 'peer'),
): Compiled {
  const { alternatives, diagnostics } = readAssertions(assertions)
  expect(diagnostics).toEqual([])
  const mistakes: string[] = []
  const reports = new PolicyReports((code, message) => mistakes.push(`${code}: ${message}`))
  const [policy] = alternatives
  if (policy === undefined) throw new Error('there is no alternative')
  return { ...compileProtection({ policy, sender, keys, reports }), mistakes }
}

const words = ({ plan }: Compiled): string[] => plan.steps.map(({ step }) => step)

const stepNamed = <K extends ProtectStep['step']>(compiled: Compiled, step: K, index = 0) =>
  compiled.plan.steps.filter((each): each is Extract<ProtectStep, { step: K }> => each.step === step)[index]

const partsOf = (step: { parts: readonly { part: string }[] } | undefined): string[] =>
  step?.parts.map(({ part }) => part) ?? []

describe('an asymmetric binding', () => {
  test('signs, then encrypts with a key of its own', () => {
    const compiled = compile(asymmetric() + BODY_SIGNED + BODY_ENCRYPTED)
    expect(words(compiled)).toEqual(['timestamp', 'signature', 'encryption'])
    expect(partsOf(stepNamed(compiled, 'signature'))).toEqual(['body', 'timestamp'])
    const encryption = stepNamed(compiled, 'encryption')
    expect(encryption?.key).toMatchObject({ kind: 'fresh', recipient: service.certificate, reference: 'thumbprint' })
    expect(partsOf(encryption)).toEqual(['body'])
  })

  test('encrypts first where the policy says so', () => {
    const compiled = compile(asymmetric({ options: '<sp:EncryptBeforeSigning/>' }) + BODY_SIGNED + BODY_ENCRYPTED)
    expect(words(compiled)).toEqual(['encryption', 'signature'])
  })

  test('encrypts its signature under the same key, in either order', () => {
    const first = compile(asymmetric({ options: '<sp:EncryptSignature/>' }) + BODY_SIGNED + BODY_ENCRYPTED)
    expect(partsOf(stepNamed(first, 'encryption'))).toEqual(['body', 'signature'])
    const options = '<sp:EncryptSignature/><sp:EncryptBeforeSigning/>'
    const second = compile(asymmetric({ options }) + BODY_SIGNED + BODY_ENCRYPTED)
    expect(words(second)).toEqual(['encrypted-key', 'encryption', 'signature', 'encryption'])
    expect(stepNamed(second, 'encryption', 1)?.key).toEqual({ kind: 'named', name: 'session' })
  })

  test('answers are signed by reference, encrypted for whoever asked, and confirm', () => {
    const confirmed = `<sp:Wss11>${nested('<sp:RequireSignatureConfirmation/>')}</sp:Wss11>`
    const compiled = compile(asymmetric() + BODY_SIGNED + BODY_ENCRYPTED + confirmed, 'recipient')
    expect(words(compiled)).toEqual(['timestamp', 'confirmation', 'signature', 'encryption'])
    expect(stepNamed(compiled, 'signature')?.key).toMatchObject({ kind: 'identity', reference: 'thumbprint' })
    expect(partsOf(stepNamed(compiled, 'signature'))).toContain('confirmations')
    expect(stepNamed(compiled, 'encryption')?.key).toMatchObject({ recipient: 'peer' })
  })

  test('requests carry their certificate', () => {
    expect(stepNamed(compile(asymmetric() + BODY_SIGNED), 'signature')?.key).toMatchObject({ reference: 'direct' })
  })

  test('the key decides the algorithm of the signature', () => {
    const rsa = compile(asymmetric() + BODY_SIGNED)
    expect(stepNamed(rsa, 'signature')?.algorithm).toMatch(/#rsa-sha256$/)
    const ec = compile(asymmetric() + BODY_SIGNED, 'initiator', keysOf(elliptic, service.certificate))
    expect(stepNamed(ec, 'signature')?.algorithm).toMatch(/#ecdsa-sha256$/)
  })

  test.each([
    ['a signature without a key', undefined, service.certificate, 'there is no private key'],
    ['encryption for nobody', client, undefined, 'no encryptionUser says for whom'],
  ])('%s is a mistake', (_title, identity, recipient, message) => {
    const { mistakes } = compile(asymmetric() + BODY_SIGNED + BODY_ENCRYPTED, 'initiator', keysOf(identity, recipient))
    expect(mistakes).toEqual([expect.stringContaining(message)])
  })

  test('a suite without a signature for the key is a mistake', () => {
    const { mistakes } = compile(
      asymmetric({ suite: 'sp:Basic256' }) + BODY_SIGNED,
      'initiator',
      keysOf(elliptic, undefined),
    )
    expect(mistakes).toEqual([expect.stringContaining('the suite Basic256 has no signature for the key CN=elliptic')])
  })

  test('the layout says where the Timestamp stands', () => {
    const options = `<sp:IncludeTimestamp/><sp:Layout>${nested('<sp:LaxTsLast/>')}</sp:Layout>`
    expect(stepNamed(compile(asymmetric({ options }) + BODY_SIGNED), 'timestamp')?.position).toBe('last')
  })

  test('inclusive canonicalisation is honoured', () => {
    const inclusive = asymmetric().replace('<sp:Basic256Sha256/>', '<sp:Basic256Sha256/><sp:InclusiveC14N/>')
    expect(stepNamed(compile(inclusive + BODY_SIGNED), 'signature')?.canonicalization).toContain(
      'REC-xml-c14n-20010315',
    )
  })
})

describe('a symmetric binding', () => {
  test('makes one secret for both purposes, as long as the suite asks', () => {
    const compiled = compile(symmetric({ suite: 'sp:Basic128' }) + BODY_SIGNED + BODY_ENCRYPTED)
    expect(words(compiled)).toEqual(['timestamp', 'encrypted-key', 'signature', 'encryption'])
    expect(stepNamed(compiled, 'encrypted-key')).toMatchObject({ length: 16, reference: 'thumbprint' })
    expect(stepNamed(compiled, 'signature')).toMatchObject({ key: { kind: 'named', name: 'protection' } })
    expect(stepNamed(compiled, 'encryption')).toMatchObject({ key: { kind: 'named', name: 'protection' } })
  })

  test('answers use the secret of the request', () => {
    const compiled = compile(symmetric() + BODY_SIGNED, 'recipient')
    expect(compiled.reusesSecret).toBe(true)
    expect(words(compiled)).toEqual(['timestamp', 'signature'])
  })

  test('derives a key for each purpose', () => {
    const derived = symmetric().replace('<sp:RequireThumbprintReference/>', '<sp:RequireDerivedKeys/>')
    const compiled = compile(derived + BODY_SIGNED + BODY_ENCRYPTED)
    expect(words(compiled)).toEqual([
      'timestamp',
      'encrypted-key',
      'derived-key',
      'derived-key',
      'signature',
      'encryption',
    ])
    expect(stepNamed(compiled, 'derived-key')).toMatchObject({ from: 'protection', length: 24, version: '200512' })
    expect(stepNamed(compiled, 'derived-key', 1)).toMatchObject({ length: 32 })
  })

  test('a context, ticket or assertion is a token that somebody has to give', () => {
    const token = symmetric().replace(/<sp:X509Token[\s\S]*<\/sp:X509Token>/, '<sp:KerberosToken/>')
    const compiled = compile(token + BODY_SIGNED)
    expect(compiled.tokens).toMatchObject([{ name: 'protection', sent: true, token: { kind: 'kerberos' } }])
    expect(words(compiled)).toEqual(['timestamp', 'token', 'signature'])
  })

  test('without the certificate of the service there is no secret', () => {
    const { mistakes } = compile(symmetric() + BODY_SIGNED, 'initiator', keysOf(client, undefined))
    expect(mistakes).toEqual([expect.stringContaining('the policy needs the certificate of the service')])
  })

  test('a user name cannot protect', () => {
    const token = symmetric().replace(/<sp:X509Token[\s\S]*<\/sp:X509Token>/, '<sp:UsernameToken/>')
    expect(compile(token + BODY_SIGNED).mistakes).toEqual([
      expect.stringContaining('a username token cannot be used for a symmetric binding'),
    ])
  })
})

describe('supporting tokens', () => {
  test('over TLS the password goes in clear, without further ado', () => {
    const compiled = compile(transport() + usernameToken())
    expect(words(compiled)).toEqual(['timestamp', 'username-token'])
    expect(stepNamed(compiled, 'username-token')).toMatchObject({ password: 'text', nonce: false, created: false })
    expect(compiled.credentials).toBe(true)
  })

  test('a digest needs nonce and time', () => {
    const compiled = compile(transport() + usernameToken('<sp:HashPassword/>'))
    expect(stepNamed(compiled, 'username-token')).toMatchObject({ password: 'digest', nonce: true, created: true })
  })

  test('a signed one is signed, and a password in clear encrypted where anything is', () => {
    const compiled = compile(symmetric() + BODY_SIGNED + BODY_ENCRYPTED + usernameToken())
    expect(partsOf(stepNamed(compiled, 'signature'))).toContain('token')
    expect(partsOf(stepNamed(compiled, 'encryption'))).toContain('token')
    const signedOnly = compile(symmetric() + BODY_SIGNED + usernameToken())
    expect(stepNamed(signedOnly, 'encryption')).toBeUndefined()
  })

  test('an endorsing certificate signs the main signature, over TLS the Timestamp', () => {
    const endorsing = `<sp:EndorsingSupportingTokens>${nested('<sp:X509Token/>')}</sp:EndorsingSupportingTokens>`
    const message = compile(symmetric() + BODY_SIGNED + endorsing)
    expect(words(message)).toEqual(['timestamp', 'encrypted-key', 'signature', 'signature'])
    expect(stepNamed(message, 'signature', 1)?.parts).toEqual([{ part: 'signature', name: 'signature' }])
    const tls = compile(transport() + endorsing)
    expect(partsOf(stepNamed(tls, 'signature'))).toEqual(['timestamp'])
  })

  test('answers carry none', () => {
    expect(words(compile(symmetric() + BODY_SIGNED + usernameToken(), 'recipient'))).toEqual(['timestamp', 'signature'])
  })
})

test('optimizeParts, actor and mustUnderstand are those of the RampartConfig', () => {
  const config = `<rampart:RampartConfig><rampart:actor>urn:a</rampart:actor><rampart:mustUnderstand>false</rampart:mustUnderstand><rampart:optimizeParts><rampart:expressions><rampart:expression>//xenc:CipherValue</rampart:expression></rampart:expressions></rampart:optimizeParts></rampart:RampartConfig>`
  const { plan } = compile(asymmetric() + BODY_SIGNED + config)
  expect(plan).toMatchObject({ actor: 'urn:a', mustUnderstand: false })
  expect(plan.optimize).toHaveLength(1)
})

test('a wrong XPath is a mistake at its place', () => {
  const { mistakes } = compile(`${asymmetric()}<sp:SignedElements><sp:XPath>//nobody:a[</sp:XPath></sp:SignedElements>`)
  expect(mistakes).toEqual([expect.stringContaining('expression-invalid')])
})
