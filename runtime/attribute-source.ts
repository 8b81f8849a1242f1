import type { DecisionAttribute } from './decisions.ts'

/** What a decision needs and its request does not say. */
export interface AttributeQuery {
  readonly category: string
  readonly id: string
  /** The texts of an attribute that the request holds, or another source has found; empty when there are none. */
  readonly values: (category: string, id: string) => readonly string[]
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** Where attributes come from that are not in a request: a policy information point. */
export interface AttributeSource {
  /** For messages and logs. */
  readonly name: string
  readonly category: string
  /** Identifiers that it can find. */
  readonly attributes: readonly string[]
  /** Milliseconds to answer, 2000 unless given. */
  readonly timeout?: number
  /**
   * Finds attributes of the category: the one asked for, and others that it has at hand, which will then not be asked for.
   * Nothing found is an empty list; a failure makes the decision Indeterminate. Asked at most once in a decision.
   */
  find(query: AttributeQuery): readonly DecisionAttribute[] | Promise<readonly DecisionAttribute[]>
  /** Called when no decision can need it any more. */
  close?(): void | Promise<void>
}

/**
 * An attribute source as a module in `mediators/`: it exports a class that extends this one. There is one object for each
 * deployment; policies use it without being told.
 */
export abstract class AttributeFinder implements AttributeSource {
  /** What a class that extends this one is, for those who look for it in `mediators/`. */
  static readonly extension: string = 'attribute-source'

  abstract readonly category: string
  abstract readonly attributes: readonly string[]
  readonly timeout: number = 2000

  get name(): string {
    return this.constructor.name
  }

  abstract find(query: AttributeQuery): readonly DecisionAttribute[] | Promise<readonly DecisionAttribute[]>
}
