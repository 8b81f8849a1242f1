import {
  bodyChild,
  createEnvelope,
  Fault,
  firstElement,
  type MessageContext,
  readAddressing,
  SecurityFault,
  sendBack,
  writeAddressing,
} from 'viaduct'
import type { SecurityResults } from '../security-results.ts'
import type { TokenService, TrustCaller } from '../trust/token-service.ts'
import { answersTrustRequest } from '../trust/answers-trust-request.ts'
import { TRUST_FAULTS, TrustFailure } from '../trust/trust-failure.ts'
import type { TrustAction } from '../trust/trust-version.ts'
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
    const { message } = ctx
    const child = message.empty || message.isJson ? undefined : bodyChild(message.tree)
    const action = answersTrustRequest(ctx.addressing.action, child)
    return action && { action, policy: action.policy === 'bootstrap' ? this.#parts.bootstrap : this.#parts.policy }
  }

  /** Answers a question whose message was verified. */
  async answer(ctx: MessageContext, { action }: TrustQuestion, results: SecurityResults): Promise<void> {
    const request = firstElement(results.body)
    if (request === undefined) throw new Fault(0, 'the request for a security context is empty')
    const now = ctx.services.platform.now()
    try {
      const { element, action: answered } = await this.#parts.tokens.answer(request, action, callerIn(results), now)
      const version = ctx.message.soapVersion
      const { messageId } = readAddressing(ctx.message.tree)
      const tree = createEnvelope(version, [element])
      if (messageId !== undefined) writeAddressing(tree, 'final', { action: answered, relatesTo: messageId })
      ctx.message.setTree(tree)
      ctx.addressing.action = answered
      ctx.response = true
      await sendBack(ctx)
    } catch (thrown) {
      if (!(thrown instanceof TrustFailure)) throw thrown
      const { namespace } = action.version
      throw new SecurityFault(
        thrown.message,
        { code: thrown.code, text: TRUST_FAULTS[thrown.code], namespace },
        { cause: thrown },
      )
    }
  }
}

function callerIn(results: SecurityResults): TrustCaller {
  const signer = results.signatures.find(({ token }) => token.certificates !== undefined)?.token
  return { principal: callerOf(results), certificate: signer?.certificates?.[0], results }
}
