import { escapeText, type MessageContext } from 'viaduct'

/** One operation: names of the elements in its message, and of those in its answer. */
export interface OperationDescription {
  readonly input: readonly string[]
  readonly output: readonly string[]
}

/** WSDL 1.1 of a document/literal wrapped service whose fields are all texts. */
export function serviceWsdl(
  ctx: MessageContext,
  service: string,
  namespace: string,
  operations: Readonly<Record<string, OperationDescription>>,
): string {
  const each = (print: (name: string, operation: OperationDescription) => string): string =>
    Object.entries(operations)
      .map(([name, operation]) => print(name, operation))
      .join('\n')
  const fields = (names: readonly string[]): string =>
    names.map((name) => `<xs:element name="${name}" type="xs:string" minOccurs="0"/>`).join('')
  const element = (name: string, names: readonly string[]): string =>
    `<xs:element name="${name}"><xs:complexType><xs:sequence>${fields(names)}</xs:sequence></xs:complexType></xs:element>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="${namespace}" targetNamespace="${namespace}">
<wsdl:types><xs:schema targetNamespace="${namespace}" elementFormDefault="qualified">
${each((name, { input, output }) => element(name, input) + element(`${name}Response`, output))}
</xs:schema></wsdl:types>
${each(
  (name) => `<wsdl:message name="${name}Request"><wsdl:part name="parameters" element="tns:${name}"/></wsdl:message>
<wsdl:message name="${name}Response"><wsdl:part name="parameters" element="tns:${name}Response"/></wsdl:message>`,
)}
<wsdl:portType name="${service}PortType">
${each(
  (name) =>
    `<wsdl:operation name="${name}"><wsdl:input message="tns:${name}Request"/><wsdl:output message="tns:${name}Response"/></wsdl:operation>`,
)}
</wsdl:portType>
<wsdl:binding name="${service}Soap11Binding" type="tns:${service}PortType">
<soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
${each(
  (name) =>
    `<wsdl:operation name="${name}"><soap:operation soapAction="urn:${name}" style="document"/>` +
    `<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>`,
)}
</wsdl:binding>
<wsdl:service name="${service}"><wsdl:port name="${service}HttpSoap11Endpoint" binding="tns:${service}Soap11Binding">
<soap:address location="${escapeText(addressOf(ctx, service))}"/>
</wsdl:port></wsdl:service>
</wsdl:definitions>
`
}

function addressOf({ services, exchange }: MessageContext, service: string): string {
  const { publicUrl } = services.settings.http
  const { transport, localAddress, localPort } = exchange.arrival
  const host = localAddress.includes(':') ? `[${localAddress}]` : localAddress
  const origin = publicUrl === '' ? `${transport === 'https' ? 'https' : 'http'}://${host}:${localPort}` : publicUrl
  return `${origin.replace(/\/+$/, '')}/services/${service}`
}
