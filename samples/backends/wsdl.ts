import type { SoapService } from './service.ts'

/**
 * Writes the WSDL 1.1 document of a service: document/literal wrapped, with a SOAP 1.1, a SOAP 1.2 and an HTTP binding, and
 * one port for each below `base` (`http://host:port/services`).
 */
export function printWsdl(service: SoapService, base: string): string {
  const operations = [...service.operations.keys()]
  const each = (print: (operation: string) => string) => operations.map(print).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="${service.name}" targetNamespace="${service.namespace}" xmlns:ns="${service.namespace}"
    xmlns:ax21="${service.namespace}/xsd" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
    xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/">
  <wsdl:types>${service.wsdl.schemas}</wsdl:types>
${each((operation) => printMessages(service, operation))}  <wsdl:portType name="${service.name}PortType">
${each((operation) => printAbstract(service, operation))}  </wsdl:portType>
${printBinding(service, 'Soap11', '<soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>')}
${printBinding(service, 'Soap12', '<soap12:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>')}
${printBinding(service, 'Http', '<http:binding verb="POST"/>')}
  <wsdl:service name="${service.name}">
${printPort(service, 'Soap11', 'soap', base)}${printPort(service, 'Soap12', 'soap12', base)}${printPort(service, '', 'http', base)}  </wsdl:service>
</wsdl:definitions>
`
}

type Style = 'Soap11' | 'Soap12' | 'Http'

function answers(service: SoapService, operation: string): boolean {
  return !(service.wsdl.inOnly ?? []).includes(operation)
}

function printMessages(service: SoapService, operation: string): string {
  const message = (name: string, element: string) =>
    `  <wsdl:message name="${name}"><wsdl:part name="parameters" element="ns:${element}"/></wsdl:message>\n`
  const fault = service.wsdl.faults?.get(operation)
  return (
    message(`${operation}Request`, operation) +
    (answers(service, operation) ? message(`${operation}Response`, `${operation}Response`) : '') +
    (fault === undefined ? '' : message(fault, fault))
  )
}

function printAbstract(service: SoapService, operation: string): string {
  const part = (kind: string, message: string, action: string, name = '') =>
    `      <wsdl:${kind}${name} message="ns:${message}" wsaw:Action="urn:${action}"/>\n`
  const fault = service.wsdl.faults?.get(operation)
  return (
    `    <wsdl:operation name="${operation}">\n${part('input', `${operation}Request`, operation)}` +
    (answers(service, operation) ? part('output', `${operation}Response`, `${operation}Response`) : '') +
    (fault === undefined ? '' : part('fault', fault, operation + fault, ` name="${fault}"`)) +
    '    </wsdl:operation>\n'
  )
}

function printBinding(service: SoapService, style: Style, binding: string): string {
  const operations = [...service.operations.keys()].map((operation) => printBound(service, style, operation)).join('')
  const name = `name="${service.name}${style}Binding" type="ns:${service.name}PortType"`
  return `  <wsdl:binding ${name}>\n    ${binding}\n${operations}  </wsdl:binding>`
}

function printBound(service: SoapService, style: Style, operation: string): string {
  const prefix = { Soap11: 'soap', Soap12: 'soap12', Http: 'http' }[style]
  const content =
    style === 'Http' ? '<mime:content type="text/xml" part="parameters"/>' : `<${prefix}:body use="literal"/>`
  const fault = style === 'Http' ? undefined : service.wsdl.faults?.get(operation)
  const head =
    style === 'Http'
      ? `<http:operation location="${operation}"/>`
      : `<${prefix}:operation soapAction="urn:${operation}" style="document"/>`
  return (
    `    <wsdl:operation name="${operation}">\n      ${head}\n      <wsdl:input>${content}</wsdl:input>\n` +
    (answers(service, operation) ? `      <wsdl:output>${content}</wsdl:output>\n` : '') +
    (fault === undefined
      ? ''
      : `      <wsdl:fault name="${fault}"><${prefix}:fault name="${fault}" use="literal"/></wsdl:fault>\n`) +
    '    </wsdl:operation>\n'
  )
}

function printPort(service: SoapService, style: 'Soap11' | 'Soap12' | '', prefix: string, base: string): string {
  const name = `${service.name}Http${style}Endpoint`
  const binding = `ns:${service.name}${style === '' ? 'Http' : style}Binding`
  const address = `<${prefix}:address location="${base}/${service.name}.${name}"/>`
  return `    <wsdl:port name="${name}" binding="${binding}">${address}</wsdl:port>\n`
}

/** A schema that declares one element per operation (and its response) with content of any form. */
export function openSchema(namespace: string, operations: Iterable<string>, inOnly: readonly string[] = []): string {
  const elements = [...operations].flatMap((name) => (inOnly.includes(name) ? [name] : [name, `${name}Response`]))
  const declared = elements.map((name) => `<xs:element name="${name}" type="xs:anyType"/>`).join('')
  return `<xs:schema targetNamespace="${namespace}" elementFormDefault="qualified">${declared}</xs:schema>`
}

/** An element of a wrapped operation: its children as `name:type` pairs, e.g. `symbol:xs:string`. */
export function wrapperElement(name: string, ...children: string[]): string {
  const declared = children.map((child) => {
    const [childName = '', ...type] = child.split(':')
    return `<xs:element minOccurs="0" name="${childName}" nillable="true" type="${type.join(':')}"/>`
  })
  return `<xs:element name="${name}"><xs:complexType><xs:sequence>${declared.join('')}</xs:sequence></xs:complexType></xs:element>`
}
