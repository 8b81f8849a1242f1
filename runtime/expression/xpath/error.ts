/** An XPath expression that cannot be compiled, or a value that cannot be what its place asks for. */
export class XPathError extends Error {
  override readonly name = 'XPathError'
  /** Where in the expression, in UTF-16 units from 0. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}
