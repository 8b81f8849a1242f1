import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { asymmetric, nested, policyText, symmetric, transport, usernameToken } from '../../security/testing/policies.ts'
import { ask, BODY_ENCRYPTED, BODY_SIGNED, loop } from './loop.ts'
import { keystores, makeKeys, SecuredBus, serviceConfig, withConfig } from './secured-bus.ts'

const keys = makeKeys()

const wire = (bus: SecuredBus): string => bus.loop.requests.map(({ body }) => body.toString('utf8')).join('\n')
const back = (bus: SecuredBus): string => bus.loop.answers.map(({ body }) => body.toString('utf8')).join('\n')

const CASES: readonly (readonly [title: string, policy: string, sends: RegExp, hides: boolean])[] = [
  ['asymmetric: body signed', asymmetric() + BODY_SIGNED, /<(?:\w+:)?Signature[ >]/, false],
  ['asymmetric: signed, then encrypted', asymmetric() + BODY_SIGNED + BODY_ENCRYPTED, /EncryptedData/, true],
  [
    'asymmetric: encrypted, then signed',
    asymmetric({ options: '<sp:IncludeTimestamp/><sp:EncryptBeforeSigning/>' }) + BODY_SIGNED + BODY_ENCRYPTED,
    /EncryptedData/,
    true,
  ],
  [
    'asymmetric: the signature is encrypted too',
    asymmetric({ options: '<sp:IncludeTimestamp/><sp:EncryptSignature/>' }) + BODY_SIGNED + BODY_ENCRYPTED,
    /EncryptedData/,
    true,
  ],
  [
    'asymmetric: encrypted, then signed, and the signature encrypted',
    asymmetric({ options: '<sp:EncryptBeforeSigning/><sp:EncryptSignature/>' }) + BODY_SIGNED + BODY_ENCRYPTED,
    /ReferenceList/,
    true,
  ],
  [
    'asymmetric: tokens protected',
    asymmetric({ options: '<sp:ProtectTokens/>' }) + BODY_SIGNED,
    /BinarySecurityToken/,
    false,
  ],
  [
    'asymmetric: signatures are confirmed',
    `${asymmetric()}${BODY_SIGNED}<sp:Wss11>${nested('<sp:RequireSignatureConfirmation/>')}</sp:Wss11>`,
    /Signature/,
    false,
  ],
  [
    'asymmetric: header and element signed',
    `${asymmetric()}<sp:SignedParts><sp:Header Namespace="urn:q"/></sp:SignedParts><sp:SignedElements xmlns:q="urn:q"><sp:XPath>//q:symbol</sp:XPath></sp:SignedElements>`,
    /Signature/,
    false,
  ],
  [
    'asymmetric: an element encrypted',
    `${asymmetric()}${BODY_SIGNED}<sp:EncryptedElements xmlns:q="urn:q"><sp:XPath>//q:symbol</sp:XPath></sp:EncryptedElements>`,
    /EncryptedData/,
    true,
  ],
  [
    'asymmetric: the content of an element encrypted',
    `${asymmetric()}${BODY_SIGNED}<sp:ContentEncryptedElements xmlns:q="urn:q"><sp:XPath>//q:symbol</sp:XPath></sp:ContentEncryptedElements>`,
    /EncryptedData/,
    true,
  ],
  [
    'asymmetric: a header encrypted',
    `${asymmetric()}${BODY_SIGNED}<sp:EncryptedParts><sp:Header Name="Trace" Namespace="urn:q"/></sp:EncryptedParts>`,
    /EncryptedHeader/,
    false,
  ],
  ['asymmetric: everything signed', `${asymmetric()}<sp:SignedParts/>`, /Signature/, false],
  ['asymmetric: GCM', asymmetric({ suite: 'cxf:Basic256GCM' }) + BODY_SIGNED + BODY_ENCRYPTED, /aes256-gcm/, true],
  [
    'asymmetric: Triple DES and RSA 1.5',
    asymmetric({ suite: 'sp:TripleDesRsa15' }) + BODY_SIGNED + BODY_ENCRYPTED,
    /tripledes-cbc/,
    true,
  ],
  ['symmetric: body signed', symmetric() + BODY_SIGNED, /EncryptedKey/, false],
  ['symmetric: signed, then encrypted', symmetric() + BODY_SIGNED + BODY_ENCRYPTED, /EncryptedData/, true],
  [
    'symmetric: encrypted, then signed',
    symmetric({ options: '<sp:EncryptBeforeSigning/>' }) + BODY_SIGNED + BODY_ENCRYPTED,
    /EncryptedData/,
    true,
  ],
  ['symmetric: encrypted only', symmetric() + BODY_ENCRYPTED, /EncryptedData/, true],
  [
    'symmetric: signatures are confirmed',
    `${symmetric()}${BODY_SIGNED}${BODY_ENCRYPTED}<sp:Wss11>${nested('<sp:MustSupportRefThumbprint/><sp:RequireSignatureConfirmation/>')}</sp:Wss11>`,
    /ThumbprintSHA1/,
    true,
  ],
  ['symmetric: a user name', symmetric() + BODY_SIGNED + BODY_ENCRYPTED + usernameToken(), /EncryptedData/, true],
  [
    'symmetric: a password digest',
    symmetric() + BODY_SIGNED + usernameToken('<sp:HashPassword/>'),
    /PasswordDigest/,
    false,
  ],
]

describe('client and service agree about', () => {
  test.each(CASES)('%s', async (_title, policy, sends, hides) => {
    using bus = await loop(policyText(policy), keys)
    expect(bus.diagnostics.filter((each) => !each.includes('policy-doubtful'))).toEqual([])
    const reply = await ask(bus)
    expect([reply.status, ...bus.log.lines.filter((line) => line.includes('fault'))]).toEqual([200])
    expect(reply.text).toContain('IBM &amp; co')
    expect(wire(bus)).toMatch(sends)
    expect(wire(bus).includes('IBM &amp; co')).toBe(!hides)
    expect(wire(bus)).not.toContain('password of alice')
    expect(back(bus)).toMatch(/Security/)
    expect(back(bus).includes('IBM &amp; co')).toBe(!hides)
  })

  test('a derived key for each purpose', async () => {
    const policy = policyText(symmetric() + BODY_SIGNED + BODY_ENCRYPTED).replace(
      '<sp:RequireThumbprintReference/>',
      '<sp:RequireThumbprintReference/><sp:RequireDerivedKeys/>',
    )
    using bus = await loop(policy, keys)
    expect((await ask(bus)).status).toBe(200)
    expect(wire(bus).match(/DerivedKeyToken [^>]*>|DerivedKeyToken>/g)?.length).toBeGreaterThanOrEqual(4)
  })

  test('a user name over TLS', async () => {
    using bus = await loop(policyText(transport() + usernameToken()), keys, { scheme: 'https' })
    expect((await ask(bus)).status).toBe(200)
    expect(wire(bus)).toContain('password of alice')
  })
})

const POLICIES = join(import.meta.dirname, '../../../shared/corpus/integration/resources/policies')
const scenarios = existsSync(POLICIES)
  ? readdirSync(POLICIES).flatMap((file) => {
      const number = Number(/^scenario(\d+)-policy\.xml$/.exec(file)?.[1])
      return number > 0 && number <= 15 ? [[number, file] as const] : []
    })
  : []

/** The policy alone: its keys are somewhere else. */
const withoutConfig = (text: string): string =>
  text
    .replaceAll(/<!--[\s\S]*?-->|<\?xml[^>]*\?>/g, '')
    .replaceAll(/<(\w+):RampartConfig[\s\S]*?<\/\1:RampartConfig>/g, '')

describe.skipIf(scenarios.length === 0)('the scenarios of WSO2 (skipped without ../shared/corpus)', () => {
  test.each(scenarios.toSorted(([a], [b]) => a - b))('%i works', async (number, file) => {
    const text = withoutConfig(readFileSync(join(POLICIES, file), 'utf8'))
    using bus = await loop(text, keys, { scheme: number === 1 ? 'https' : 'http' })
    expect(bus.diagnostics.filter((each) => !each.includes('policy-doubtful'))).toEqual([])
    const reply = await ask(bus)
    expect([reply.status, ...bus.log.lines.filter((line) => line.includes('fault'))]).toEqual([200])
    expect(reply.text).toContain('IBM &amp; co')
  })
})

const all = existsSync(POLICIES) ? readdirSync(POLICIES).filter((file) => !file.includes('throttle')) : []

describe.skipIf(all.length === 0)('every policy of WSO2 (skipped without ../shared/corpus)', () => {
  test('deploys on a proxy', async () => {
    const home = keystores(keys)
    const artifacts: Record<string, string> = {}
    for (const [index, file] of all.entries()) {
      const text = withoutConfig(readFileSync(join(POLICIES, file), 'utf8'))
      artifacts[`p${index}.xml`] = `<localEntry key="p${index}">${withConfig(text, serviceConfig())}</localEntry>`
      artifacts[`s${index}.xml`] =
        `<proxy name="S${index}"><target><inSequence><respond/></inSequence></target><policy key="p${index}"/><enableSec/></proxy>`
    }
    using bus = await SecuredBus.open({ home, artifacts })
    expect(bus.diagnostics.filter((each) => !each.includes(' warning '))).toEqual([])
  })
})
