import { type MessageContext, PROCESSED_SECURITY } from 'viaduct'
import type { SecurityToken } from '../security-results.ts'
import { type Proof, provedTokens, signerOf } from './proved-identity.ts'

/**
 * Puts what verification proved where flows look for it, in axis2 scope: `username`, `X509Certificate`, `saml.subject.id`,
 * `client.principal.name`, and the results as `RECV_RESULTS`.
 */
export function exposeResults(ctx: MessageContext, proof: Proof, actor: string | undefined): void {
  const set = (name: string, value: unknown): void => {
    if (value !== undefined) ctx.properties.set('axis2', name, value)
  }
  const tokens = provedTokens(proof)
  const principalOf = (kind: SecurityToken['kind']): string | undefined =>
    tokens.find((token) => token.kind === kind)?.principal
  set('username', principalOf('username'))
  set('saml.subject.id', principalOf('saml'))
  set('client.principal.name', principalOf('kerberos'))
  set('X509Certificate', signerOf(proof))
  set('RECV_RESULTS', [proof.results])
  set(PROCESSED_SECURITY, actor ?? '')
}

/** An answer that is a fault without security: nothing in it is proved. */
export const UNAUTHENTICATED = 'viaduct.security.unauthenticated'
