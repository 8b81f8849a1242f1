import { escapeAttribute, parseXml, type XmlDocument } from 'viaduct'

/** A description for a service that has none: one operation, `mediate`, that takes and gives anything (language reference, 9). */
export function skeletonWsdl(service: string): XmlDocument {
  const name = escapeAttribute(service)
  return parseXml(`<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="urn:viaduct:services:${name}" targetNamespace="urn:viaduct:services:${name}">
  <wsdl:types>
    <xs:schema targetNamespace="urn:viaduct:services:${name}" elementFormDefault="qualified">
      <xs:complexType name="anything">
        <xs:sequence>
          <xs:any minOccurs="0" maxOccurs="unbounded" namespace="##any" processContents="lax"/>
        </xs:sequence>
      </xs:complexType>
      <xs:element name="mediate" type="tns:anything"/>
      <xs:element name="mediateResponse" type="tns:anything"/>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="mediateRequest">
    <wsdl:part name="parameters" element="tns:mediate"/>
  </wsdl:message>
  <wsdl:message name="mediateResponse">
    <wsdl:part name="parameters" element="tns:mediateResponse"/>
  </wsdl:message>
  <wsdl:portType name="${name}PortType">
    <wsdl:operation name="mediate">
      <wsdl:input message="tns:mediateRequest"/>
      <wsdl:output message="tns:mediateResponse"/>
    </wsdl:operation>
  </wsdl:portType>
${binding(name, 'Soap11', 'soap')}
${binding(name, 'Soap12', 'soap12')}
  <wsdl:service name="${name}">
    <wsdl:port name="${name}HttpSoap11Endpoint" binding="tns:${name}Soap11Binding">
      <soap:address location=""/>
    </wsdl:port>
    <wsdl:port name="${name}HttpSoap12Endpoint" binding="tns:${name}Soap12Binding">
      <soap12:address location=""/>
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`)
}

const binding = (
  name: string,
  kind: string,
  prefix: string,
): string => `  <wsdl:binding name="${name}${kind}Binding" type="tns:${name}PortType">
    <${prefix}:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
    <wsdl:operation name="mediate">
      <${prefix}:operation soapAction="urn:mediate" style="document"/>
      <wsdl:input>
        <${prefix}:body use="literal"/>
      </wsdl:input>
      <wsdl:output>
        <${prefix}:body use="literal"/>
      </wsdl:output>
    </wsdl:operation>
  </wsdl:binding>`
