import {
  attributeValue,
  type DecisionDuties,
  elements,
  type EntitlementDecision,
  Fault,
  firstElement,
  parseXml,
  textOf,
  XmlError,
  type XmlElement,
  type XmlLimits,
} from 'viaduct'
import { copyOf } from '../decision.ts'

const LIMITS: Partial<XmlLimits> = { depth: 200, nodes: 200_000 }

/**
 * Reads a `<Response>` as an enforcement point has to: of XACML 3.0 or 2.0, in any namespace or none. A response that contradicts
 * itself is a Fault; a decision that no standard knows stays as it is and grants nothing. Where there are several results, they
 * permit only when each does.
 */
export function readDecision(text: string): EntitlementDecision {
  return readDecisionElement(parsed(text))
}

/** Likewise, from a tree. */
export function readDecisionElement(root: XmlElement): EntitlementDecision {
  if (root.name !== 'Response') throw refused(`<${root.name}> is no XACML response`)
  const results = elements(root).filter(({ name }) => name === 'Result')
  const read = results.map(readResult)
  const counts = read.find(({ decision }) => decision !== 'Permit') ?? read[0]
  if (counts === undefined) throw new Fault(0, 'Undefined Decision is received')
  return counts
}

function parsed(text: string): XmlElement {
  try {
    return parseXml(text, LIMITS).root
  } catch (error) {
    if (error instanceof XmlError) throw refused(`the XACML response is not well-formed: ${error.reason}`)
    throw error
  }
}

function readResult(result: XmlElement): EntitlementDecision {
  const decision = single(result, 'Decision')
  if (decision === undefined) throw refused('a result has no decision')
  return {
    decision: textOf(decision),
    reason: reasonOf(result),
    obligations: duties(single(result, 'Obligations'), 'ObligationId'),
    advice: duties(single(result, 'AssociatedAdvice'), 'AdviceId'),
  }
}

function single(result: XmlElement, name: string): XmlElement | undefined {
  const found = elements(result).filter((each) => each.name === name)
  if (found.length > 1) throw refused(`a result has more than one <${name}>`)
  return found[0]
}

function reasonOf(result: XmlElement): string | undefined {
  const status = firstElement(result, 'Status')
  const message = status && firstElement(status, 'StatusMessage')
  return message === undefined ? undefined : textOf(message).trim().slice(0, 500)
}

function duties(element: XmlElement | undefined, id: string): DecisionDuties | undefined {
  const all = element === undefined ? [] : elements(element)
  if (element === undefined || all.length === 0) return undefined
  return { ids: all.map((each) => attributeValue(each, id) ?? ''), element: () => copyOf(element) }
}

/** The decision point said something that nobody may rely on. */
export const refused = (reason: string): Fault =>
  new Fault(101510, `the decision point cannot be understood: ${reason}`)
