import { attributeValue, elements, inScopeNamespaces, spanOf, textOf, type XmlElement } from 'viaduct'
import { isSecurityPolicy } from './names.ts'
import type { Assertion } from './normalize.ts'
import { type ElementsPart, type HeaderPart, isNothing, NO_PARTS, type Parts, type Protection } from './parts.ts'
import type { PolicyReports } from './reader.ts'

/** sp:SignedParts, sp:EncryptedParts. SignedParts without children means body and every header; EncryptedParts the body. */
export function readParts(assertion: Assertion, reports: PolicyReports): Parts {
  const children = elements(assertion.element).filter(({ namespace }) => isSecurityPolicy(namespace))
  if (children.length === 0) return { ...NO_PARTS, body: true, everyHeader: assertion.name === 'SignedParts' }
  const headers: HeaderPart[] = []
  let body = false
  let attachments = false
  for (const element of children) {
    if (element.name === 'Body') body = true
    else if (element.name === 'Attachments') attachments = true
    else if (element.name === 'Header') headers.push(...readHeader(element, reports))
    else
      reports.at(
        { element },
        'element-unknown',
        `<${assertion.name}> holds <Body>, <Header> and <Attachments>, not <${element.name}>`,
      )
  }
  return { body, everyHeader: false, headers, attachments }
}

function readHeader(element: XmlElement, reports: PolicyReports): HeaderPart[] {
  const namespace = attributeValue(element, 'Namespace')
  if (namespace !== undefined) return [{ name: attributeValue(element, 'Name'), namespace }]
  reports.at({ element }, 'attribute-missing', '<Header> needs the attribute "Namespace"')
  return []
}

/** sp:RequiredParts: headers only. */
export const readRequiredHeaders = ({ element }: Assertion, reports: PolicyReports): HeaderPart[] =>
  elements(element)
    .filter(({ name, namespace }) => name === 'Header' && isSecurityPolicy(namespace))
    .flatMap((header) => readHeader(header, reports))

const XPATH_10 = 'http://www.w3.org/TR/1999/REC-xpath-19991116'

/** sp:SignedElements, sp:EncryptedElements, sp:ContentEncryptedElements, sp:RequiredElements: XPath 1.0 from the envelope. */
export function readElements(assertion: Assertion, reports: PolicyReports): ElementsPart[] {
  const version = attributeValue(assertion.element, 'XPathVersion') ?? XPATH_10
  if (version !== XPATH_10)
    reports.at(assertion, 'element-unsupported', `XPathVersion="${version}": only XPath 1.0 is read`)
  return elements(assertion.element).flatMap((element) => {
    if (element.name === 'XPath' && isSecurityPolicy(element.namespace)) return [elementsPart(element)]
    const text =
      element.name === 'XPath2'
        ? '<XPath2>: filters are not read; write <XPath>'
        : `<${assertion.name}> holds <XPath>, not <${element.name}>`
    reports.at({ element }, element.name === 'XPath2' ? 'element-unsupported' : 'element-unknown', text)
    return []
  })
}

/** An XPath as an element of a policy holds it, with the prefixes in force there. */
export const elementsPart = (element: XmlElement): ElementsPart => ({
  expression: textOf(element).trim(),
  namespaces: inScopeNamespaces(element),
  at: spanOf(element),
  element,
})

const PART_NAMES = new Set([
  'SignedParts',
  'EncryptedParts',
  'SignedElements',
  'EncryptedElements',
  'ContentEncryptedElements',
])

/** Whether an assertion says what is protected. */
export const isProtection = ({ name, namespace }: Assertion): boolean =>
  isSecurityPolicy(namespace) && PART_NAMES.has(name)

/** All that a list of assertions says of what is protected, put together. */
export function readProtection(assertions: readonly Assertion[], reports: PolicyReports): Protection {
  const named = (name: string): readonly Assertion[] =>
    assertions.filter((each) => each.name === name && isSecurityPolicy(each.namespace))
  const xpaths = (name: string): readonly ElementsPart[] => named(name).flatMap((each) => readElements(each, reports))
  return {
    signed: joined(named('SignedParts').map((each) => readParts(each, reports))),
    encrypted: joined(named('EncryptedParts').map((each) => readParts(each, reports))),
    signedElements: xpaths('SignedElements'),
    encryptedElements: xpaths('EncryptedElements'),
    encryptedContent: xpaths('ContentEncryptedElements'),
  }
}

function joined(parts: readonly Parts[]): Parts {
  if (parts.length === 0) return NO_PARTS
  return {
    body: parts.some(({ body }) => body),
    everyHeader: parts.some(({ everyHeader }) => everyHeader),
    headers: parts.flatMap(({ headers }) => headers),
    attachments: parts.some(({ attachments }) => attachments),
  }
}

/** Whether nothing at all is protected by it. */
export const protectsNothing = (protection: Protection): boolean =>
  isNothing(protection.signed) &&
  isNothing(protection.encrypted) &&
  protection.signedElements.length === 0 &&
  protection.encryptedElements.length === 0 &&
  protection.encryptedContent.length === 0
