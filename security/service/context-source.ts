import { cloneNode, type MessageContext } from 'viaduct'
import { readContextToken, type SecurityContexts } from '../conversation/index.ts'
import type { NeededToken } from '../policy/protect-draft.ts'
import type { HeldToken } from '../protect-state.ts'
import { SecurityFailure } from '../security-failure.ts'
import { askForToken, readTokenAnswer, type ReceivedToken, TokenCache } from '../trust/index.ts'
import { TRUST_13, TRUST_2005 } from '../trust/trust-version.ts'
import type { ReplayStore } from '../verify-plan.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { TokenSource } from './held-tokens.ts'
import { callTrust } from './trust-call.ts'

export interface ContextSourceParts {
  /** The name under which answers find the contexts of this endpoint. */
  readonly name: string
  readonly bootstrap: CompiledPolicy
  readonly contexts: SecurityContexts
  readonly replays: ReplayStore
}

/** Makes security contexts with a service, at its own address and under its bootstrap policy, and keeps them while they last. */
export class ContextSource implements TokenSource {
  readonly kinds = ['secure-conversation', 'security-context'] as const
  readonly #parts: ContextSourceParts
  readonly #cache = new TokenCache()

  constructor(parts: ContextSourceParts) {
    this.#parts = parts
  }

  async give({ sent }: NeededToken, ctx: MessageContext, url: string): Promise<HeldToken> {
    const now = ctx.services.platform.now()
    const { element, secret, unattached } = await this.#cache.get(url, now, () => this.#make(ctx, url))
    if (secret === undefined)
      throw new SecurityFailure('token-unavailable', 'the service gave a security context without a key')
    return { element: cloneNode(element), secret, reference: sent ? undefined : unattached }
  }

  forget(_: NeededToken, url: string): void {
    this.#cache.remove(url)
  }

  async #make(ctx: MessageContext, url: string): Promise<ReceivedToken> {
    const { bootstrap, replays, contexts, name } = this.#parts
    const [policy] = bootstrap.outbound
    const version = policy?.version === '1.1' ? TRUST_2005 : TRUST_13
    const question = askForToken({
      version,
      operation: 'issue',
      context: true,
      tokenType: `${version.conversation}/sct`,
      keyType: 'symmetric',
      appliesTo: url,
    })
    const user = policy?.rampart?.user
    const credentials =
      user === undefined || bootstrap.protections[0]?.credentials !== true
        ? undefined
        : { user, password: await bootstrap.passwords.password(user) }
    const token = readTokenAnswer(
      await callTrust(question, { url, policy: bootstrap, credentials, replays }, ctx),
      question,
    )
    const { identifier, instance } = readContextToken(token.element)
    const now = ctx.services.platform.now()
    if (token.secret !== undefined) {
      const expires = token.expires ?? now + 300_000
      const nobody = { principal: undefined, certificate: undefined }
      contexts.add({ identifier, instance, secret: token.secret, created: now, expires, ...nobody, service: name }, now)
    }
    return token
  }
}
