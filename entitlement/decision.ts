import {
  cloneNode,
  type DecisionDuties,
  type DecisionResult,
  type EntitlementDecision,
  Fault,
  parseXml,
  type XmlElement,
} from 'viaduct'
import { XACML_3 } from './policy/namespaces.ts'
import { writeAdvice, writeObligations } from './xml/write-response.ts'

/**
 * The answers of a decision point to one question, as an enforcement point needs them. Where there are several, they permit
 * only when each does: the first that does not is the one that counts.
 */
export function decisionOf(results: readonly DecisionResult[]): EntitlementDecision {
  const [first] = results
  if (first === undefined) throw new Fault(0, 'Undefined Decision is received')
  const { decision, status, obligations, advice } = results.find((each) => each.decision !== 'Permit') ?? first
  const missing = status.missing?.map(({ id }) => id).join(', ')
  return {
    decision,
    reason: status.message ?? (missing === undefined || missing === '' ? undefined : `missing: ${missing}`),
    obligations: dutiesOf(obligations, writeObligations),
    advice: dutiesOf(advice, writeAdvice),
  }
}

function dutiesOf<T extends { readonly id: string }>(
  duties: readonly T[],
  write: (duties: readonly T[]) => string,
): DecisionDuties | undefined {
  if (duties.length === 0) return undefined
  // Written when the first branch wants it: most decisions come without.
  let element: XmlElement | undefined
  return {
    ids: duties.map(({ id }) => id),
    element: () => copyOf((element ??= qualified(write(duties)))),
  }
}

/** The element in the namespace of XACML 3.0, which the whole response would have declared. */
const qualified = (xml: string): XmlElement => parseXml(xml.replace('>', ` xmlns="${XACML_3}">`)).root

/** A copy that is root of nothing: whoever gets it puts it where he wants. */
export function copyOf(element: XmlElement): XmlElement {
  const copy = cloneNode(element)
  copy.parent = null
  return copy
}
