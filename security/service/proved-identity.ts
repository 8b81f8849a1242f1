import type { X509Certificate } from 'node:crypto'
import type { SecurityToken, VerifiedSignature } from '../security-results.ts'
import type { Accepted } from './accepted.ts'

/** A message that was verified, with the signature that its policy asks for. */
export type Proof = Pick<Accepted, 'results' | 'main'>

/**
 * The signatures that were made for this message: the main one first, then what endorses it; where there is no main one, those
 * over the Timestamp or the body. Any other may have been copied from elsewhere together with what it covers, and says nothing.
 */
export function ownSignatures({ results, main }: Proof): readonly VerifiedSignature[] {
  const { signatures, timestamp, body } = results
  const targets = main === undefined ? [body, timestamp?.element] : [main.element]
  const endorsements = signatures.filter(
    (each) => each !== main && each.covered.some(({ node }) => node !== undefined && targets.includes(node)),
  )
  return main === undefined ? endorsements : [main, ...endorsements]
}

/**
 * Tokens whose principal sent the message, as far as that is proved: by a password, by a fresh ticket, by an assertion that was
 * confirmed, else by a signature with the token's key. Whoever names a context or ticket of others has only seen its name.
 */
export function provedTokens(proof: Proof): readonly SecurityToken[] {
  const signatures = ownSignatures(proof)
  return proof.results.tokens.filter((token) => {
    switch (token.kind) {
      case 'username':
        return token.password !== 'derived' || signatures.some((signature) => comesFrom(signature.token, token))
      case 'kerberos':
      case 'saml':
        return token.element !== undefined || signatures.some((signature) => comesFrom(signature.token, token))
      case 'security-context':
        return signatures.some((signature) => comesFrom(signature.token, token))
      case 'x509':
      case 'encrypted-key':
      case 'derived-key':
      case 'key-value':
        return false
    }
  })
}

/** Whether a key is that of a token, or derived from it. */
function comesFrom(key: SecurityToken, token: SecurityToken): boolean {
  for (let at: SecurityToken | undefined = key; at !== undefined; at = at.source) if (at === token) return true
  return false
}

/** The certificate of whoever signed the message. */
export const signerOf = (proof: Proof): X509Certificate | undefined =>
  ownSignatures(proof).find(({ token }) => token.certificates !== undefined)?.token.certificates?.[0]

/** Who sent the message: the name that roles are looked up by. */
export const callerOf = (proof: Proof): string | undefined =>
  provedTokens(proof)[0]?.principal ?? ownSignatures(proof).find(({ token }) => token.kind === 'x509')?.token.principal
