import type { MessageContext } from './context.ts'
import type { DecisionRequest } from './decisions.ts'
import type { Span } from './diagnostic.ts'
import type { XmlElement } from './xml/tree.ts'

/** What a policy enforcement point (`<entitlementService>`) needs: who makes the question of a message, and who answers it. */
export interface Entitlement {
  /**
   * What makes the question of each message: the callback handler of that class name, the one for UsernameTokens when there is
   * no name. Undefined when there is no such handler, which has been reported.
   */
  questioner(className: string | undefined, at: Span): Questioner | undefined
  /**
   * A decision point by the protocol it speaks. Equal options give the same one for as long as deployments ask for it, so
   * that sessions and connections survive reloads.
   */
  source(options: DecisionSourceOptions): DecisionSource
  /** What is wrong with such options; undefined when nothing is. */
  objection(options: DecisionSourceOptions): string | undefined
  /** The text behind `enc:` and base64, decrypted with a key of the bus; undefined when that cannot be done. */
  reveal(ciphertext: string): string | undefined
}

/** The question of a message. Throws or rejects with a Fault when the message does not say who asks. */
export type Questioner = (ctx: MessageContext) => DecisionRequest | Promise<DecisionRequest>

/** Protocols to a decision point. `embedded`: the policies of the home. */
export const DECISION_CLIENTS = ['soap', 'basicAuth', 'thrift', 'wsXacml', 'rest', 'authzen', 'embedded'] as const

export type DecisionClient = (typeof DECISION_CLIENTS)[number]

export interface DecisionSourceOptions {
  readonly client: DecisionClient
  /** Address that the names of services are added to; '' for the embedded one. */
  readonly url: string
  readonly user: string
  readonly password: string
  readonly thriftHost: string
  readonly thriftPort: number
  /** Whether a login is used for more than one decision (soap, thrift). */
  readonly reuseSession: boolean
}

/** Answers questions. */
export interface DecisionSource {
  /** Whom it asks, for logs: a protocol and an address, no secrets. */
  readonly name: string
  /**
   * The answer; a promise only when something has to be waited for, which ends with the exchange of the message and after
   * `entitlement.timeout`. Throws or rejects with a Fault that says what is wrong when there is no answer to rely on.
   */
  ask(request: DecisionRequest, ctx: MessageContext): EntitlementDecision | Promise<EntitlementDecision>
}

/** An answer as an enforcement point needs it. It may be kept and used for other messages. */
export interface EntitlementDecision {
  /** `Permit` and nothing else grants; a decision point may say what no standard knows. */
  readonly decision: string
  /** What the decision point said about it, for the log. */
  readonly reason: string | undefined
  readonly obligations: DecisionDuties | undefined
  readonly advice: DecisionDuties | undefined
}

/** The obligations, or the advice, of one answer. */
export interface DecisionDuties {
  readonly ids: readonly string[]
  /** `<Obligations>` or `<AssociatedAdvice>` with all of them: a new copy, root of nothing. */
  element(): XmlElement
}
