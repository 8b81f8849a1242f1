import type { XmlElement } from 'viaduct'
import { describe, expect, test } from 'vitest'
import type { SecurityToken, Decryption } from '../security-results.ts'
import { asymmetric, symmetric } from '../testing/policies.ts'
import {
  BODY,
  Case,
  SECRET,
  client,
  decrypted,
  derived,
  encryptedKey,
  judge,
  service,
  signs,
  x509,
} from '../testing/verified.ts'

const signed = asymmetric() + BODY
const secret = asymmetric() + BODY + SECRET

describe('parts that must be signed', () => {
  test('body and Timestamp, by the one node that goes on', () => {
    const c = new Case()
    const good = signs(c.signature, x509(c.bst), [c.body, c.timestamp])
    expect(judge(signed, c.results({ signatures: [good] }))).toBe('good')
    expect(judge(signed, c.results({ signatures: [signs(c.signature, x509(c.bst), [c.timestamp])] }))).toBe(
      'part-unsigned',
    )
    expect(judge(signed, c.results({ signatures: [signs(c.signature, x509(c.bst), [c.body])] }))).toBe('part-unsigned')
    const twin = new Case()
    expect(judge(signed, c.results({ signatures: [signs(c.signature, x509(c.bst), [twin.body, c.timestamp])] }))).toBe(
      'part-unsigned',
    )
  })

  test('by one signature: two halves are no whole', () => {
    const c = new Case()
    const halves = [signs(c.signature, x509(c.bst), [c.body]), signs(c.other, x509(c.bst, service), [c.timestamp])]
    expect(judge(signed, c.results({ signatures: halves }))).toBe('part-unsigned')
  })

  test('headers by name, by namespace, and all of them', () => {
    const c = new Case()
    const named = asymmetric() + '<sp:SignedParts><sp:Header Name="One" Namespace="urn:h"/></sp:SignedParts>'
    const all = asymmetric() + '<sp:SignedParts><sp:Header Namespace="urn:h"/></sp:SignedParts>'
    const everything = `${asymmetric()}<sp:SignedParts/>`
    const over = (...nodes: XmlElement[]) =>
      c.results({ signatures: [signs(c.signature, x509(c.bst), [c.timestamp, ...nodes])] })
    expect(judge(named, over(c.one))).toBe('good')
    expect(judge(named, over(c.two))).toBe('part-unsigned')
    expect(judge(all, over(c.one))).toBe('part-unsigned')
    expect(judge(all, over(c.one, c.two))).toBe('good')
    expect(judge(everything, over(c.one, c.two))).toBe('part-unsigned')
    expect(judge(everything, over(c.one, c.two, c.body))).toBe('good')
  })

  test('a header that is not there is nobody’s business', () => {
    const c = new Case()
    const named = `${asymmetric()}${BODY}<sp:SignedParts><sp:Header Name="Three" Namespace="urn:h"/></sp:SignedParts>`
    expect(judge(named, c.results({ signatures: [signs(c.signature, x509(c.bst), [c.body, c.timestamp])] }))).toBe(
      'good',
    )
  })

  test('elements, by themselves or with what is around them', () => {
    const c = new Case()
    const element = `${asymmetric()}<sp:SignedElements><sp:XPath>//b</sp:XPath></sp:SignedElements>`
    const over = (node: XmlElement) => c.results({ signatures: [signs(c.signature, x509(c.bst), [c.timestamp, node])] })
    for (const node of [c.b, c.a, c.body]) expect(judge(element, over(node))).toBe('good')
    expect(judge(element, over(c.one))).toBe('part-unsigned')
  })

  test('the token, where the policy protects it', () => {
    const c = new Case()
    const protects = asymmetric({ options: '<sp:ProtectTokens/>' }) + BODY
    const token = x509(c.bst)
    expect(judge(protects, c.results({ signatures: [signs(c.signature, token, [c.body])] }))).toBe('part-unsigned')
    expect(judge(protects, c.results({ signatures: [signs(c.signature, token, [c.body, c.bst])] }))).toBe('good')
  })
})

describe('who signs', () => {
  test('no signature, and one of another kind', () => {
    const c = new Case()
    expect(judge(signed, c.results({}))).toBe('signature-missing')
    const secrets = [
      encryptedKey(),
      derived(encryptedKey()),
      { kind: 'username', element: c.bst, secret: Buffer.alloc(20) } as const,
    ]
    for (const token of secrets)
      expect(judge(signed, c.results({ signatures: [signs(c.signature, token, [c.body, c.timestamp])] }))).toBe(
        'signature-missing',
      )
  })

  test('a symmetric binding takes the secret that was encrypted for us, or keys derived from it', () => {
    const c = new Case()
    const policy = symmetric() + BODY
    const by = (token: SecurityToken) => c.results({ signatures: [signs(c.signature, token, [c.body, c.timestamp])] })
    expect(judge(policy, by(encryptedKey()))).toBe('good')
    expect(judge(policy, by(derived(encryptedKey())))).toBe('good')
    expect(judge(policy, by(x509(c.bst)))).toBe('signature-missing')
  })

  test('the algorithm is one of the suite', () => {
    const c = new Case()
    const weak = signs(c.signature, x509(c.bst), [c.body, c.timestamp], {
      algorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
    })
    expect(judge(signed, c.results({ signatures: [weak] }))).toBe('algorithm-refused')
  })

  test('a certificate that must come has to', () => {
    const c = new Case()
    expect(judge(signed, c.results({ signatures: [signs(c.signature, x509(undefined), [c.body, c.timestamp])] }))).toBe(
      'token-missing',
    )
  })

  test('an answer comes from whom the request was for', () => {
    const c = new Case()
    const by = (identity: typeof client) =>
      c.results({ signatures: [signs(c.signature, x509(undefined, identity), [c.body, c.timestamp])] })
    const facts = { peer: service.certificate }
    expect(judge(signed, by(service), 'recipient', facts)).toBe('good')
    expect(judge(signed, by(client), 'recipient', facts)).toBe('subject-refused')
  })

  test('an endorsement is not the signature of the message', () => {
    const c = new Case()
    const main = signs(c.signature, x509(c.bst), [c.timestamp])
    const endorsing = signs(c.other, x509(c.bst), [c.body, c.timestamp, c.signature])
    expect(judge(signed, c.results({ signatures: [main, endorsing] }))).toBe('part-unsigned')
  })
})

describe('parts that must be encrypted', () => {
  const c = new Case()
  const main = signs(c.signature, x509(c.bst), [c.body, c.timestamp])
  const proved = (...decryptions: Decryption[]) => c.results({ signatures: [main], decryptions })

  test('the content of the body', () => {
    expect(judge(secret, proved(decrypted(c.body, encryptedKey())))).toBe('good')
    expect(judge(secret, proved())).toBe('part-unencrypted')
    expect(judge(secret, proved(decrypted(c.a, encryptedKey(), { kind: 'element' })))).toBe('part-unencrypted')
  })

  test('a header block, and elements', () => {
    const header = `${signed}<sp:EncryptedParts><sp:Header Name="One" Namespace="urn:h"/></sp:EncryptedParts>`
    expect(judge(header, proved(decrypted(c.one, encryptedKey(), { kind: 'header' })))).toBe('good')
    expect(judge(header, proved(decrypted(c.two, encryptedKey(), { kind: 'header' })))).toBe('part-unencrypted')
    const element = `${signed}<sp:EncryptedElements><sp:XPath>//b</sp:XPath></sp:EncryptedElements>`
    expect(judge(element, proved(decrypted(c.b, encryptedKey(), { kind: 'element' })))).toBe('good')
    expect(judge(element, proved(decrypted(c.body, encryptedKey())))).toBe('good')
    expect(judge(element, proved(decrypted(c.one, encryptedKey(), { kind: 'header' })))).toBe('part-unencrypted')
    const content = `${signed}<sp:ContentEncryptedElements><sp:XPath>//a</sp:XPath></sp:ContentEncryptedElements>`
    expect(judge(content, proved(decrypted(c.a, encryptedKey())))).toBe('good')
    expect(judge(content, proved(decrypted(c.b, encryptedKey(), { kind: 'element' })))).toBe('part-unencrypted')
  })

  test('the signature, where the policy says so', () => {
    const hides = asymmetric({ options: '<sp:IncludeTimestamp/><sp:EncryptSignature/>' }) + BODY + SECRET
    const body = decrypted(c.body, encryptedKey(), { order: 1 })
    expect(judge(hides, proved(body))).toBe('part-unencrypted')
    expect(judge(hides, proved(body, decrypted(c.signature, encryptedKey(), { kind: 'element', order: 0 })))).toBe(
      'good',
    )
  })

  test('in the order of the policy', () => {
    const before = proved(decrypted(c.body, encryptedKey(), { order: 1 }))
    const later = proved(decrypted(c.body, encryptedKey(), { order: 3 }))
    const first = asymmetric({ options: '<sp:IncludeTimestamp/><sp:EncryptBeforeSigning/>' }) + BODY + SECRET
    expect([judge(secret, before), judge(secret, later)]).toEqual(['good', 'order-wrong'])
    expect([judge(first, before), judge(first, later)]).toEqual(['order-wrong', 'good'])
  })

  test('with the suite’s cipher, and in a symmetric binding with the secret that signs', () => {
    expect(
      judge(
        secret,
        proved(decrypted(c.body, encryptedKey(), { algorithm: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc' })),
      ),
    ).toBe('algorithm-refused')
    const both = symmetric() + BODY + SECRET
    const signature = signs(c.signature, derived(encryptedKey()), [c.body, c.timestamp])
    const with_ = (token: SecurityToken) =>
      c.results({ signatures: [signature], decryptions: [decrypted(c.body, token)] })
    expect(judge(both, with_(derived(encryptedKey())))).toBe('good')
    expect(judge(both, with_(encryptedKey(Buffer.alloc(32, 9))))).toBe('key-refused')
  })

  test('and nothing else', () => {
    expect(judge(signed, proved(decrypted(c.body, encryptedKey())))).toBe('unexpected-encryption')
    expect(
      judge(
        secret,
        c.results({ signatures: [main], decryptions: [decrypted(c.body, encryptedKey())], leftover: [c.other] }),
      ),
    ).toBe('unexpected-encryption')
  })
})
