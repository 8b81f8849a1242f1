import type { X509Certificate } from 'node:crypto'
import type { Linker, Span } from 'viaduct'
import { createContextHandler, type SecurityContexts } from '../conversation/index.ts'
import type { KeyStore } from '../key-material.ts'
import type { Role } from '../policy/certificate-reference.ts'
import type { PolicyKeys } from '../policy/policy-keys.ts'
import type { PolicyToken } from '../policy/policy-model.ts'
import type { RampartConfig } from '../policy/rampart-config.ts'
import { createSamlHandler } from '../saml/saml-handler.ts'
import type { TokenHandler } from '../token-handler.ts'
import type { ReplayStore } from '../verify-plan.ts'
import { kerberosHandler } from './kerberos-source.ts'
import { ownAddresses } from './own-addresses.ts'

/** What handlers of tokens share in one deployment. */
export interface HandlerParts {
  readonly service: string
  /** Where clients reach the service; undefined for a client. */
  readonly paths: readonly string[] | undefined
  readonly contexts: SecurityContexts
  readonly replays: ReplayStore
  /** Which side of the policy we are: only a service needs the key that tickets are for. */
  readonly role: Role
  /** Of the policy; the settings where there is none. */
  readonly rampart: RampartConfig | undefined
  readonly at: Span
  readonly linker: Linker
}

/** Readers for the tokens that policies ask for, beside user names and certificates. Mistakes in settings are reported. */
export function tokenHandlers(tokens: readonly PolicyToken[], keys: PolicyKeys, parts: HandlerParts): TokenHandler[] {
  const kinds = new Set(tokens.map(({ kind }) => kind))
  const handlers: TokenHandler[] = []
  if (kinds.has('secure-conversation') || kinds.has('security-context'))
    handlers.push(createContextHandler(parts.contexts, parts.service))
  if (kinds.has('issued') || kinds.has('saml')) handlers.push(samlHandler(keys, parts))
  const kerberos = kinds.has('kerberos') ? kerberosHandler(parts) : undefined
  if (kerberos !== undefined) handlers.push(kerberos)
  return handlers
}

/** Our own token service may always issue, and that of `stsAlias`; others by the names and certificates of the settings. */
function samlHandler({ identity, trusted }: PolicyKeys, parts: HandlerParts): TokenHandler {
  const { security, http } = parts.linker.services.settings
  const { issuers, audiences, vouchers } = security.saml
  const { rampart, paths } = parts
  const own = paths && ownAddresses(paths, http.publicUrl)
  const named = audiences.length === 0 ? undefined : new Set(audiences)
  const sts = rampart?.stsAlias
  const always = new Set([
    identity?.chain[0].fingerprint256,
    sts === undefined ? undefined : certificateOf(sts, '<stsAlias>', trusted, parts)?.fingerprint256,
  ])
  const known = new Map(
    Object.entries(issuers).map(([name, alias]) => [
      name,
      certificateOf(alias, 'security.saml.issuers', trusted, parts)?.fingerprint256,
    ]),
  )
  const mayVouch = new Set(
    vouchers.map((alias) => certificateOf(alias, 'security.saml.vouchers', trusted, parts)?.fingerprint256),
  )
  return createSamlHandler({
    allowsIssuer: (issuer, { fingerprint256 }) => always.has(fingerprint256) || known.get(issuer) === fingerprint256,
    allowsVoucher: mayVouch.size === 0 ? undefined : ({ fingerprint256 }) => mayVouch.has(fingerprint256),
    audiences: named ?? own,
    recipients: own && { has: (name) => own.has(name) || named?.has(name) === true },
    unconfirmed: rampart?.confirmsSamlSubject === false,
    replays: parts.replays,
  })
}

function certificateOf(
  alias: string,
  place: string,
  keys: KeyStore,
  { at, linker }: HandlerParts,
): X509Certificate | undefined {
  const certificate = keys.certificate(alias)
  if (certificate === undefined) {
    const message = `${place}: no certificate in the keystores has the alias "${alias}"`
    linker.report('constraint-violated', at, message)
  }
  return certificate
}
