import { cloneNode, type MessageContext } from 'viaduct'
import type { NeededToken } from '../policy/protect-draft.ts'
import type { HeldToken } from '../protect-state.ts'
import { SecurityFailure } from '../security-failure.ts'
import { samlTokenType } from '../saml/index.ts'
import {
  askForToken,
  readTokenAnswer,
  type ReceivedToken,
  TokenCache,
  TRUST_13,
  TRUST_2005,
  TrustFailure,
} from '../trust/index.ts'
import type { ReplayStore } from '../verify-plan.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { TokenSource } from './held-tokens.ts'
import { callTrust } from './trust-call.ts'

export interface IssuedSourceParts {
  /** Policies under which token services are asked, by address. */
  readonly services: ReadonlyMap<string, CompiledPolicy>
  readonly replays: ReplayStore
}

/** Fetches assertions from the token service that a policy names, for the address that is called, and keeps them while they last. */
export class IssuedSource implements TokenSource {
  readonly kinds = ['issued', 'saml'] as const
  readonly #parts: IssuedSourceParts
  readonly #cache = new TokenCache()

  constructor(parts: IssuedSourceParts) {
    this.#parts = parts
  }

  async give(needed: NeededToken, ctx: MessageContext, url: string): Promise<HeldToken> {
    const now = ctx.services.platform.now()
    const token = await this.#cache.get(`${needed.name} ${url}`, now, () => this.#fetch(needed, ctx, url))
    const { element, secret, attached, unattached } = token
    return { element: cloneNode(element), secret, reference: needed.sent ? (attached ?? unattached) : unattached }
  }

  forget({ name }: NeededToken, url: string): void {
    this.#cache.remove(`${name} ${url}`)
  }

  async #fetch({ token }: NeededToken, ctx: MessageContext, appliesTo: string): Promise<ReceivedToken> {
    const wanted = token.kind === 'issued' ? token : undefined
    const [url, policy] = this.#service(wanted?.issuer)
    const question = askForToken({
      version: policy.outbound[0]?.version === '1.1' ? TRUST_2005 : TRUST_13,
      operation: 'issue',
      context: false,
      tokenType: wanted?.tokenType ?? samlTokenType('2.0'),
      keyType: wanted?.keyType ?? 'bearer',
      keySize: wanted?.keySize,
      appliesTo,
    })
    const credentials = await credentialsFor(policy)
    try {
      const answer = await callTrust(question, { url, policy, credentials, replays: this.#parts.replays }, ctx)
      return readTokenAnswer(answer, question)
    } catch (error) {
      if (!(error instanceof TrustFailure)) throw error
      throw new SecurityFailure('token-unavailable', `the token service ${url}: ${error.message}`, { cause: error })
    }
  }

  /** The service that the policy names, else the only one of the settings. */
  #service(issuer: string | undefined): readonly [string, CompiledPolicy] {
    const { services } = this.#parts
    const policy = issuer === undefined ? undefined : services.get(issuer)
    if (issuer !== undefined && policy !== undefined) return [issuer, policy]
    const [only, ...others] = services
    if (issuer === undefined && only !== undefined && others.length === 0) return only
    throw new SecurityFailure(
      'protection-impossible',
      `security.saml.services names no policy for the token service ${issuer ?? 'of this policy'}`,
    )
  }
}

/** Name and password, where the policy of the token service asks for them. */
async function credentialsFor({ outbound, protections, passwords }: CompiledPolicy) {
  const user = outbound[0]?.rampart?.user
  if (user === undefined || protections[0]?.credentials !== true) return undefined
  return { user, password: await passwords.password(user) }
}
