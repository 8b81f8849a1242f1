import { createEnvelope, Fault, type MessageContext, sendBack, type XmlElement } from 'viaduct'
import type { SecurityResults } from '../security-results.ts'
import type { TokenService, TrustCaller } from '../trust/token-service.ts'
import { TrustFailure } from '../trust/trust-failure.ts'
import { trustAction, type TrustAction } from '../trust/trust-version.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import { callerOf } from './flow-properties.ts'

/** A request for a security context that came to the address of a service. */
export interface TrustQuestion {
  readonly action: TrustAction
  /** What the request has to satisfy: the bootstrap policy when a context is asked for, the context itself when it is renewed or cancelled. */
  readonly policy: CompiledPolicy
}

export interface TrustParts {
  readonly tokens: TokenService
  readonly bootstrap: CompiledPolicy
  readonly policy: CompiledPolicy
}

/** Answers requests for security contexts at the address of the service itself, as Rampart's rahas does: told apart by their action. */
export class TrustEndpoint {
  readonly #parts: TrustParts

  constructor(parts: TrustParts) {
    this.#parts = parts
  }

  /** The question that a message asks; undefined when it is for the flow. */
  questionIn(ctx: MessageContext): TrustQuestion | undefined {
    const named = ctx.addressing.action
    const action = named === undefined ? undefined : trustAction(named)
    if (action === undefined || !action.context) return undefined
    return { action, policy: action.operation === 'issue' ? this.#parts.bootstrap : this.#parts.policy }
  }

  /** Answers a question whose message was verified. */
  async answer(ctx: MessageContext, { action }: TrustQuestion, results: SecurityResults): Promise<void> {
    const [request] = results.body.children.filter((child): child is XmlElement => 'attributes' in child)
    if (request === undefined) throw new Fault(0, 'the request for a security context is empty')
    const now = ctx.services.platform.now()
    try {
      const { element, action: answered } = await this.#parts.tokens.answer(request, action, callerIn(results), now)
      const version = ctx.message.soapVersion
      ctx.message.setTree(createEnvelope(version, [element]))
      ctx.addressing.action = answered
      ctx.response = true
      await sendBack(ctx)
    } catch (thrown) {
      if (!(thrown instanceof TrustFailure)) throw thrown
      throw new Fault('security-failed', thrown.message, { cause: thrown })
    }
  }
}

function callerIn(results: SecurityResults): TrustCaller {
  const signer = results.signatures.find(({ token }) => token.certificates !== undefined)?.token
  return { principal: callerOf(results), certificate: signer?.certificates?.[0], results }
}
