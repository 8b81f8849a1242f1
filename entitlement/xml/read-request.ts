import {
  type DecisionCategory,
  type DecisionRequest,
  elements,
  firstElement,
  parseXml,
  type XmlDocument,
  type XmlElement,
  XmlError,
  type XmlLimits,
} from 'viaduct'
import { syntaxError } from '../evaluation/indeterminate.ts'
import { CONTEXT_1, CONTEXT_2, isXacml3 } from '../policy/namespaces.ts'
import { flag, readCategory, required } from './read-category.ts'
import { readRequest2 } from './read-request-2.ts'

/** What a request of a client may hold. */
const LIMITS: Partial<XmlLimits> = { depth: 200, nodes: 200_000, attributes: 100 }

/** A request with the version that it is written in, which the answer is written in as well. */
export interface ReadRequest {
  readonly request: DecisionRequest
  readonly version: '2.0' | '3.0'
}

/** Reads a `<Request>` of XACML 3.0, 2.0 or 1.x. Throws Indeterminate with `syntax-error`. */
export function readRequest(text: string): ReadRequest {
  return readRequestElement(parsed(text).root)
}

function parsed(text: string): XmlDocument {
  try {
    return parseXml(text, LIMITS)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw syntaxError(`the request is not well-formed: ${error.message}`)
  }
}

/** Likewise, from a tree. */
export function readRequestElement(root: XmlElement): ReadRequest {
  const { name, namespace } = root
  if (name !== 'Request') throw syntaxError(`<${name}> is no request`)
  if (namespace === CONTEXT_2 || namespace === CONTEXT_1) {
    // A client of WSO2 sends requests of 3.0 in the namespace of 2.0 in its wsXacml protocol.
    if (firstElement(root, 'Attributes') === undefined) return { request: readRequest2(root), version: '2.0' }
  } else if (!isXacml3(namespace)) throw syntaxError(`the namespace of the request is unknown: "${namespace}"`)
  return { request: readRequest3(root), version: '3.0' }
}

function readRequest3(root: XmlElement): DecisionRequest {
  const categories: DecisionCategory[] = []
  let references: string[][] | undefined
  for (const child of elements(root)) {
    if (child.name === 'Attributes') categories.push(readCategory(child))
    else if (child.name === 'MultiRequests') references = elements(child).map(readReference)
    else if (child.name !== 'RequestDefaults') throw syntaxError(`<Request> has no child <${child.name}>`)
  }
  return {
    categories,
    returnPolicyIds: flag(root, 'ReturnPolicyIdList'),
    combined: flag(root, 'CombinedDecision'),
    references,
  }
}

function readReference(element: XmlElement): string[] {
  return elements(element).map((each) => required(each, 'ReferenceId'))
}
