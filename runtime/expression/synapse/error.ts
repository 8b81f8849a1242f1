import { XPathError } from '../xpath/index.ts'

/** A `${…}` expression that cannot be compiled. `offset` counts UTF-16 units from 0, in the text between the braces. */
export class SynapseSyntaxError extends Error {
  override readonly name = 'SynapseSyntaxError'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** An expression that has no value for this message: something is missing, or of the wrong type. The result is then ''. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError'
}

/** What makes the result of an expression empty: that of an XPath in it too. Anything else is an error of its own. */
export const isFailure = (error: unknown): error is Error =>
  error instanceof EvaluationError || error instanceof XPathError
