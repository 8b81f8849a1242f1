import { compileXPath, ELEMENT, type XmlElement, XPathError } from 'viaduct'
import type { ElementSelector } from '../plan.ts'
import type { ElementsPart } from './parts.ts'
import type { PolicyReports } from './reader.ts'

/** Compiles an XPath of a policy; undefined when it is wrong, which is reported. Relative paths start at the envelope. */
export function elementSelector(part: ElementsPart, reports: PolicyReports): ElementSelector | undefined {
  try {
    const xpath = compileXPath(part.expression, { namespaces: (prefix) => part.namespaces.get(prefix) })
    return ({ root }) => xpath.nodes(root, undefined).filter((node): node is XmlElement => node.type === ELEMENT)
  } catch (error) {
    if (!(error instanceof XPathError)) throw error
    reports.at(part, 'expression-invalid', error.message)
    return undefined
  }
}
