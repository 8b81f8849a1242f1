import type { XmlElement } from 'viaduct'
import { describe, expect, test } from 'vitest'
import type { SecurityToken } from '../security-results.ts'
import { asymmetric, nested, symmetric, transport, usernameToken } from '../testing/policies.ts'
import { BODY, Case, decrypted, encryptedKey, judge, signs, x509 } from '../testing/verified.ts'

const signed = asymmetric() + BODY

describe('tokens beside', () => {
  const c = new Case()
  const user = (more: Partial<SecurityToken> = {}): SecurityToken => ({
    kind: 'username',
    element: c.bst,
    principal: 'alice',
    password: 'text',
    ...more,
  })

  test('a user name, with the password that the policy takes', () => {
    const plain = usernameToken('', 'SupportingTokens')
    const digest = usernameToken('<sp:HashPassword/>', 'SupportingTokens')
    const none = usernameToken('<sp:NoPassword/>', 'SupportingTokens')
    const of = (password: 'text' | 'digest' | 'none') => c.results({ tokens: [user({ password })] })
    expect(judge(plain, c.results({}))).toBe('token-missing')
    expect([judge(plain, of('text')), judge(plain, of('digest')), judge(plain, of('none'))]).toEqual([
      'good',
      'good',
      'token-missing',
    ])
    expect([judge(digest, of('digest')), judge(digest, of('text'))]).toEqual(['good', 'token-missing'])
    expect([judge(none, of('none')), judge(none, of('text'))]).toEqual(['good', 'token-missing'])
  })

  test('signed and encrypted as its kind says', () => {
    const token = user()
    const by = (...covered: XmlElement[]) => signs(c.signature, encryptedKey(), [c.body, c.timestamp, ...covered])
    const signedKind = symmetric() + BODY + usernameToken()
    expect(judge(signedKind, c.results({ tokens: [token], signatures: [by()] }))).toBe('part-unsigned')
    expect(judge(signedKind, c.results({ tokens: [token], signatures: [by(c.bst)] }))).toBe('good')
    const hidden = symmetric() + BODY + usernameToken('', 'SignedEncryptedSupportingTokens')
    expect(judge(hidden, c.results({ tokens: [token], signatures: [by(c.bst)] }))).toBe('part-unencrypted')
    const decryption = decrypted(c.bst, encryptedKey(), { kind: 'element' })
    expect(judge(hidden, c.results({ tokens: [token], signatures: [by(c.bst)], decryptions: [decryption] }))).toBe(
      'good',
    )
  })

  test('over TLS it needs no signature', () => {
    expect(judge(transport() + usernameToken(), c.results({ tokens: [user()] }))).toBe('good')
    expect(judge(transport() + usernameToken(), c.results({ tokens: [user()] }), 'initiator', { secure: false })).toBe(
      'transport-wrong',
    )
  })

  test('an endorsing one signs the signature, over TLS the Timestamp', () => {
    const endorsing = `<sp:EndorsingSupportingTokens>${nested('<sp:X509Token/>')}</sp:EndorsingSupportingTokens>`
    const main = signs(c.signature, encryptedKey(), [c.body, c.timestamp])
    const over = (node: XmlElement) => c.results({ signatures: [main, signs(c.other, x509(c.bst), [node])] })
    expect(judge(symmetric() + BODY + endorsing, over(c.signature))).toBe('good')
    expect(judge(symmetric() + BODY + endorsing, over(c.body))).toBe('token-missing')
    expect(
      judge(transport() + endorsing, c.results({ signatures: [signs(c.other, x509(c.bst), [c.timestamp])] })),
    ).toBe('good')
    expect(judge(transport() + endorsing, c.results({}))).toBe('token-missing')
  })

  test('an endorsing one without binding or Timestamp signs the body; what covers anything else was made for another message', () => {
    const endorsing = `<sp:EndorsingSupportingTokens>${nested('<sp:X509Token/>')}</sp:EndorsingSupportingTokens>`
    const over = (node: XmlElement) => ({
      ...c.results({ signatures: [signs(c.other, x509(c.bst), [node])] }),
      timestamp: undefined,
    })
    for (const policy of [endorsing, transport({ options: '' }) + endorsing]) {
      expect(judge(policy, over(c.one))).toBe('token-missing')
      expect(judge(policy, over(c.body))).toBe('good')
    }
  })

  test('a certificate that signs nothing is none, where there is no main signature either', () => {
    const beside = `<sp:SupportingTokens>${nested('<sp:X509Token/>')}</sp:SupportingTokens>`
    const token = x509(c.bst)
    const signing = (...covered: XmlElement[]) =>
      c.results({ tokens: [token], signatures: covered.map((node) => signs(c.other, token, [node])) })
    expect(judge(transport() + beside, signing())).toBe('token-missing')
    expect(judge(transport() + beside, signing(c.one))).toBe('token-missing')
    expect(judge(transport() + beside, signing(c.timestamp))).toBe('good')
    expect(judge(transport({ options: '' }) + beside, { ...signing(c.body), timestamp: undefined })).toBe('good')
  })

  test('answers need none of them', () => {
    expect(judge(transport() + usernameToken(), c.results({}), 'recipient')).toBe('good')
  })
})

describe('the rest', () => {
  const c = new Case()

  test('a Timestamp where the binding includes one', () => {
    expect(judge(transport(), c.results({}))).toBe('good')
    expect(judge(transport(), c.results({ timestamp: undefined }))).toBe('timestamp-missing')
  })

  test('a certificate of the client where TLS asks for one', () => {
    const policy = transport({}, '<sp:HttpsToken RequireClientCertificate="true"/>')
    expect(judge(policy, c.results({}))).toBe('good')
    expect(judge(policy, c.results({}), 'initiator', { clientCertificate: false })).toBe('transport-wrong')
  })

  test('elements and headers that must be there', () => {
    const required = (xpath: string) => `<sp:RequiredElements><sp:XPath>${xpath}</sp:XPath></sp:RequiredElements>`
    expect(judge(required('//b'), c.results({}))).toBe('good')
    expect(judge(required('//c'), c.results({}))).toBe('part-missing')
    const part = (name: string) => `<sp:RequiredParts><sp:Header Name="${name}" Namespace="urn:h"/></sp:RequiredParts>`
    expect(judge(part('One'), c.results({}))).toBe('good')
    expect(judge(part('Three'), c.results({}))).toBe('part-missing')
  })

  test('signatures that nobody asked for', () => {
    const some = c.results({ signatures: [signs(c.signature, x509(c.bst), [c.body])] })
    expect(
      judge(usernameToken('<sp:NoPassword/>'), {
        ...some,
        tokens: [{ kind: 'username', element: c.bst, password: 'none' }],
      }),
    ).toBe('unexpected-signature')
    expect(judge(transport(), some)).toBe('unexpected-signature')
  })

  test('an answer confirms exactly the signatures of the request', () => {
    const policy = `${signed}<sp:Wss11>${nested('<sp:RequireSignatureConfirmation/>')}</sp:Wss11>`
    const answer = (values: readonly (string | undefined)[], covered = true) => {
      const confirmations = values.map((value, index) => ({ element: [c.bst, c.other, c.one][index] ?? c.two, value }))
      const nodes = covered ? confirmations.map(({ element }) => element) : []
      return c.results({
        confirmations,
        signatures: [signs(c.signature, x509(undefined), [c.body, c.timestamp, ...nodes])],
      })
    }
    const facts = { sent: ['A', 'B'] }
    expect(judge(policy, answer(['B', 'A']), 'recipient', facts)).toBe('good')
    expect(judge(policy, answer(['A']), 'recipient', facts)).toBe('confirmation-wrong')
    expect(judge(policy, answer(['A', 'B', 'C']), 'recipient', facts)).toBe('confirmation-wrong')
    expect(judge(policy, answer(['A', 'A']), 'recipient', facts)).toBe('confirmation-wrong')
    expect(judge(policy, answer([]), 'recipient', facts)).toBe('confirmation-wrong')
    expect(judge(policy, answer([undefined]), 'recipient', { sent: [] })).toBe('good')
    expect(judge(policy, answer(['A', 'B'], false), 'recipient', facts)).toBe('part-unsigned')
  })
})
