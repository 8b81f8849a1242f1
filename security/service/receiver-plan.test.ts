import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../runtime/settings.ts'
import type { PolicyKeys } from '../policy/policy-keys.ts'
import { asymmetric, nested, readAssertions, symmetric, transport, usernameToken } from '../testing/policies.ts'
import { CertificateCache } from '../tokens/certificate-cache.ts'
import type { VerifyPlan } from '../verify-plan.ts'
import { BODY } from '../testing/verified.ts'
import { compileReceiver } from './receiver-plan.ts'

const DSIG = 'http://www.w3.org/2000/09/xmldsig#'
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const XENC = 'http://www.w3.org/2001/04/xmlenc#'

/** What a receiver under a policy with these assertions allows. */
function planOf(assertions: string, minimumKeyBits = 2048): VerifyPlan {
  const { alternatives } = readAssertions(assertions)
  expect(alternatives).not.toEqual([])
  return compileReceiver({
    service: 'echo',
    alternatives,
    keys: { identity: undefined, recipient: 'peer', trusted: {}, decryption: {} } as unknown as PolicyKeys,
    certificates: new CertificateCache(),
    handlers: [],
    settings: { ...DEFAULT_SETTINGS, security: { ...DEFAULT_SETTINGS.security, minimumKeyBits } },
  })
}

const either = (...each: readonly string[]): string =>
  `<wsp:ExactlyOne>${each.map((assertions) => `<wsp:All>${assertions}</wsp:All>`).join('')}</wsp:ExactlyOne>`
const rampart = (inside: string): string => `<rampart:RampartConfig>${inside}</rampart:RampartConfig>`
const sorted = (names: ReadonlySet<string>): readonly string[] => [...names].toSorted()

describe('algorithms', () => {
  test('are those of the suite and no others', () => {
    const { algorithms } = planOf(asymmetric({ suite: 'sp:Basic128' }) + BODY)
    expect(algorithms.signature.has(`${DSIG}rsa-sha1`)).toBe(true)
    expect(algorithms.signature.has(`${MORE}rsa-sha256`)).toBe(false)
    expect(sorted(algorithms.encryption)).toEqual([`${XENC}aes128-cbc`])
    expect([...algorithms.keyTransport].every((name) => name.includes('oaep'))).toBe(true)
  })

  test('never sign with what has been broken', () => {
    for (const suite of ['sp:Basic256', 'sp:Basic256Sha256', 'sp:TripleDesRsa15']) {
      const { signature } = planOf(symmetric({ suite }) + BODY).algorithms
      expect([...signature].every((name) => /(hmac|rsa|ecdsa)-sha(1|256|384|512)$/.test(name))).toBe(true)
    }
  })

  test('of all alternatives may come', () => {
    const plan = planOf(either(asymmetric({ suite: 'sp:Basic128' }), asymmetric({ suite: 'sp:Basic256Sha256' })))
    expect(sorted(plan.algorithms.encryption)).toEqual([`${XENC}aes128-cbc`, `${XENC}aes256-cbc`])
    expect(plan.algorithms.signature.has(`${MORE}rsa-sha256`)).toBe(true)
    expect(plan.algorithms.signature.has(`${DSIG}rsa-sha1`)).toBe(true)
  })

  test('where no suite is named are those with SHA-256', () => {
    const { algorithms } = planOf(usernameToken())
    expect(algorithms.signature.has(`${MORE}rsa-sha256`)).toBe(true)
    expect(algorithms.digest.has(`${XENC}sha256`)).toBe(true)
    expect(algorithms.digest.has(`${DSIG}sha1`)).toBe(false)
  })

  test('inclusive canonical forms only where the policy says so', () => {
    expect(planOf(asymmetric()).algorithms.canonicalization.size).toBe(1)
    const inclusive = asymmetric({ suite: 'sp:Basic256Sha256/><sp:InclusiveC14N' })
    expect(planOf(inclusive).algorithms.canonicalization.size).toBe(2)
    const lenient = rampart('<rampart:disableBSPEnforcement>true</rampart:disableBSPEnforcement>')
    expect(planOf(asymmetric() + lenient)).toMatchObject({ lenient: true })
    expect(planOf(asymmetric() + lenient).algorithms.canonicalization.size).toBe(2)
  })

  test('with keys as long as the settings ask', () => {
    expect(planOf(asymmetric()).algorithms.minimumRsa).toBe(2048)
    expect(planOf(asymmetric(), 3072).algorithms.minimumRsa).toBe(3072)
  })
})

describe('user names', () => {
  test.each<[string, string, readonly string[]]>([
    ['any password', '', ['digest', 'text']],
    ['digests alone', '<sp:HashPassword/>', ['digest']],
    ['no password', '<sp:NoPassword/>', ['derived', 'none']],
  ])('with %s', (_title, inside, passwords) => {
    expect(sorted(planOf(transport() + usernameToken(inside)).username.passwords)).toEqual(passwords)
  })

  test('without a password where the configuration allows it', () => {
    const config = rampart('<rampart:allowUsernameTokenNoPassword>true</rampart:allowUsernameTokenNoPassword>')
    expect(planOf(transport() + usernameToken() + config).username.passwords.has('none')).toBe(true)
    expect(planOf(transport() + usernameToken()).username.passwords.has('none')).toBe(false)
  })

  test('as many as one alternative asks for, and never none', () => {
    expect(planOf(asymmetric()).username.maximum).toBe(1)
    const two = usernameToken() + usernameToken('', 'EndorsingSupportingTokens')
    expect(planOf(transport() + two).username.maximum).toBe(2)
    expect(planOf(either(transport() + two, asymmetric() + usernameToken())).username.maximum).toBe(2)
  })
})

describe('clocks', () => {
  test('are those of the configuration, in seconds', () => {
    const config = rampart(
      `<rampart:timestampTTL>60</rampart:timestampTTL><rampart:timestampMaxSkew>5</rampart:timestampMaxSkew><rampart:nonceLifeTime>77</rampart:nonceLifeTime><rampart:timestampStrict>true</rampart:timestampStrict>`,
    )
    const { clock, username } = planOf(asymmetric() + config)
    expect(clock).toMatchObject({ ttl: 60, skew: 5, strict: true })
    expect(username.nonceLifetime).toBe(77)
  })

  test('wherever in the policy that stands', () => {
    const config = rampart('<rampart:timestampTTL>60</rampart:timestampTTL><rampart:actor>urn:me</rampart:actor>')
    for (const policy of [
      asymmetric() + config,
      either(asymmetric() + config, symmetric()),
      either(asymmetric(), symmetric() + config),
      either(asymmetric(), symmetric()) + config,
    ])
      expect(planOf(policy)).toMatchObject({ actor: 'urn:me', clock: { ttl: 60 } })
  })

  test('have a lifetime and a tolerance of five minutes otherwise', () => {
    expect(planOf(asymmetric())).toMatchObject({ actor: undefined, clock: { ttl: 300, skew: 300 } })
  })
})

test('attachments count where some part says so', () => {
  expect(planOf(asymmetric() + BODY).attachments).toBe(false)
  expect(planOf(`${asymmetric()}<sp:SignedParts><sp:Body/><sp:Attachments/></sp:SignedParts>`).attachments).toBe(true)
  expect(planOf(`${asymmetric()}<sp:EncryptedParts><sp:Attachments/></sp:EncryptedParts>`).attachments).toBe(true)
})

test('a message is never accepted twice, and never without bounds', () => {
  for (const policy of [
    asymmetric(),
    symmetric(),
    transport(),
    `<sp:Wss10>${nested('')}</sp:Wss10>${usernameToken()}`,
  ]) {
    const { rejectsReplays, limits, service } = planOf(policy)
    expect({ rejectsReplays, service }).toEqual({ rejectsReplays: true, service: 'echo' })
    expect(Object.values(limits).every((limit) => Number.isFinite(limit) && limit > 0)).toBe(true)
  }
})
