import { compileXPath, type XPath, XPathError } from 'viaduct'
import { type DataType, LexicalError } from './data-type.ts'
import { xpathBreadth } from './xpath-breadth.ts'

/** An XPath 1.0 expression over the content of a category. */
export interface XPathExpression {
  readonly text: string
  readonly category: string
  readonly namespaces: ReadonlyMap<string, string>
  readonly path: XPath
  /** How many loops over a document it may hold inside each other. */
  readonly breadth: number
}

const LONGEST = 2000
const NO_NAMESPACES: ReadonlyMap<string, string> = new Map()

export const xpathExpression: DataType<XPathExpression> = {
  id: 'urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression',
  name: 'xpathExpression',
  parse(text, value) {
    const { category = '', namespaces = NO_NAMESPACES } = value?.xpath ?? {}
    if (text.length > LONGEST) throw new LexicalError(text, 'xpathExpression')
    const path = compilePathOver(text, namespaces)
    return { text, category, namespaces, path, breadth: xpathBreadth(path.syntax) }
  },
  print: ({ text }) => text,
  key: ({ text, category }) => `${category}\n${text}`,
}

/** Throws a LexicalError that says where the expression is wrong. */
export function compilePathOver(text: string, namespaces: ReadonlyMap<string, string>): XPath {
  try {
    return compileXPath(text.trim(), {
      namespaces: (prefix) => (prefix === '' ? undefined : namespaces.get(prefix)),
    })
  } catch (error) {
    if (!(error instanceof XPathError)) throw error
    throw new LexicalError(text, `XPath expression: ${error.message} (at character ${error.offset + 1})`)
  }
}
