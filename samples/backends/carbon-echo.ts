import { printXml } from 'viaduct'
import { ServiceFault, type Invocation, type Operation, type SoapService } from './service.ts'
import { childOf, elementsOf, escapeXml, textOf } from './xml.ts'
import { wrapperElement } from './wsdl.ts'

const NAMESPACE = 'http://echo.services.core.carbon.wso2.org'

/** The `echo` service of every Carbon server. The children of its wrappers are in no namespace. */
export function carbonEcho(): SoapService {
  const table: Record<string, Operation> = {
    echoString: (call) => returned('echoString', escapeXml(parameter(call, 'in'))),
    echoInt: (call) => returned('echoInt', String(Math.trunc(Number(parameter(call, 'in')) || 0))),
    echoOMElement: (call) => {
      const element = childOf(call.wrapper, 'omEle')
      return returned('echoOMElement', element === undefined ? '' : printXml(element))
    },
    echoStringArrays: (call) => {
      const repeat = (name: string) => {
        const values = elementsOf(call.wrapper).filter((element) => element.name === name)
        return values.map((element) => `<${name}_r>${escapeXml(textOf(element))}</${name}_r>`).join('')
      }
      return returned('echoStringArrays', `${repeat('a')}${repeat('b')}${repeat('c')}`)
    },
    throwAxisFault: () => {
      throw new ServiceFault('Server', 'This is a method which simply throws an AxisFault', {
        subcode: 'wso2wsas_code',
        node: 'wso2_node',
        role: 'admin',
      })
    },
  }
  return {
    kind: 'soap',
    name: 'echo',
    namespace: NAMESPACE,
    operations: new Map(Object.entries(table)),
    wsdl: { schemas: SCHEMAS },
  }
}

function parameter(call: Invocation, name: string): string {
  const element = childOf(call.wrapper, name)
  return element === undefined ? '' : textOf(element)
}

function returned(operation: string, content: string): string {
  const name = `ns:${operation}Response`
  return `<${name} xmlns:ns="${NAMESPACE}"><return>${content}</return></${name}>`
}

const SCHEMAS = `<xs:schema targetNamespace="${NAMESPACE}">${[
  wrapperElement('echoString', 'in:xs:string'),
  wrapperElement('echoStringResponse', 'return:xs:string'),
  wrapperElement('echoInt', 'in:xs:int'),
  wrapperElement('echoIntResponse', 'return:xs:int'),
  wrapperElement('echoOMElement', 'omEle:xs:anyType'),
  wrapperElement('echoOMElementResponse', 'return:xs:anyType'),
  wrapperElement('echoStringArrays', 'a:xs:string', 'b:xs:string', 'c:xs:int'),
  wrapperElement('echoStringArraysResponse', 'return:xs:anyType'),
  wrapperElement('throwAxisFault'),
  wrapperElement('throwAxisFaultResponse', 'return:xs:string'),
].join('')}</xs:schema>`
