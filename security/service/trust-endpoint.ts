import {
  bodyChild,
  createEnvelope,
  Fault,
  firstElement,
  type MessageContext,
  readAddressing,
  SecurityFault,
  sendBack,
  type User,
  type UserStore,
  writeAddressing,
} from 'viaduct'
import type { TokenService, TrustCaller } from '../trust/token-service.ts'
import { answersTrustRequest } from '../trust/answers-trust-request.ts'
import { TRUST_FAULTS, TrustFailure } from '../trust/trust-failure.ts'
import { type TrustAction, trustAction } from '../trust/trust-version.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import { callerOf, ownSignatures, type Proof, signerOf } from './proved-identity.ts'

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
  /** Tokens of other kinds than contexts are asked for under the policy of the service itself: it is a token service. */
  readonly issues: boolean
  /** Tells roles and claims of those who ask. */
  readonly users: UserStore | undefined
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
    const { issues, bootstrap, policy } = this.#parts
    const named = ctx.addressing.action
    const context = answersTrustRequest(named, child)
    if (context !== undefined) return { action: context, policy: context.policy === 'bootstrap' ? bootstrap : policy }
    const action = !issues || named === undefined ? undefined : trustAction(named)
    return action && { action, policy }
  }

  /** Answers a question whose message was verified. */
  async answer(ctx: MessageContext, { action }: TrustQuestion, proof: Proof): Promise<void> {
    const request = firstElement(proof.results.body)
    if (request === undefined) throw new Fault(0, 'the request for a security context is empty')
    const now = ctx.services.platform.now()
    try {
      const { element, action: answered } = await this.#parts.tokens.answer(
        request,
        action,
        await this.#callerIn(proof),
        now,
      )
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

  async #callerIn(proof: Proof): Promise<TrustCaller> {
    const principal = callerOf(proof)
    const user = principal === undefined ? undefined : await this.#parts.users?.find(principal)
    return {
      principal,
      certificate: signerOf(proof),
      results: proof.results,
      signatures: ownSignatures(proof),
      claims: user && claimsOf(user),
    }
  }
}

const WSO2_CLAIMS = 'http://wso2.org/claims/'

/** Claims by the names that Carbon gives them, roles among them. */
function claimsOf({ roles, claims }: User): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const [name, value] of claims) found.set(WSO2_CLAIMS + name, [value])
  if (roles.length > 0) found.set(`${WSO2_CLAIMS}role`, roles)
  return found
}
