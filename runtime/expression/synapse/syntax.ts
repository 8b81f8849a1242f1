import type { JsonValue } from '../../json/value.ts'

/** The parts of a `${…}` expression (language reference 4.3). `at` is the offset in the text between the braces. */
export type Node =
  | { readonly kind: 'literal'; readonly value: JsonValue; readonly at: number }
  | { readonly kind: 'array'; readonly items: readonly Node[]; readonly at: number }
  | { readonly kind: 'payload'; readonly path: Suffix | undefined; readonly at: number }
  | { readonly kind: 'variable'; readonly name: string; readonly path: Suffix | undefined; readonly at: number }
  | { readonly kind: 'lookup'; readonly root: LookupRoot; readonly name: string; readonly at: number }
  | Call
  | { readonly kind: 'negate'; readonly operand: Node; readonly at: number }
  | Binary
  | {
      readonly kind: 'conditional'
      readonly condition: Node
      readonly yes: Node
      readonly no: Node
      readonly at: number
    }

export interface Call {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Node[]
  readonly path: Suffix | undefined
  readonly at: number
}

export interface Binary {
  readonly kind: 'binary'
  readonly operator: Operator
  readonly left: Node
  readonly right: Node
  readonly at: number
}

export type ComparisonOperator = '==' | '!=' | '<' | '>' | '<=' | '>='
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export type Operator = ComparisonOperator | ArithmeticOperator | 'and' | 'or'

/** Where a value is looked up by its name alone. */
export type LookupRoot = 'headers' | 'synapse' | 'axis2' | 'pathParams' | 'queryParams' | 'functionParams' | 'configs'

/** A JSONPath after a root: its text, with holes where values of the message go. */
export interface Suffix {
  readonly pieces: readonly (string | Hole)[]
  readonly at: number
}

/** `index`: a number, or a text that names a member. `filter`: a value that a filter compares with. `bound`: of a slice. */
export interface Hole {
  readonly use: 'index' | 'filter' | 'bound'
  readonly node: Node
}
