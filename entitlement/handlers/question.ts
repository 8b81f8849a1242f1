import {
  cloneNode,
  type DecisionAttribute,
  type DecisionCategory,
  type DecisionRequest,
  type EntitlementAttribute,
  type EntitlementCallbackHandler,
  Fault,
  firstElement,
  type MessageContext,
  parseXml,
  XmlDocument,
  type XmlElement,
} from 'viaduct'

const XSD = 'http://www.w3.org/2001/XMLSchema#'
const SUBJECT = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
const SUBJECT_ID = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'
const ACTION = 'urn:oasis:names:tc:xacml:3.0:attribute-category:action'
const ACTION_ID = 'urn:oasis:names:tc:xacml:1.0:action:action-id'
const RESOURCE = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'
const RESOURCE_ID = 'urn:oasis:names:tc:xacml:1.0:resource:resource-id'

/** What the five methods of a callback handler said, in the order they are asked. */
type Said = readonly [
  user: string | undefined,
  service: string | undefined,
  operation: string | undefined,
  action: string | undefined,
  others: readonly EntitlementAttribute[],
]

/** Asks a handler about a message; a promise only when one of its methods gives one. */
export function questionOf(
  handler: EntitlementCallbackHandler,
  ctx: MessageContext,
): DecisionRequest | Promise<DecisionRequest> {
  const said = [
    handler.getUserName(ctx),
    handler.findServiceName(ctx),
    handler.findOperationName(ctx),
    handler.findAction(ctx),
    handler.findOtherAttributes(ctx),
  ] as const
  if (said.some((each) => each instanceof Promise)) {
    const settled: Promise<unknown> = Promise.all(said.map((each) => Promise.resolve<unknown>(each)))
    return settled.then((all) => requestOf(all as Said))
  }
  return requestOf(said as Said)
}

function requestOf([user, service, operation, action, others]: Said): DecisionRequest {
  if (user === undefined || user === null || user === '')
    throw new Fault(0, "User name not provided for the Entitlement mediator - can't proceed")
  if (service === undefined || service === null || service === '')
    throw new Fault(0, 'the message has no address, so there is no resource to ask about')
  const resource = operation === undefined || operation === null ? service : `${service}/${operation}`
  const categories = [
    { category: SUBJECT, attributes: [single(SUBJECT_ID, user)] },
    { category: ACTION, attributes: [single(ACTION_ID, action ?? 'read')] },
    { category: RESOURCE, attributes: [single(RESOURCE_ID, resource)] },
  ]
  return others.length === 0 ? { categories } : { categories: withOthers(categories, others) }
}

const single = (id: string, text: string): DecisionAttribute => ({ id, values: [{ type: `${XSD}string`, text }] })

interface Growing extends DecisionCategory {
  content?: XmlElement | undefined
  readonly attributes: DecisionAttribute[]
}

/** Categories in the order of first use; an identifier that comes again gets another value. */
function withOthers(first: readonly DecisionCategory[], others: readonly EntitlementAttribute[]): DecisionCategory[] {
  const categories: Growing[] = first.map((each) => ({ ...each, attributes: [...each.attributes] }))
  for (const { category, id, type = 'string', value, content } of others) {
    if (typeof category !== 'string' || typeof id !== 'string' || typeof value !== 'string')
      throw new Fault('module-misbehaved', 'an attribute of the callback handler lacks category, id or value')
    let growing = categories.find((each) => each.category === category)
    if (growing === undefined) categories.push((growing = { category, attributes: [] }))
    // WSO2 puts the namespace of XML Schema before whatever a handler gives; a URI is one already here.
    const given = { type: type.includes(':') ? type : XSD + type, text: value }
    const known = growing.attributes.findIndex((each) => each.id === id)
    const values = [...(growing.attributes[known]?.values ?? []), given]
    if (known < 0) growing.attributes.push({ id, values })
    else growing.attributes[known] = { id, values }
    if (content !== undefined) growing.content ??= contentOf(content)
  }
  return categories
}

/** The element as the root of a tree of its own. */
function contentOf(content: string | XmlElement): XmlElement | undefined {
  const root = typeof content === 'string' ? parseXml(content).root : content
  const element = root.name === 'Content' ? firstElement(root) : root
  if (element === undefined) return undefined
  const tree = new XmlDocument()
  const copy = cloneNode(element)
  copy.parent = tree
  tree.children.push(copy)
  return copy
}
