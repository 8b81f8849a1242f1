import { describe, expect, test } from 'vitest'
import { type Diagnostic, DIAGNOSTICS, formatDiagnostic } from 'viaduct'
import { PolicyReports } from '../policy/reader.ts'
import { asymmetric, nested, readAssertions, symmetric, transport, usernameToken } from '../testing/policies.ts'
import { BODY, SECRET } from '../testing/verified.ts'
import { doubts } from './policy-doubts.ts'

/** What is said about a policy with these assertions. */
function said(assertions: string, disallowed: readonly string[] = []): readonly string[] {
  const { alternatives, diagnostics } = readAssertions(assertions)
  expect(diagnostics).toEqual([])
  const found: Diagnostic[] = []
  const reports = new PolicyReports((code, message, at) =>
    found.push({ code, severity: DIAGNOSTICS[code].severity, message, at }),
  )
  for (const policy of alternatives) doubts(policy, disallowed, reports)
  return found.map(formatDiagnostic)
}

const NOTHING = { options: '' }

describe('a weak policy is used, and named', () => {
  test.each([
    ['sp:Basic256Rsa15', 'wraps keys with RSA 1.5'],
    ['sp:Basic128Sha256Rsa15', 'wraps keys with RSA 1.5'],
    ['sp:TripleDes', 'encrypts with Triple DES'],
  ])('%s', (suite, message) => {
    for (const binding of [asymmetric, symmetric])
      expect(said(binding({ suite }) + BODY)).toEqual([
        expect.stringMatching(new RegExp(`^p\\.xml:\\d+:\\d+ warning policy-doubtful: the suite \\S+ ${message}`)),
      ])
  })

  test('both at once', () => {
    expect(said(asymmetric({ suite: 'sp:TripleDesRsa15' }) + BODY)).toHaveLength(2)
  })

  test('encryption without a signature', () => {
    expect(said(asymmetric(NOTHING) + SECRET)).toEqual([
      expect.stringContaining('the policy encrypts and signs nothing: ciphertext can be changed without notice'),
    ])
    expect(said(symmetric(NOTHING) + SECRET)).toHaveLength(1)
  })

  test('a binding that protects nothing', () => {
    expect(said(asymmetric(NOTHING))).toEqual([expect.stringContaining('but neither signs nor encrypts anything')])
  })
})

test('an endorsing token over TLS needs a Timestamp that it signs', () => {
  const endorsing = `<sp:EndorsingSupportingTokens>${nested('<sp:X509Token/>')}</sp:EndorsingSupportingTokens>`
  expect(said(transport(NOTHING) + endorsing)).toEqual([
    expect.stringMatching(/^p\.xml:\d+:\d+ error constraint-violated: an endorsing token signs the Timestamp/),
  ])
  expect(said(transport() + endorsing)).toEqual([])
})

describe('nothing is said of', () => {
  test.each([
    ['signatures', asymmetric() + BODY],
    ['signatures and secrets', asymmetric() + BODY + SECRET],
    ['secrets beside a signed Timestamp', symmetric() + SECRET],
    ['a Timestamp alone', asymmetric()],
    ['tokens beside', symmetric(NOTHING) + usernameToken()],
    ['TLS, which wraps no keys here', transport({ suite: 'sp:Basic256Rsa15' })],
    ['no binding at all', BODY],
  ])('%s', (_title, assertions) => {
    expect(said(assertions)).toEqual([])
  })
})

describe('a suite that the settings forbid is a mistake', () => {
  test.each([
    ['asymmetric', asymmetric],
    ['symmetric', symmetric],
    ['transport', transport],
  ])('in a binding: %s', (_title, binding) => {
    const text = binding({ suite: 'sp:Basic128' }) + BODY
    expect(said(text, ['Basic128', 'Basic192'])).toEqual([
      expect.stringContaining('error constraint-violated: the settings do not allow the algorithm suite Basic128'),
    ])
    expect(said(text, ['Basic192'])).toEqual([])
  })
})
