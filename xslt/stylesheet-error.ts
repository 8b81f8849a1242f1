import type { Span, XmlElement } from 'viaduct'

/** A stylesheet is wrong (compiling), or a transformation cannot go on. `at` is where in the stylesheet, when that is known. */
export class StylesheetError extends Error {
  readonly at: Span | undefined

  constructor(message: string, element?: XmlElement) {
    super(message)
    this.at = element?.at
  }

  /** The same with more to say. */
  with(more: string): StylesheetError {
    return Object.assign(new StylesheetError(this.message + more), { at: this.at })
  }
}
