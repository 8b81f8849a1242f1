/** A compiled-to-be JSONPath in the manner of Jayway: `$`, then segments, then perhaps a function. */
export interface Syntax {
  readonly segments: readonly Segment[]
  readonly fn: PathFunction | undefined
}

export type PathFunction =
  'length' | 'size' | 'min' | 'max' | 'avg' | 'sum' | 'stddev' | 'keys' | 'first' | 'last' | 'concat'

export type Segment =
  | { readonly kind: 'keys'; readonly keys: readonly string[]; readonly deep: boolean }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[]; readonly deep: boolean }
  | {
      readonly kind: 'slice'
      readonly from: number | undefined
      readonly to: number | undefined
      readonly step: number
      readonly deep: boolean
    }
  | { readonly kind: 'all'; readonly deep: boolean }
  | { readonly kind: 'filter'; readonly test: Test; readonly deep: boolean }

export type Test =
  | { readonly kind: 'or' | 'and'; readonly left: Test; readonly right: Test }
  | { readonly kind: 'not'; readonly operand: Test }
  | { readonly kind: 'exists'; readonly path: Operand & { readonly kind: 'path' } }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Operand; readonly right: Operand }

export type Comparison =
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '=~'
  | 'in'
  | 'nin'
  | 'subsetof'
  | 'anyof'
  | 'noneof'
  | 'contains'
  | 'size'
  | 'empty'

export type Operand =
  | { readonly kind: 'path'; readonly root: '$' | '@'; readonly syntax: Syntax }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly values: readonly (string | number | boolean | null)[] }
  | { readonly kind: 'regex'; readonly pattern: RegExp }

/** A JSONPath that cannot be compiled. `offset` counts UTF-16 units from 0. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}
