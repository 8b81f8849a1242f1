import type { Assertion } from './normalize.ts'
import type { TrustOptions, WssOptions } from './policy-model.ts'
import { optionsOf, type PolicyReports } from './reader.ts'

type Reference = WssOptions['references'] extends ReadonlySet<infer R> ? R : never

const REFERENCES: ReadonlyMap<string, Reference> = new Map<string, Reference>([
  ['MustSupportRefKeyIdentifier', 'key-identifier'],
  ['MustSupportRefIssuerSerial', 'issuer-serial'],
  ['MustSupportRefExternalURI', 'external'],
  ['MustSupportRefEmbeddedToken', 'embedded'],
  ['MustSupportRefThumbprint', 'thumbprint'],
  ['MustSupportRefEncryptedKey', 'encrypted-key'],
])

const WSS = [...REFERENCES.keys(), 'RequireSignatureConfirmation']

/** sp:Wss10, sp:Wss11. */
export function readWss(assertion: Assertion, reports: PolicyReports): WssOptions {
  const options = optionsOf(assertion, WSS, reports)
  return {
    version: assertion.name === 'Wss10' ? '1.0' : '1.1',
    references: new Set([...options].flatMap((name) => REFERENCES.get(name) ?? [])),
    signatureConfirmation: options.has('RequireSignatureConfirmation'),
  }
}

const TRUST = [
  'MustSupportClientChallenge',
  'MustSupportServerChallenge',
  'RequireClientEntropy',
  'RequireServerEntropy',
  'MustSupportIssuedTokens',
  'RequireRequestSecurityTokenCollection',
  'RequireAppliesTo',
  'ScopePolicy15',
  'MustSupportInteractiveChallenge',
]

/** sp:Trust10, sp:Trust13. */
export function readTrust(assertion: Assertion, reports: PolicyReports): TrustOptions {
  const options = optionsOf(assertion, TRUST, reports)
  return {
    version: assertion.name === 'Trust10' ? '1.0' : '1.3',
    clientEntropy: options.has('RequireClientEntropy'),
    serverEntropy: options.has('RequireServerEntropy'),
  }
}
