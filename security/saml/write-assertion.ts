import type { XmlElement } from 'viaduct'
import { buildElement, withAttribute } from '../message/build-element.ts'
import { printInstant } from '../message/instant.ts'
import { SAML_11, SAML_20 } from '../names.ts'
import { type ConfirmationMethod, confirmationUri, type SamlAttribute, type SamlVersion } from './assertion.ts'

/** What an assertion to be issued says. Times are milliseconds since the epoch. */
export interface AssertionRequest {
  readonly version: SamlVersion
  /** A name that no other assertion has; it begins with a letter or `_`. */
  readonly id: string
  readonly issuer: string
  readonly subject: string
  /** Format of the subject's name; unspecified when undefined. */
  readonly format?: string | undefined
  readonly method: ConfirmationMethod
  /** ds:KeyInfo of the subject's key. */
  readonly keyInfo?: XmlElement | undefined
  readonly issued: number
  readonly notOnOrAfter: number
  readonly audiences?: readonly string[] | undefined
  readonly recipient?: string | undefined
  readonly attributes?: readonly SamlAttribute[] | undefined
  /** How and when the subject proved who it is; no authentication statement when undefined. */
  readonly authentication?: { readonly method: string; readonly at: number } | undefined
  readonly once?: boolean | undefined
}

const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'

/** Writes an assertion without signature. */
export function writeAssertion(request: AssertionRequest): XmlElement {
  return request.version === '1.1' ? writeSaml1(request) : writeSaml2(request)
}

const saml1 = (
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...content: readonly (XmlElement | string | undefined)[]
): XmlElement => buildElement(SAML_11, `saml:${name}`, attributes, ...content)

function writeSaml1(request: AssertionRequest): XmlElement {
  const { attributes = [], authentication, audiences = [], issued, notOnOrAfter } = request
  const subject = (): XmlElement =>
    saml1(
      'Subject',
      {},
      saml1('NameIdentifier', { Format: request.format ?? UNSPECIFIED }, request.subject),
      saml1(
        'SubjectConfirmation',
        {},
        saml1('ConfirmationMethod', {}, confirmationUri('1.1', request.method)),
        request.keyInfo,
      ),
    )
  // One statement bears the subject and its key: a second one would have to repeat both.
  const statement =
    attributes.length > 0
      ? saml1('AttributeStatement', {}, subject(), ...attributes.map(writeSaml1Attribute))
      : saml1(
          'AuthenticationStatement',
          {
            AuthenticationMethod: authentication?.method ?? 'urn:oasis:names:tc:SAML:1.0:am:unspecified',
            AuthenticationInstant: printInstant(authentication?.at ?? issued),
          },
          subject(),
        )
  return saml1(
    'Assertion',
    {
      MajorVersion: '1',
      MinorVersion: '1',
      AssertionID: request.id,
      Issuer: request.issuer,
      IssueInstant: printInstant(issued),
    },
    saml1(
      'Conditions',
      { NotBefore: printInstant(issued), NotOnOrAfter: printInstant(notOnOrAfter) },
      audiences.length > 0
        ? saml1('AudienceRestrictionCondition', {}, ...audiences.map((audience) => saml1('Audience', {}, audience)))
        : undefined,
      request.once === true ? saml1('DoNotCacheCondition', {}) : undefined,
    ),
    statement,
  )
}

/** The namespace of an attribute without one is the name's part before the last slash, as claims are named. */
function writeSaml1Attribute({ name, namespace, values }: SamlAttribute): XmlElement {
  const slash = name.lastIndexOf('/')
  const split = namespace === undefined && slash > 0
  return saml1(
    'Attribute',
    {
      AttributeName: split ? name.slice(slash + 1) : name,
      AttributeNamespace: split
        ? name.slice(0, slash)
        : (namespace ?? 'urn:oasis:names:tc:SAML:1.0:attrname-format:unspecified'),
    },
    ...values.map((value) => saml1('AttributeValue', {}, value)),
  )
}

const saml2 = (
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...content: readonly (XmlElement | string | undefined)[]
): XmlElement => buildElement(SAML_20, `saml2:${name}`, attributes, ...content)

function writeSaml2(request: AssertionRequest): XmlElement {
  const { attributes = [], authentication, audiences = [], issued, notOnOrAfter } = request
  return saml2(
    'Assertion',
    { ID: request.id, IssueInstant: printInstant(issued), Version: '2.0' },
    saml2('Issuer', {}, request.issuer),
    saml2(
      'Subject',
      {},
      saml2('NameID', { Format: request.format ?? UNSPECIFIED }, request.subject),
      writeConfirmation(request),
    ),
    saml2(
      'Conditions',
      { NotBefore: printInstant(issued), NotOnOrAfter: printInstant(notOnOrAfter) },
      audiences.length > 0
        ? saml2('AudienceRestriction', {}, ...audiences.map((audience) => saml2('Audience', {}, audience)))
        : undefined,
      request.once === true ? saml2('OneTimeUse', {}) : undefined,
    ),
    authentication === undefined
      ? undefined
      : saml2(
          'AuthnStatement',
          { AuthnInstant: printInstant(authentication.at) },
          saml2('AuthnContext', {}, saml2('AuthnContextClassRef', {}, authentication.method)),
        ),
    attributes.length === 0 ? undefined : saml2('AttributeStatement', {}, ...attributes.map(writeSaml2Attribute)),
  )
}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

function writeConfirmation({ method, recipient, notOnOrAfter, keyInfo }: AssertionRequest): XmlElement {
  const data = saml2(
    'SubjectConfirmationData',
    { NotOnOrAfter: printInstant(notOnOrAfter), Recipient: recipient },
    keyInfo,
  )
  if (keyInfo !== undefined) withAttribute(data, XSI, 'xsi:type', 'saml2:KeyInfoConfirmationDataType')
  return saml2('SubjectConfirmation', { Method: confirmationUri('2.0', method) }, data)
}

const writeSaml2Attribute = ({ name, namespace, values }: SamlAttribute): XmlElement =>
  saml2(
    'Attribute',
    { Name: name, NameFormat: namespace },
    ...values.map((value) => saml2('AttributeValue', {}, value)),
  )
