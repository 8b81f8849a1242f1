import type { DecisionAttribute } from 'viaduct'

/** What a decision needs and its request does not say. */
export interface AttributeQuery {
  readonly category: string
  readonly id: string
  /** The texts of an attribute that the request holds, or another source has found; empty when there are none. */
  values(category: string, id: string): readonly string[]
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** Where attributes come from that are not in the request: a policy information point. */
export interface AttributeSource {
  readonly name: string
  readonly category: string
  /** Identifiers that it can find. */
  readonly attributes: readonly string[]
  /** Milliseconds to answer, 2000 unless given. */
  readonly timeout?: number
  /**
   * Finds attributes of the category: the one asked for, and others that it has at hand, which will then not be asked for. Nothing found is
   * an empty list; a failure makes the decision Indeterminate.
   */
  find(query: AttributeQuery): readonly DecisionAttribute[] | Promise<readonly DecisionAttribute[]>
}

/** Declares an attribute source; a module in `mediators/` exports what this returns. */
export function defineAttributeSource(source: AttributeSource): AttributeSource {
  return source
}
