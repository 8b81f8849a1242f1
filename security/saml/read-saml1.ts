import { attributeValue, canonicalXml, elements, type XmlElement } from 'viaduct'
import type {
  SamlAssertion,
  SamlAttribute,
  SamlAuthentication,
  SamlConditions,
  SamlConfirmation,
  SamlSubject,
} from './assertion.ts'
import { confirmationMethod } from './assertion.ts'
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

const STATEMENTS = ['AuthenticationStatement', 'AttributeStatement', 'AuthorizationDecisionStatement']

/** Reads an assertion of SAML 1.1 (and 1.0). All statements have to be about one subject. Throws a SecurityFailure. */
export function readSaml1(element: XmlElement): SamlAssertion {
  if (requiredAttribute(element, 'MajorVersion') !== '1') malformed('it is of an unknown version')
  const statements: XmlElement[] = []
  let conditions: XmlElement | undefined
  let signature: XmlElement | undefined
  for (const child of childrenOf(element)) {
    const name = nameIn(child, element.namespace)
    if (signature !== undefined) malformed(`${child.name} stands behind the signature`)
    if (name === 'ds:Signature') signature = child
    else if (STATEMENTS.includes(name)) statements.push(child)
    else if (name === 'Conditions' && conditions === undefined && statements.length === 0) conditions = child
    else if (name !== 'Advice' || statements.length > 0) malformed(`it may not hold ${child.name} here`)
  }
  return {
    version: '1.1',
    element,
    id: requiredAttribute(element, 'AssertionID'),
    issuer: requiredAttribute(element, 'Issuer').trim(),
    issued: requiredInstant(element, 'IssueInstant'),
    conditions: readConditions(conditions),
    subject: commonSubject(statements),
    attributes: readAttributes(statements, readAttribute),
    authentication: statements.filter(({ name }) => name === 'AuthenticationStatement').map(readAuthentication),
    signature,
  }
}

function readConditions(element: XmlElement | undefined): SamlConditions {
  if (element === undefined) return { notBefore: undefined, notOnOrAfter: undefined, audiences: [], once: false }
  const audiences: string[][] = []
  let once = false
  for (const child of childrenOf(element)) {
    const name = nameIn(child, element.namespace)
    if (name === 'AudienceRestrictionCondition') audiences.push(childrenOf(child).map(textIn))
    else if (name === 'DoNotCacheCondition') once = true
    else malformed(`the condition ${child.name} is not understood`)
  }
  return {
    notBefore: optionalInstant(element, 'NotBefore'),
    notOnOrAfter: optionalInstant(element, 'NotOnOrAfter'),
    audiences,
    once,
  }
}

function commonSubject(statements: readonly XmlElement[]): SamlSubject {
  const subjects = statements.map(readSubject)
  const [first, ...others] = subjects
  if (first === undefined) return malformed('it has no statement about a subject')
  const same = (subject: SamlSubject): boolean =>
    subject.name === first.name && subject.format === first.format && subject.qualifier === first.qualifier
  if (!others.every(same)) malformed('its statements are about different subjects')
  if (others.some((subject) => confirmedBy(subject) !== confirmedBy(first)))
    malformed('its statements are confirmed differently')
  return first
}

/** Methods and keys. They have to be the same for every statement, since any of them may be relied on. */
const confirmedBy = ({ confirmations }: SamlSubject): string =>
  confirmations
    .map(({ uri, keyInfo }) => uri + (keyInfo === undefined ? '' : canonicalXml(keyInfo, { form: 'exclusive' })))
    .join('\n')

function readSubject(statement: XmlElement): SamlSubject {
  const subject = elements(statement)[0]
  if (subject === undefined || nameIn(subject, statement.namespace) !== 'Subject')
    return malformed(`${statement.name} has no Subject`)
  const parts = childrenInOrder(subject, ['NameIdentifier', 'SubjectConfirmation'])
  const name = parts.get('NameIdentifier')
  const confirmation = parts.get('SubjectConfirmation')
  return {
    name: name && textIn(name),
    format: name && attributeValue(name, 'Format'),
    qualifier: name && attributeValue(name, 'NameQualifier'),
    confirmations: confirmation === undefined ? [] : readConfirmations(confirmation),
  }
}

/** Methods of one element share its key. */
function readConfirmations(element: XmlElement): SamlConfirmation[] {
  const children = childrenOf(element, confirmationLimit)
  const named = (wanted: string): XmlElement[] =>
    children.filter((child) => nameIn(child, element.namespace) === wanted)
  const keyInfos = named('ds:KeyInfo')
  const methods = named('ConfirmationMethod').map(textIn)
  if (methods.length === 0 || keyInfos.length > 1) malformed('a confirmation has no method or more than one key')
  const [keyInfo] = keyInfos
  return methods.map((uri) => ({
    uri,
    method: confirmationMethod(uri),
    notBefore: undefined,
    notOnOrAfter: undefined,
    recipient: undefined,
    keyInfo,
  }))
}

const readAttribute = (element: XmlElement): SamlAttribute => ({
  name: requiredAttribute(element, 'AttributeName'),
  namespace: attributeValue(element, 'AttributeNamespace'),
  values: attributeValues(element),
})

const readAuthentication = (element: XmlElement): SamlAuthentication => ({
  method: attributeValue(element, 'AuthenticationMethod'),
  at: optionalInstant(element, 'AuthenticationInstant'),
  sessionEnds: undefined,
})
