import type { MimePart, XmlDocument, XmlElement } from 'viaduct'
import { ElementIds } from './message/element-ids.ts'
import { openEnvelope } from './message/open-envelope.ts'
import { SecurityFailure } from './security-failure.ts'
import type {
  Confirmation,
  Covered,
  Decryption,
  SecurityResults,
  SecurityToken,
  VerifiedSignature,
  VerifiedTimestamp,
} from './security-results.ts'
import type { TokenContext } from './token-handler.ts'
import { TokenTable } from './tokens/token-table.ts'
import type { VerifyPlan, VerifyState } from './verify-plan.ts'
import { WorkBudget } from './work-budget.ts'

/** What a verification is given, because it needs parts that need it. */
export interface VerificationParts {
  /** Reads an element that is a token. */
  readonly readToken: (verification: Verification, element: XmlElement) => SecurityToken
  readonly createContext: (verification: Verification) => TokenContext
}

/** One message while it is verified: what the parts of the receiver share. */
export class Verification {
  readonly envelope: XmlDocument
  readonly header: XmlElement | undefined
  readonly body: XmlElement
  readonly security: XmlElement | undefined
  readonly plan: VerifyPlan
  readonly state: VerifyState
  readonly ids: ElementIds
  readonly budget: WorkBudget
  readonly tokens: TokenTable
  readonly context: TokenContext
  readonly signatures: VerifiedSignature[] = []
  readonly decryptions: Decryption[] = []
  readonly confirmations: Confirmation[] = []
  /** By Content-ID. */
  readonly attachments = new Map<string, MimePart>()
  timestamp: VerifiedTimestamp | undefined
  /**
   * A decryption that failed. The message is refused for it only when its signatures were looked at like those of any other, so
   * that the time of the answer does not tell a wrong padding from a wrong digest.
   */
  undecrypted: SecurityFailure | undefined
  #order = 0

  /** Throws a SecurityFailure when the envelope has a wrong shape or ambiguous identifiers. */
  constructor(envelope: XmlDocument, plan: VerifyPlan, state: VerifyState, parts: VerificationParts) {
    const { header, body, security } = openEnvelope(envelope, plan.actor)
    this.envelope = envelope
    this.header = header
    this.body = body
    this.security = security
    this.plan = plan
    this.state = state
    this.budget = new WorkBudget(plan.limits)
    this.ids = new ElementIds(plan.limits)
    this.ids.index(envelope.root)
    this.tokens = new TokenTable((element) => parts.readToken(this, element))
    this.context = parts.createContext(this)
    for (const part of state.attachments) if (part.contentId !== undefined) this.#attach(part.contentId, part)
  }

  /** Position in the order of processing. */
  next(): number {
    return this.#order++
  }

  /** An element gives way to what it was decrypted to; signatures that cover it go on covering that. */
  replaced(old: XmlElement, plain: XmlElement | undefined): void {
    this.ids.forget(old)
    for (const [index, signature] of this.signatures.entries()) {
      if (!signature.covered.some(({ node }) => node === old)) continue
      const covered = signature.covered.map((part): Covered => (part.node === old ? { ...part, node: plain } : part))
      this.signatures[index] = { ...signature, covered }
    }
  }

  results(): SecurityResults {
    const { envelope, body, header, security, timestamp, signatures, decryptions, confirmations } = this
    return {
      envelope,
      body,
      header,
      security,
      timestamp,
      tokens: this.tokens.all,
      signatures,
      decryptions,
      confirmations,
      attachments: [
        ...this.attachments.values(),
        ...this.state.attachments.filter(({ contentId }) => contentId === undefined),
      ],
      leftover: [...this.ids.encrypted.keys()],
    }
  }

  #attach(id: string, part: MimePart): void {
    if (this.attachments.has(id)) throw new SecurityFailure('id-duplicate', 'two attachments have the same Content-ID')
    this.attachments.set(id, part)
  }
}
