import { randomUUID } from 'node:crypto'
import { printRelated } from './multipart.ts'
import { SOAP11, SOAP12, type Addressing, type Format } from './request.ts'
import type { Answer, HttpAnswer, ServiceFault } from './service.ts'
import { escapeXml } from './xml.ts'

const DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"

/** Writes what an operation returned in the format of the request. */
export function printAnswer(
  answer: Answer | string | undefined,
  operation: string,
  format: Format,
  addressing: Addressing | undefined,
): HttpAnswer {
  if (answer === undefined) return { status: 202 }
  const { body, attachments = [], packaging } = typeof answer === 'string' ? { body: answer } : answer
  const action = `urn:${operation}Response`
  const root = DECLARATION + (format === 'pox' ? body : envelope(format, body, headerOf(addressing, action)))
  if (packaging === undefined)
    return { status: 200, headers: { 'Content-Type': contentType(format, action) }, body: root }
  const related = printRelated(root, mediaType(format), attachments, packaging, randomUUID().replaceAll('-', ''))
  return { status: 200, headers: { 'Content-Type': related.contentType }, body: related.body }
}

/** Writes a fault in the format of the request. */
export function printFault(fault: ServiceFault, format: Format, addressing: Addressing | undefined): HttpAnswer {
  const action = `${addressing?.namespace ?? 'http://www.w3.org/2005/08/addressing'}/soap/fault`
  const body = format === 'soap12' ? fault12(fault) : fault11(fault)
  const root =
    DECLARATION + (format === 'pox' ? standalone(body) : envelope(format, body, headerOf(addressing, action)))
  return { status: 500, headers: { 'Content-Type': contentType(format, action) }, body: root }
}

function envelope(format: Format, body: string, header: string): string {
  const namespace = format === 'soap12' ? SOAP12 : SOAP11
  return `<soapenv:Envelope xmlns:soapenv="${namespace}">${header}<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`
}

function headerOf(addressing: Addressing | undefined, action: string): string {
  if (addressing === undefined) return ''
  const { namespace, messageId } = addressing
  const relates = messageId === undefined ? '' : `<wsa:RelatesTo>${escapeXml(messageId)}</wsa:RelatesTo>`
  return `<soapenv:Header xmlns:wsa="${namespace}"><wsa:Action>${escapeXml(action)}</wsa:Action>${relates}</soapenv:Header>`
}

function fault11({ code, message, details }: ServiceFault): string {
  const actor = details.role === undefined ? '' : `<faultactor>${escapeXml(details.role)}</faultactor>`
  const text = `<faultstring>${escapeXml(message)}</faultstring>`
  return `<soapenv:Fault><faultcode>soapenv:${code}</faultcode>${text}${actor}<detail>${details.detail ?? ''}</detail></soapenv:Fault>`
}

function fault12({ code, message, details }: ServiceFault): string {
  const value = { Client: 'Sender', Server: 'Receiver', MustUnderstand: code, VersionMismatch: code }[code]
  const wrap = (name: string, text: string | undefined) =>
    text === undefined ? '' : `<soapenv:${name}>${escapeXml(text)}</soapenv:${name}>`
  const subcode =
    details.subcode === undefined ? '' : `<soapenv:Subcode>${wrap('Value', details.subcode)}</soapenv:Subcode>`
  return (
    `<soapenv:Fault><soapenv:Code>${wrap('Value', `soapenv:${value}`)}${subcode}</soapenv:Code>` +
    `<soapenv:Reason><soapenv:Text xml:lang="en-US">${escapeXml(message)}</soapenv:Text></soapenv:Reason>` +
    `${wrap('Node', details.node)}${wrap('Role', details.role)}<soapenv:Detail>${details.detail ?? ''}</soapenv:Detail></soapenv:Fault>`
  )
}

function standalone(fault: string): string {
  return fault.replace('<soapenv:Fault>', `<soapenv:Fault xmlns:soapenv="${SOAP11}">`)
}

function mediaType(format: Format): string {
  return { soap11: 'text/xml', soap12: 'application/soap+xml', pox: 'application/xml' }[format]
}

function contentType(format: Format, action: string): string {
  return `${mediaType(format)}; charset=UTF-8${format === 'soap12' ? `; action="${action}"` : ''}`
}
