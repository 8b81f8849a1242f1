import { randomUUID } from 'node:crypto'
import {
  attributeValue,
  bodyChild,
  elements,
  firstElement,
  parseXml,
  textOf,
  type WsXacmlSettings,
  type XmlDocument,
  XmlElement,
  type XmlNode,
} from 'viaduct'

/** Names of the SAML 2.0 profile of XACML as Identity Server has them. */
const PROTOCOL = 'urn:oasis:names:tc:xacml:2.0:profile:saml2.0:v2:schema:protocol'
const STATEMENT = 'urn:oasis:names:tc:xacml:2.0:profile:saml2.0:v2:schema:assertion'
const CONTEXT = 'urn:oasis:names:tc:xacml:2.0:context:schema:os'
const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion'
const SAMLP = 'urn:oasis:names:tc:SAML:2.0:protocol'
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'
const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/** Spelt so by Identity Server; Micro Integrator expects the other. */
const PROVIDED_IDS: ReadonlySet<string> = new Set(['SPPProvierId', 'SPPProvider'])

/** How far the clocks of two servers may differ, milliseconds. */
const MOST_AGE = 5 * 60_000

/** A message of the profile that cannot be accepted. */
export class ProfileError extends Error {}

const issuerXml = ({ issuer }: WsXacmlSettings): string =>
  `<saml:Issuer xmlns:saml="${SAML}" SPProvidedID="SPPProvierId">${escaped(issuer)}</saml:Issuer>`

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const newId = (): string => `_${randomUUID()}`

export interface Query {
  readonly id: string
  /** Root of a document, to be signed. */
  readonly element: XmlElement
}

/** An XACMLAuthzDecisionQuery about a request of XACML 3.0. */
export function writeQuery(request: string, settings: WsXacmlSettings, now: number): Query {
  const id = newId()
  const { root } = parseXml(
    `<xacml-samlp:XACMLAuthzDecisionQuery xmlns:xacml-samlp="${PROTOCOL}" ID="${id}" Version="2.0" IssueInstant="${new Date(now).toISOString()}" InputContextOnly="true" ReturnContext="false">${issuerXml(settings)}</xacml-samlp:XACMLAuthzDecisionQuery>`,
  )
  adopt(root, inContext(parseXml(request).root))
  return { id, element: root }
}

/** A Response with one assertion that states a response of XACML. */
export function writeAnswer(response: string, settings: WsXacmlSettings, now: number, query: string): XmlElement {
  const instant = new Date(now).toISOString()
  const about = /^[\w.-]{1,200}$/.test(query) ? ` InResponseTo="${query}"` : ''
  const { root } = parseXml(
    `<samlp:Response xmlns:samlp="${SAMLP}" ID="${newId()}" Version="2.0" IssueInstant="${instant}"${about}>${issuerXml(settings)}` +
      `<samlp:Status><samlp:StatusCode Value="${SUCCESS}"/></samlp:Status>` +
      `<saml:Assertion xmlns:saml="${SAML}" ID="${newId()}" Version="2.0" IssueInstant="${instant}">${issuerXml(settings)}` +
      `<saml:Statement xmlns:xacml-saml="${STATEMENT}" xmlns:xsi="${XSI}" xsi:type="xacml-saml:XACMLAuthzDecisionStatementType"/>` +
      '</saml:Assertion></samlp:Response>',
  )
  const assertion = firstElement(root, 'Assertion', SAML)
  const statement = assertion && firstElement(assertion, 'Statement', SAML)
  if (statement !== undefined) adopt(statement, inContext(parseXml(response).root))
  return root
}

function adopt(parent: XmlElement, child: XmlElement): void {
  child.parent = parent
  parent.children.push(child)
}

/** The elements in the namespace of requests of 2.0, which is where this protocol carries those of 3.0. */
function inContext(root: XmlElement): XmlElement {
  const open: XmlNode[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!(node instanceof XmlElement)) continue
    // What a Content holds is not XACML.
    if (node.namespace !== root.namespace && node !== root) continue
    open.push(...node.children)
    if (node !== root) move(node)
  }
  move(root)
  root.declarations = [{ prefix: 'xacml-context', namespace: CONTEXT }]
  return root
}

function move(element: XmlElement): void {
  element.namespace = CONTEXT
  element.prefix = 'xacml-context'
}

/** The query in the body of a message, under either name that servers give it. */
export function queryIn(tree: XmlDocument): XmlElement {
  const query = bodyChild(tree)
  if (query === undefined || query.namespace !== PROTOCOL || !/^XACMLAuthzDecisionQuery(?:Type)?$/.test(query.name))
    throw new ProfileError('there is no XACMLAuthzDecisionQuery')
  return query
}

/** The request that a query asks about. */
export const requestIn = (query: XmlElement): XmlElement => single(query, 'Request')

/** The Response in the body of a message. */
export function answerIn(tree: XmlDocument): XmlElement {
  const answer = bodyChild(tree)
  if (answer === undefined || answer.namespace !== SAMLP || answer.name !== 'Response')
    throw new ProfileError('there is no SAML Response')
  return answer
}

/**
 * The response of XACML that an answer states. What was verified is what is read: nothing outside of `answer` is looked at.
 * `secured`: the answer came over TLS, so that nobody can have put the answer to an earlier question in its place.
 */
export function responseIn(answer: XmlElement, query: string, secured: boolean): XmlElement {
  const about = attributeValue(answer, 'InResponseTo')
  // COMPAT ws-xacml-in-response-to: Identity Server never says which question it answers.
  if (about === undefined && !secured)
    throw new ProfileError('the answer says not to which question it is one, which only counts over https')
  if (about !== undefined && about !== query) throw new ProfileError('the answer is one to another question')
  return single(single(single(answer, 'Assertion', SAML), 'Statement', SAML), 'Response')
}

function single(parent: XmlElement, name: string, namespace?: string): XmlElement {
  const found = elements(parent).filter(
    (each) => each.name === name && (namespace === undefined || each.namespace === namespace),
  )
  const [only] = found
  if (only === undefined || found.length > 1) throw new ProfileError(`<${parent.name}> must hold one <${name}>`)
  return only
}

/** Refuses a message of another issuer, or one that is too old or from the future. */
export function checkIssue(element: XmlElement, { issuer }: WsXacmlSettings, now: number): void {
  const written = single(element, 'Issuer', SAML)
  if (textOf(written).trim() !== issuer) throw new ProfileError(`the issuer is not ${issuer}`)
  const provided = attributeValue(written, 'SPProvidedID')
  if (provided !== undefined && !PROVIDED_IDS.has(provided)) throw new ProfileError('SPProvidedID is another one')
  const instant = Date.parse(attributeValue(element, 'IssueInstant') ?? '')
  if (!(Math.abs(now - instant) <= MOST_AGE)) throw new ProfileError('IssueInstant is not of now')
}
