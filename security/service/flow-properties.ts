import { type MessageContext, PROCESSED_SECURITY } from 'viaduct'
import type { SecurityResults, SecurityToken, VerifiedSignature } from '../security-results.ts'
import type { Accepted } from './accepted.ts'

/**
 * Puts what verification proved where flows look for it, in axis2 scope: `username`, `X509Certificate`, `saml.subject.id`,
 * `client.principal.name`, and the results as `RECV_RESULTS`.
 */
export function exposeResults(
  ctx: MessageContext,
  { results, main }: Pick<Accepted, 'results' | 'main'>,
  actor: string | undefined,
): void {
  const set = (name: string, value: unknown): void => {
    if (value !== undefined) ctx.properties.set('axis2', name, value)
  }
  const { tokens } = results
  const principalOf = (kind: SecurityToken['kind']): string | undefined =>
    tokens.find((token) => token.kind === kind)?.principal
  set('username', principalOf('username'))
  set('saml.subject.id', principalOf('saml'))
  set('client.principal.name', principalOf('kerberos'))
  set('X509Certificate', signerOf(results, main))
  set('RECV_RESULTS', [results])
  set(PROCESSED_SECURITY, actor ?? '')
}

/** The certificate of the main signature, else of the first that has one. */
const signerOf = ({ signatures }: SecurityResults, main: VerifiedSignature | undefined) =>
  (main?.token.certificates ??
    signatures.find(({ token }) => token.certificates !== undefined)?.token.certificates)?.[0]

/** Who sent the message: the name that roles are looked up by. */
export const callerOf = ({ tokens, signatures }: SecurityResults): string | undefined =>
  tokens.find(
    ({ kind }) => kind === 'username' || kind === 'kerberos' || kind === 'saml' || kind === 'security-context',
  )?.principal ?? signatures.find(({ token }) => token.kind === 'x509')?.token.principal

/** An answer that is a fault without security: nothing in it is proved. */
export const UNAUTHENTICATED = 'viaduct.security.unauthenticated'
