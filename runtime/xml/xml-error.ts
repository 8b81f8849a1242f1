/**
 * Text or bytes that are not well-formed XML, exceed a limit, or cannot be written as XML. `offset` counts UTF-16 units of the
 * text after line ends have been made LF (XML 1.0 section 2.11); `line` and `column` count from 1. Reasons quote names from
 * the document, shortened, and nothing else of it.
 */
export class XmlError extends Error {
  override readonly name = 'XmlError'
  readonly reason: string
  readonly offset: number
  readonly line: number
  readonly column: number

  constructor(reason: string, offset = 0, line = 1, column = 1) {
    super(offset === 0 ? reason : `${reason} (line ${line}, column ${column})`)
    this.reason = reason
    this.offset = offset
    this.line = line
    this.column = column
  }

  /** The error at an offset of a text. */
  static at(text: string, offset: number, reason: string): XmlError {
    let line = 1
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
      line++
      start = end + 1
    }
    return new XmlError(reason, offset, line, offset - start + 1)
  }
}

/** A name from a document, short enough for a message that people read. */
export const shown = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name)
