import type { CertificateReference } from '../plan.ts'
import type { Inclusion, PolicyToken, SecurityPolicy } from './policy-model.ts'

/** The two parties of a policy: who sends requests, and who answers them. */
export type Role = 'initiator' | 'recipient'

/** Whether the token itself goes into messages that `sender` sends. */
export function isSent(inclusion: Inclusion, sender: Role): boolean {
  switch (inclusion) {
    case 'always':
      return true
    case 'always-to-recipient':
    case 'once':
      return sender === 'initiator'
    case 'always-to-initiator':
      return sender === 'recipient'
    case 'never':
      return false
  }
}

/** The order in which Rampart tries what Wss10 and Wss11 say is understood. */
const FALLBACKS = ['key-identifier', 'issuer-serial', 'thumbprint'] as const

/** How a message of `sender` refers to the certificate of a token. */
export function certificateReference(token: PolicyToken, sender: Role, { wss }: SecurityPolicy): CertificateReference {
  if (isSent(token.inclusion, sender)) return token.kind === 'x509' && token.form === 'pkipath' ? 'pkipath' : 'direct'
  const { reference } = token
  if (reference === 'issuer-serial' || reference === 'key-identifier' || reference === 'thumbprint') return reference
  const understood = (wss.find(({ version }) => version === '1.1') ?? wss[0])?.references
  return FALLBACKS.find((each) => understood?.has(each)) ?? 'issuer-serial'
}
