import type { XmlElement } from './xml/tree.ts'

export type Verdict = 'Permit' | 'Deny' | 'NotApplicable' | 'Indeterminate'

/** One value as it travels: its data type (a URI) and its lexical form. */
export interface DecisionValue {
  readonly type: string
  readonly text: string
  /** `xpathExpression` only: which category's content it looks into, and the prefixes it was written with. */
  readonly xpath?: { readonly category: string; readonly namespaces: ReadonlyMap<string, string> }
}

/** An attribute of a request: one identifier and issuer, any number of values, of any types. */
export interface DecisionAttribute {
  readonly id: string
  readonly issuer?: string | undefined
  readonly includeInResult?: boolean | undefined
  readonly values: readonly DecisionValue[]
}

/** Attributes of one category (XACML 3.0 section 5.43): the subject, the resource, the action, the environment … */
export interface DecisionCategory {
  /** URI. */
  readonly category: string
  /** `xml:id`, for references of the multiple decision profile. */
  readonly id?: string | undefined
  /** The single element inside `<Content>`, root of its own tree. */
  readonly content?: XmlElement | undefined
  readonly attributes: readonly DecisionAttribute[]
}

/** A question to a decision point. A category given more than once asks several questions (multiple decision profile). */
export interface DecisionRequest {
  readonly categories: readonly DecisionCategory[]
  /** Asks for the identifiers of the policies that applied. */
  readonly returnPolicyIds?: boolean | undefined
  /** Asks for one answer to all questions. */
  readonly combined?: boolean | undefined
  /** Questions as sets of category ids (`MultiRequests`). */
  readonly references?: readonly (readonly string[])[] | undefined
}

/** An attribute that was needed and not there (XACML 3.0 section 5.58). */
export interface MissingAttribute {
  readonly category: string
  readonly id: string
  readonly type: string
  readonly issuer?: string | undefined
}

export interface DecisionStatus {
  /** URI: `…:status:ok`, `missing-attribute`, `syntax-error`, `processing-error`. */
  readonly code: string
  /** For people; names no paths and no secrets. */
  readonly message?: string | undefined
  readonly missing?: readonly MissingAttribute[] | undefined
}

export interface Assignment {
  readonly attribute: string
  readonly category?: string | undefined
  readonly issuer?: string | undefined
  readonly value: DecisionValue
}

/** An obligation or an advice: what must, or may, be done besides. */
export interface Obligation {
  readonly id: string
  readonly assignments: readonly Assignment[]
}

export interface PolicyIdentifier {
  readonly kind: 'policy' | 'policySet'
  readonly id: string
  readonly version: string
}

/** The answer to one question. */
export interface DecisionResult {
  readonly decision: Verdict
  /** Which decisions an Indeterminate could have been: D, P or both (XACML 3.0 section 7.10). */
  readonly indeterminate?: 'D' | 'P' | 'DP' | undefined
  readonly status: DecisionStatus
  readonly obligations: readonly Obligation[]
  readonly advice: readonly Obligation[]
  /** What the request asked to have back (`IncludeInResult`). */
  readonly attributes: readonly DecisionCategory[]
  /** Empty unless asked for. */
  readonly policies: readonly PolicyIdentifier[]
}

/** One step of an evaluation, with the steps it consists of. */
export interface ExplanationStep {
  readonly kind: 'policySet' | 'policy' | 'rule' | 'target' | 'match' | 'condition' | 'obligation' | 'value'
  /** Identifier of a policy or rule; the expression in short for all others. */
  readonly name: string
  /** The decision, `match`, `no match`, a value, or why it is indeterminate. */
  readonly outcome: string
  /** Whether the decision of the step above is this one's. */
  readonly decisive: boolean
  /** `file:line:column`. */
  readonly place: string | undefined
  readonly steps: readonly ExplanationStep[]
}

/** How an answer came about. */
export interface Explanation {
  readonly result: DecisionResult
  readonly steps: readonly ExplanationStep[]
  /** Attributes that were looked for and not found. */
  readonly missing: readonly MissingAttribute[]
}

/** Decides: the embedded policy decision point, or a remote one. */
export interface DecisionPoint {
  /**
   * At least one result, in the order of the questions. Mistakes of the request or the policies are Indeterminate results;
   * rejects only when the decision point cannot be asked. No promise unless something has to be waited for.
   */
  decide(request: DecisionRequest, signal?: AbortSignal): readonly DecisionResult[] | Promise<readonly DecisionResult[]>
  /** How each answer came about; undefined where the decision point cannot tell. */
  explain?(request: DecisionRequest, signal?: AbortSignal): readonly Explanation[] | Promise<readonly Explanation[]>
}
