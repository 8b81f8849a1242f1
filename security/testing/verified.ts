import { firstElement, parseXml, type XmlElement } from 'viaduct'
import { expect } from 'vitest'
import { SecurityFailure } from '../security-failure.ts'
import type { Decryption, SecurityResults, SecurityToken, VerifiedSignature } from '../security-results.ts'
import { makeIdentity } from './certificates.ts'
import { readAssertions } from './policies.ts'
import type { Role } from '../policy/certificate-reference.ts'
import { type ArrivalFacts, checkPolicy } from '../policy/check-policy.ts'
import { compileCheck } from '../policy/compile-check.ts'
import { PolicyReports } from '../policy/reader.ts'

export const client = makeIdentity({ subject: 'CN=client' })
export const service = makeIdentity({ subject: 'CN=service' })
export const RSA = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
export const HMAC = 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'
export const AES = 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'
export const BODY = '<sp:SignedParts><sp:Body/></sp:SignedParts>'
export const SECRET = '<sp:EncryptedParts><sp:Body/></sp:EncryptedParts>'

/** A message whose parts a test may say anything of. */
export class Case {
  readonly envelope = parseXml(
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><Security><Timestamp/><Token/><Signature/><Other/></Security><h:One xmlns:h="urn:h"/><h:Two xmlns:h="urn:h"/></s:Header><s:Body><a><b/></a></s:Body></s:Envelope>',
  )
  readonly header = this.#named(this.envelope.root, 'Header')
  readonly body = this.#named(this.envelope.root, 'Body')
  readonly security = this.#named(this.header, 'Security')
  readonly timestamp = this.#named(this.security, 'Timestamp')
  readonly bst = this.#named(this.security, 'Token')
  readonly signature = this.#named(this.security, 'Signature')
  readonly other = this.#named(this.security, 'Other')
  readonly one = this.#named(this.header, 'One')
  readonly two = this.#named(this.header, 'Two')
  readonly a = this.#named(this.body, 'a')
  readonly b = this.#named(this.a, 'b')

  #named(parent: XmlElement, name: string): XmlElement {
    const found = firstElement(parent, name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    return found
  }

  results(proved: Partial<SecurityResults>): SecurityResults {
    const { envelope, body, header, security } = this
    const nothing = { tokens: [], signatures: [], decryptions: [], confirmations: [], attachments: [], leftover: [] }
    const timestamp = { element: this.timestamp, created: 0, expires: undefined }
    return { envelope, body, header, security, timestamp, ...nothing, ...proved }
  }
}

export const x509 = (element: XmlElement | undefined, { certificate } = client): SecurityToken => ({
  kind: 'x509',
  element,
  certificates: [certificate],
})

export const encryptedKey = (secret = Buffer.alloc(32, 1)): SecurityToken => ({
  kind: 'encrypted-key',
  element: undefined,
  secret,
})

export const derived = (source: SecurityToken): SecurityToken => ({
  kind: 'derived-key',
  element: undefined,
  secret: Buffer.alloc(24, 2),
  source,
})

export const signs = (
  element: XmlElement,
  token: SecurityToken,
  covered: readonly XmlElement[],
  more: Partial<VerifiedSignature> = {},
): VerifiedSignature => ({
  element,
  token,
  algorithm: token.secret === undefined ? RSA : HMAC,
  value: 'VALUE',
  reference: 'direct',
  covered: covered.map((node) => ({ node })),
  order: 2,
  ...more,
})

export const decrypted = (node: XmlElement, token: SecurityToken, more: Partial<Decryption> = {}): Decryption => ({
  kind: 'content',
  node,
  token,
  algorithm: AES,
  order: 1,
  ...more,
})

/** 'good', or why the message is refused. */
export function judge(
  assertions: string,
  results: SecurityResults,
  sender: Role = 'initiator',
  facts: Partial<ArrivalFacts> = {},
): string {
  const { alternatives, diagnostics } = readAssertions(assertions)
  expect(diagnostics).toEqual([])
  const [policy] = alternatives
  if (policy === undefined) throw new Error('there is no alternative')
  try {
    checkPolicy(results, compileCheck(policy, sender, new PolicyReports(() => {})), {
      secure: true,
      clientCertificate: true,
      ...facts,
    })
    return 'good'
  } catch (failure) {
    if (!(failure instanceof SecurityFailure)) throw failure
    return failure.reason
  }
}
