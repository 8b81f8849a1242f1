import type { X509Certificate } from 'node:crypto'
import { createContextHandler, type SecurityContexts } from '../conversation/index.ts'
import type { PolicyKeys } from '../policy/policy-keys.ts'
import type { PolicyToken } from '../policy/policy-model.ts'
import { createSamlHandler } from '../saml/saml-handler.ts'
import type { TokenHandler } from '../token-handler.ts'
import type { ReplayStore } from '../verify-plan.ts'

/** What handlers of tokens share in one deployment. */
export interface HandlerParts {
  readonly service: string
  readonly contexts: SecurityContexts
  readonly replays: ReplayStore
  /** Certificates that may sign assertions beside our own. */
  readonly issuers: readonly X509Certificate[]
}

/** Readers for the tokens that policies ask for, beside user names and certificates. */
export function tokenHandlers(tokens: readonly PolicyToken[], keys: PolicyKeys, parts: HandlerParts): TokenHandler[] {
  const kinds = new Set(tokens.map(({ kind }) => kind))
  const handlers: TokenHandler[] = []
  if (kinds.has('secure-conversation') || kinds.has('security-context'))
    handlers.push(createContextHandler(parts.contexts, parts.service))
  if (kinds.has('issued') || kinds.has('saml')) {
    const issuers = new Set(
      [...parts.issuers, ...(keys.identity?.chain.slice(0, 1) ?? [])].map(({ fingerprint256 }) => fingerprint256),
    )
    handlers.push(
      createSamlHandler({
        allowsIssuer: (_issuer, certificate) => issuers.has(certificate.fingerprint256),
        replays: parts.replays,
      }),
    )
  }
  return handlers
}
