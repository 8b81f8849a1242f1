import { attributeValue, elements, type XmlElement } from 'viaduct'
import {
  confirmationMethod,
  type SamlAssertion,
  type SamlAttribute,
  type SamlAuthentication,
  type SamlConditions,
  type SamlConfirmation,
  type SamlSubject,
} from './assertion.ts'
import {
  attributeValues,
  childrenInOrder,
  childrenOf,
  confirmationLimit,
  malformed,
  nameIn,
  optionalInstant,
  readAttributes,
  requiredAttribute,
  requiredInstant,
  textIn,
} from './assertion-reader.ts'

const STATEMENTS = ['AuthnStatement', 'AttributeStatement', 'AuthzDecisionStatement']
const HEAD = ['Issuer', 'ds:Signature', 'Subject', 'Conditions', 'Advice']

/** Reads an assertion of SAML 2.0, the children being at the places of its schema. Throws a SecurityFailure. */
export function readSaml2(element: XmlElement): SamlAssertion {
  if (requiredAttribute(element, 'Version') !== '2.0') malformed('it is of an unknown version')
  const head = new Map<string, XmlElement>()
  const statements: XmlElement[] = []
  let place = -1
  for (const child of childrenOf(element)) {
    const name = nameIn(child, element.namespace)
    const at = HEAD.indexOf(name)
    if (STATEMENTS.includes(name)) statements.push(child)
    else if (at > place && statements.length === 0) head.set(name, child)
    else malformed(`it may not hold ${child.name} here`)
    if (at >= 0) place = at
  }
  const issuer = head.get('Issuer')
  return {
    version: '2.0',
    element,
    id: requiredAttribute(element, 'ID'),
    issuer: issuer === undefined ? malformed('it has no Issuer') : textIn(issuer),
    issued: requiredInstant(element, 'IssueInstant'),
    conditions: readConditions(head.get('Conditions')),
    subject: readSubject(head.get('Subject')),
    attributes: readAttributes(
      statements.filter(({ name }) => name === 'AttributeStatement'),
      readAttribute,
    ),
    authentication: statements.filter(({ name }) => name === 'AuthnStatement').map(readAuthentication),
    signature: head.get('ds:Signature'),
  }
}

function readConditions(element: XmlElement | undefined): SamlConditions {
  if (element === undefined) return { notBefore: undefined, notOnOrAfter: undefined, audiences: [], once: false }
  const audiences: string[][] = []
  let once = false
  for (const child of childrenOf(element)) {
    const name = nameIn(child, element.namespace)
    if (name === 'AudienceRestriction') audiences.push(childrenOf(child).map(textIn))
    else if (name === 'OneTimeUse') once = true
    // How often others may issue on the strength of this one is nothing to us.
    else if (name !== 'ProxyRestriction') malformed(`the condition ${child.name} is not understood`)
  }
  return {
    notBefore: optionalInstant(element, 'NotBefore'),
    notOnOrAfter: optionalInstant(element, 'NotOnOrAfter'),
    audiences,
    once,
  }
}

function readSubject(element: XmlElement | undefined): SamlSubject {
  if (element === undefined) return malformed('it has no Subject')
  const [name, ...rest] = childrenOf(element, confirmationLimit + 1)
  const kind = name && nameIn(name, element.namespace)
  if (kind === 'EncryptedID' || kind === 'BaseID') malformed(`a subject by ${kind} is not supported`)
  const named = kind === 'NameID'
  const confirmations = named || name === undefined ? rest : [name, ...rest]
  return {
    name: named && name !== undefined ? textIn(name) : undefined,
    format: named && name !== undefined ? attributeValue(name, 'Format') : undefined,
    qualifier: named && name !== undefined ? attributeValue(name, 'NameQualifier') : undefined,
    confirmations: confirmations.map((each) => {
      if (nameIn(each, element.namespace) !== 'SubjectConfirmation') malformed(`a subject may not hold ${each.name}`)
      return readConfirmation(each)
    }),
  }
}

function readConfirmation(element: XmlElement): SamlConfirmation {
  const uri = requiredAttribute(element, 'Method')
  const data = childrenInOrder(element, ['NameID', 'SubjectConfirmationData']).get('SubjectConfirmationData')
  const keyInfos =
    data === undefined ? [] : elements(data).filter((child) => nameIn(child, element.namespace) === 'ds:KeyInfo')
  if (keyInfos.length > 1) malformed('a confirmation has more than one key')
  return {
    uri,
    method: confirmationMethod(uri),
    notBefore: data && optionalInstant(data, 'NotBefore'),
    notOnOrAfter: data && optionalInstant(data, 'NotOnOrAfter'),
    recipient: data && attributeValue(data, 'Recipient'),
    keyInfo: keyInfos[0],
  }
}

const readAttribute = (element: XmlElement): SamlAttribute => ({
  name: requiredAttribute(element, 'Name'),
  namespace: attributeValue(element, 'NameFormat'),
  values: attributeValues(element),
})

function readAuthentication(element: XmlElement): SamlAuthentication {
  const context = elements(element).find((child) => nameIn(child, element.namespace) === 'AuthnContext')
  const reference =
    context && elements(context).find((child) => nameIn(child, element.namespace) === 'AuthnContextClassRef')
  return {
    method: reference && textIn(reference),
    at: optionalInstant(element, 'AuthnInstant'),
    sessionEnds: optionalInstant(element, 'SessionNotOnOrAfter'),
  }
}
