import type { IncomingMessage } from 'node:http'
import { decodeXml, parseXml, type XmlElement } from 'viaduct'
import { readContentType, readRelated } from './multipart.ts'
import { ServiceFault, type Attachment } from './service.ts'
import { childOf, elementsOf, textOf } from './xml.ts'

export const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
export const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'
const ADDRESSING = ['http://www.w3.org/2005/08/addressing', 'http://schemas.xmlsoap.org/ws/2004/08/addressing']

export type Format = 'soap11' | 'soap12' | 'pox'

/** WS-Addressing headers of a request; `namespace` tells the version. */
export interface Addressing {
  readonly namespace: string
  readonly action: string | undefined
  readonly messageId: string | undefined
}

/** A request in the form that dispatching needs, whatever its wire format was. */
export interface SoapRequest {
  readonly format: Format
  readonly action: string
  readonly wrapper: XmlElement | undefined
  /** Parameters of the query string and of a form body. */
  readonly parameters: URLSearchParams
  readonly attachments: ReadonlyMap<string, Attachment>
  readonly addressing: Addressing | undefined
}

/** The format in which even a fault about an unreadable request is answered. */
export function formatOf(contentType: string | undefined): Format {
  const { type, parameters } = readContentType(contentType)
  const inner =
    type === 'multipart/related' ? [parameters.get('start-info') ?? '', parameters.get('type') ?? ''].join() : type
  if (inner.includes('application/soap+xml')) return 'soap12'
  return inner.includes('text/xml') ? 'soap11' : 'pox'
}

/** Reads a request of any form; a body that cannot be read is a `ServiceFault`. */
export function readRequest(request: IncomingMessage, url: URL, body: Buffer): SoapRequest {
  const { type, parameters } = readContentType(request.headers['content-type'])
  const related = type === 'multipart/related' ? readRelated(body, parameters) : undefined
  const attachments = related?.attachments ?? new Map<string, Attachment>()
  const format = formatOf(request.headers['content-type'])
  const soapAction = unquote(request.headers['soapaction'] ?? parameters.get('action') ?? '')
  const query = url.searchParams
  const charset =
    related === undefined ? parameters.get('charset') : readContentType(related.rootType).parameters.get('charset')
  if (type === 'application/x-www-form-urlencoded') {
    for (const [name, value] of new URLSearchParams(body.toString())) query.append(name, value)
    return {
      format: 'pox',
      action: soapAction,
      wrapper: undefined,
      parameters: query,
      attachments,
      addressing: undefined,
    }
  }
  if (body.length === 0)
    return {
      format: 'pox',
      action: soapAction,
      wrapper: undefined,
      parameters: query,
      attachments,
      addressing: undefined,
    }
  const root = parseRoot(related?.root ?? body, charset)
  if (root.name !== 'Envelope' || (root.namespace !== SOAP11 && root.namespace !== SOAP12))
    return { format: 'pox', action: soapAction, wrapper: root, parameters: query, attachments, addressing: undefined }
  const version = root.namespace === SOAP11 ? 'soap11' : 'soap12'
  if (format !== 'pox' && format !== version)
    throw new ServiceFault(
      'VersionMismatch',
      `The envelope is ${version}, but the Content-Type of the request says ${format}: the two do not match.`,
    )
  const addressing = readAddressing(childOf(root, 'Header'))
  return {
    format: version,
    action: addressing?.action ?? soapAction,
    wrapper: elementsOf(childOf(root, 'Body'))[0],
    parameters: query,
    attachments,
    addressing,
  }
}

function parseRoot(bytes: Buffer, charset: string | undefined): XmlElement {
  try {
    return parseXml(decodeXml(bytes, charset)).root
  } catch {
    throw new ServiceFault('Client', 'The request is not a well-formed XML document.')
  }
}

function readAddressing(header: XmlElement | undefined): Addressing | undefined {
  const headers = elementsOf(header).filter(({ namespace }) => ADDRESSING.includes(namespace))
  const namespace = headers[0]?.namespace
  if (namespace === undefined) return undefined
  const value = (name: string) => {
    const found = headers.find((element) => element.name === name)
    return found && textOf(found).trim()
  }
  return { namespace, action: value('Action'), messageId: value('MessageID') }
}

function unquote(action: string | string[]): string {
  return String(action)
    .trim()
    .replace(/^"(.*)"$/, '$1')
}
