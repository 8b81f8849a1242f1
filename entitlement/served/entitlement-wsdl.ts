import { escapeAttribute } from 'viaduct'

/** An operation: its parameters with their types, and the type of what it returns. */
export interface DescribedOperation {
  readonly name: string
  readonly parameters: readonly (readonly [name: string, type: 'string' | 'strings' | 'boolean'])[]
  readonly returns: 'string' | 'boolean'
}

/** WSDL 1.1 of a service of document style with wrapped parameters, as Carbon publishes its own. */
export function describe(
  service: string,
  namespace: string,
  types: string,
  operations: readonly DescribedOperation[],
  address: string,
): string {
  const element = (name: string, type: string): string =>
    `<xs:element minOccurs="0"${type === 'strings' ? ' maxOccurs="unbounded"' : ''} name="${name}"${type === 'boolean' ? '' : ' nillable="true"'} type="xs:${type === 'strings' ? 'string' : type}"/>`
  const wrapper = (name: string, inner: string): string =>
    `<xs:element name="${name}"><xs:complexType><xs:sequence>${inner}</xs:sequence></xs:complexType></xs:element>`
  const each = (print: (operation: DescribedOperation) => string): string => operations.map(print).join('')
  const binding = (version: '11' | '12', prefix: string): string =>
    `<wsdl:binding name="${service}Soap${version}Binding" type="tns:${service}PortType"><${prefix}:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>` +
    each(
      ({ name }) =>
        `<wsdl:operation name="${name}"><${prefix}:operation soapAction="urn:${name}" style="document"/><wsdl:input><${prefix}:body use="literal"/></wsdl:input><wsdl:output><${prefix}:body use="literal"/></wsdl:output></wsdl:operation>`,
    ) +
    '</wsdl:binding>'
  const port = (version: '11' | '12', prefix: string): string =>
    `<wsdl:port name="${service}HttpSoap${version}Endpoint" binding="tns:${service}Soap${version}Binding"><${prefix}:address location="${escapeAttribute(address)}"/></wsdl:port>`
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="${namespace}" xmlns:x="${types}" targetNamespace="${namespace}">` +
    `<wsdl:types><xs:schema elementFormDefault="qualified" targetNamespace="${types}">` +
    each(
      ({ name, parameters, returns }) =>
        wrapper(name, parameters.map(([parameter, type]) => element(parameter, type)).join('')) +
        wrapper(`${name}Response`, element('return', returns)),
    ) +
    '</xs:schema></wsdl:types>' +
    each(
      ({ name }) =>
        `<wsdl:message name="${name}Request"><wsdl:part name="parameters" element="x:${name}"/></wsdl:message><wsdl:message name="${name}Response"><wsdl:part name="parameters" element="x:${name}Response"/></wsdl:message>`,
    ) +
    `<wsdl:portType name="${service}PortType">` +
    each(
      ({ name }) =>
        `<wsdl:operation name="${name}"><wsdl:input message="tns:${name}Request"/><wsdl:output message="tns:${name}Response"/></wsdl:operation>`,
    ) +
    `</wsdl:portType>${binding('11', 'soap')}${binding('12', 'soap12')}` +
    `<wsdl:service name="${service}">${port('11', 'soap')}${port('12', 'soap12')}</wsdl:service></wsdl:definitions>`
  )
}
