import { createHash, createHmac, type KeyObject, sign } from 'node:crypto'
import {
  append,
  attributeValue,
  canonicalXml,
  elements,
  parseXml,
  printXml,
  type XmlDocument,
  type XmlElement,
} from 'viaduct'
import { buildElement } from '../message/build-element.ts'
import { DSIG, DSIG_MORE, EXC_C14N, WSSE, WSU } from '../names.ts'

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/** A signature of a message for a test, written without the code under test. */
export interface TestSignature {
  /** A private key, or a secret for HMAC. */
  readonly key: KeyObject | Buffer
  /** The child of ds:KeyInfo. */
  readonly keyInfo: XmlElement
  /** wsu:Id, Id, ID or AssertionID of what is signed. */
  readonly ids: readonly string[]
  readonly id?: string
}

export interface TestMessage {
  /** Children of the security header, before the signatures. */
  readonly header: readonly XmlElement[]
  readonly body?: XmlElement
  readonly signatures?: readonly TestSignature[]
}

/** Builds an envelope whose Body has the id `body`, signs it, and parses it again as a receiver would. */
export function buildMessage({ header, body, signatures = [] }: TestMessage): XmlDocument {
  const security = buildElement(WSSE, 'wsse:Security', {}, ...header)
  const content = body ?? buildElement('urn:test', 't:order', {}, 'IBM')
  const envelope = buildElement(
    SOAP,
    'soap:Envelope',
    {},
    buildElement(SOAP, 'soap:Header', {}, security),
    identified(buildElement(SOAP, 'soap:Body', {}, content), 'body'),
  )
  let document = parseXml(printXml(envelope))
  for (const signature of signatures) document = signed(document, signature)
  return document
}

/** Gives an element a wsu:Id. */
export function identified(element: XmlElement, id: string): XmlElement {
  return parseXml(printXml(element).replace(/^<[^\s/>]+/, `$& xmlns:wsu="${WSU}" wsu:Id="${id}"`)).root
}

function signed(document: XmlDocument, { key, keyInfo, ids, id }: TestSignature): XmlDocument {
  const references = ids.map((each) => {
    const target = findById(document.root, each)
    if (target === undefined) throw new Error(`nothing has the id ${each}`)
    return buildElement(
      DSIG,
      'ds:Reference',
      { URI: `#${each}` },
      buildElement(DSIG, 'ds:Transforms', {}, buildElement(DSIG, 'ds:Transform', { Algorithm: EXC_C14N })),
      buildElement(DSIG, 'ds:DigestMethod', { Algorithm: SHA256 }),
      buildElement(
        DSIG,
        'ds:DigestValue',
        {},
        createHash('sha256')
          .update(canonicalXml(target, { form: 'exclusive' }))
          .digest('base64'),
      ),
    )
  })
  const kind = Buffer.isBuffer(key) ? 'hmac' : key.asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa'
  const signedInfo = buildElement(
    DSIG,
    'ds:SignedInfo',
    {},
    buildElement(DSIG, 'ds:CanonicalizationMethod', { Algorithm: EXC_C14N }),
    buildElement(DSIG, 'ds:SignatureMethod', { Algorithm: `${DSIG_MORE}${kind}-sha256` }),
    ...references,
  )
  const data = Buffer.from(canonicalXml(signedInfo, { form: 'exclusive' }))
  const value = Buffer.isBuffer(key)
    ? createHmac('sha256', key).update(data).digest()
    : sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
  const signature = buildElement(
    DSIG,
    'ds:Signature',
    { Id: id },
    signedInfo,
    buildElement(DSIG, 'ds:SignatureValue', {}, value.toString('base64')),
    buildElement(DSIG, 'ds:KeyInfo', {}, keyInfo),
  )
  const security = elements(elements(document.root)[0] ?? document.root)[0]
  if (security === undefined) throw new Error('the envelope has no security header')
  append(security, signature)
  return parseXml(printXml(document))
}

function findById(element: XmlElement, id: string): XmlElement | undefined {
  const own =
    attributeValue(element, 'Id', WSU) ??
    ['Id', 'ID', 'AssertionID'].map((name) => attributeValue(element, name)).find((each) => each !== undefined)
  if (own === id) return element
  for (const child of elements(element)) {
    const found = findById(child, id)
    if (found !== undefined) return found
  }
  return undefined
}

/** wsse:SecurityTokenReference around a reference to an id of the message. */
export const directReference = (id: string, valueType?: string): XmlElement =>
  buildElement(
    WSSE,
    'wsse:SecurityTokenReference',
    {},
    buildElement(WSSE, 'wsse:Reference', { URI: `#${id}`, ValueType: valueType }),
  )

export const keyIdentifier = (value: string, valueType: string): XmlElement =>
  buildElement(
    WSSE,
    'wsse:SecurityTokenReference',
    {},
    buildElement(WSSE, 'wsse:KeyIdentifier', { ValueType: valueType }, value),
  )
