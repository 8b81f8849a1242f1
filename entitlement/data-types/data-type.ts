import type { DecisionValue } from 'viaduct'

/** What equal values have in common: it can be compared with `===` and can be the key of a Map. */
export type Key = string | number | bigint | boolean

/**
 * A data type of XACML. Values are plain: a `string` is a string, an `integer` a bigint; the types of expressions are known
 * when policies are compiled, so values carry none.
 */
export interface DataType<T = unknown> {
  /** URI. */
  readonly id: string
  /** The short name, as in the JSON profile and in the names of functions. */
  readonly name: string
  /** Throws a LexicalError when the text is no value of the type. `value` is what it was written in, for types that need more. */
  parse(text: string, value?: DecisionValue): T
  print(value: T): string
  /** Equal exactly for values that are equal in the type's own sense. */
  key(value: T): Key
}

/** A text that is not in the lexical space of its data type. */
export class LexicalError extends Error {
  override readonly name = 'LexicalError'

  constructor(text: string, type: string) {
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
    super(`"${shown}" is no ${type}`)
  }
}

export const XSD = 'http://www.w3.org/2001/XMLSchema#'

/** The white space of XML, taken off both ends; nearly no value has any. */
export function collapsed(text: string): string {
  const first = text.charCodeAt(0)
  const last = text.charCodeAt(text.length - 1)
  return first <= 0x20 || last <= 0x20 ? text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '') : text
}
