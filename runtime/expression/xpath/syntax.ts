/** The parts of an expression as XPath 1.0 chapters 2 and 3 name them. `at` is the offset in the text. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'variable'; readonly name: QName; readonly at: number }
  | Call
  | { readonly kind: 'negate'; readonly operand: Expression; readonly at: number }
  | Binary
  | Filter
  | Path

export interface QName {
  readonly prefix: string
  readonly local: string
}

export interface Call {
  readonly kind: 'call'
  readonly name: QName
  readonly args: readonly Expression[]
  readonly at: number
}

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>='
export type ArithmeticOperator = '+' | '-' | '*' | 'div' | 'mod'
export type BinaryOperator = 'or' | 'and' | ComparisonOperator | ArithmeticOperator | '|'

export interface Binary {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
  readonly at: number
}

/** A primary expression with predicates, which count positions in document order. */
export interface Filter {
  readonly kind: 'filter'
  readonly primary: Expression
  readonly predicates: readonly Expression[]
  readonly at: number
}

/** A location path from the root, the context node, or the nodes of an expression. */
export interface Path {
  readonly kind: 'path'
  readonly start: 'root' | 'context' | Expression
  readonly steps: readonly Step[]
  readonly at: number
}

export type Axis =
  | 'ancestor'
  | 'ancestor-or-self'
  | 'attribute'
  | 'child'
  | 'descendant'
  | 'descendant-or-self'
  | 'following'
  | 'following-sibling'
  | 'namespace'
  | 'parent'
  | 'preceding'
  | 'preceding-sibling'
  | 'self'

export interface Step {
  readonly axis: Axis
  readonly test: NodeTest
  readonly predicates: readonly Expression[]
  readonly at: number
}

/** `local` is '*' for any name; `prefix` is '' when none was written. */
export type NodeTest =
  | { readonly kind: 'node' | 'text' | 'comment' }
  | { readonly kind: 'instruction'; readonly target: string | undefined }
  | { readonly kind: 'name'; readonly prefix: string; readonly local: string }
