import type { SecurityToken } from '../security-results.ts'
import type { PolicyToken } from './policy-model.ts'

/** Whether a token of a message is of the kind that a policy asks for. A derived key is as good as the key it comes from. */
export function fitsToken(token: SecurityToken, wanted: PolicyToken): boolean {
  switch (wanted.kind) {
    case 'x509':
      return token.kind === 'x509'
    case 'issued':
    case 'saml':
      return originOf(token).kind === 'saml'
    case 'kerberos':
      return originOf(token).kind === 'kerberos'
    case 'secure-conversation':
    case 'security-context':
      return originOf(token).kind === 'security-context'
    case 'username':
      return originOf(token).kind === 'username'
    case 'key-value':
      return token.kind === 'key-value'
    case 'https':
      return false
  }
}

/**
 * Likewise for the protection token of a symmetric binding, where a certificate stands for the secret that was encrypted for
 * it. Such a secret proves nothing about who sent it, so that it counts nowhere else.
 */
export const fitsProtection = (token: SecurityToken, wanted: PolicyToken): boolean =>
  wanted.kind === 'x509' ? originOf(token).kind === 'encrypted-key' : fitsToken(token, wanted)

/** The token whose secret a derived key comes from. */
function originOf(token: SecurityToken): SecurityToken {
  let at = token
  while (at.kind === 'derived-key' && at.source !== undefined) at = at.source
  return at
}
