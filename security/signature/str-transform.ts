import type { X509Certificate } from 'node:crypto'
import { type CanonicalOptions, XmlAttribute, XmlElement, XmlText } from 'viaduct'
import { readCanonicalMethod } from '../canonical/canonical-method.ts'
import { isNamed, onlyChild } from '../message/read-element.ts'
import { DSIG, WSSE, X509_V3 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import { resolveReference } from '../tokens/resolve-reference.ts'
import type { Verification } from '../verification.ts'

/** What a SecurityTokenReference stands for in a digest. */
export interface DereferencedToken {
  readonly token: SecurityToken
  /** The token's element; undefined when the message does not have it. */
  readonly node: XmlElement | undefined
  /** What is canonicalised: the element, or one made from the certificate. */
  readonly form: XmlElement
  readonly options: CanonicalOptions
}

/** STR Dereference Transform (SOAP Message Security 1.1 section 8.3). */
export function dereferencedToken(
  verification: Verification,
  str: XmlElement,
  transform: XmlElement,
): DereferencedToken {
  if (!isNamed(str, WSSE, 'SecurityTokenReference'))
    throw new SecurityFailure('transform-refused', `the STR-Transform of ${str.name}`)
  const parameters = onlyChild(transform, WSSE, 'TransformationParameters')
  const method = onlyChild(parameters, DSIG, 'CanonicalizationMethod')
  const { plan } = verification
  const options = { ...readCanonicalMethod(method, plan.algorithms.canonicalization), emptyDefault: true }
  const { token } = resolveReference(verification, str, plan.keys)
  const node = token.element
  if (node !== undefined) return { token, node, form: node, options }
  const certificate = token.certificates?.[0]
  if (certificate === undefined)
    throw new SecurityFailure(
      'reference-unresolved',
      'a reference that is signed stands for a token that is not at hand',
    )
  return { token, node, form: certificateElement(certificate, str.prefix), options }
}

/**
 * The BinarySecurityToken that a certificate outside of the message counts as: the prefix is that of the reference, and there
 * is no EncodingType, as WSS4J has it.
 */
export function certificateElement(certificate: X509Certificate, prefix: string): XmlElement {
  const element = new XmlElement('BinarySecurityToken', WSSE, prefix)
  element.declarations = [{ prefix, namespace: WSSE }]
  element.attributes = [new XmlAttribute('ValueType', X509_V3, '', '', element)]
  element.children = [new XmlText(certificate.raw.toString('base64'), element)]
  return element
}
