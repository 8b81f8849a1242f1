import type { DecisionStatus } from 'viaduct'

export const STATUS = 'urn:oasis:names:tc:xacml:1.0:status:'
export const OK = `${STATUS}ok`
export const MISSING_ATTRIBUTE = `${STATUS}missing-attribute`
export const SYNTAX_ERROR = `${STATUS}syntax-error`
export const PROCESSING_ERROR = `${STATUS}processing-error`

/** Why an expression has no value. */
export class Indeterminate extends Error {
  override readonly name = 'Indeterminate'
  readonly status: DecisionStatus

  constructor(status: DecisionStatus) {
    super(status.message)
    this.status = status
  }
}

export const processingError = (message: string): Indeterminate =>
  new Indeterminate({ code: PROCESSING_ERROR, message })

export const syntaxError = (message: string): Indeterminate => new Indeterminate({ code: SYNTAX_ERROR, message })
