import type { Invocation, Operation, SoapService } from './service.ts'
import { childOf, escapeXml, textOf } from './xml.ts'
import { wrapperElement } from './wsdl.ts'

const NAMESPACE = 'http://service.carbon.wso2.org'

/** Axis2Service of the integration tests: echoes a string or an integer, tells the time, takes a ping. */
export function axis2Service(): SoapService {
  const parameter = (call: Invocation, name: string) => {
    const element = childOf(call.wrapper, name)
    return element === undefined ? '' : textOf(element)
  }
  const returned = (operation: string, text: string) => {
    const name = `ns:${operation}Response`
    return `<${name} xmlns:ns="${NAMESPACE}"><ns:return>${escapeXml(text)}</ns:return></${name}>`
  }
  const table: Record<string, Operation> = {
    echoString: (call) => returned('echoString', parameter(call, 's')),
    echoInt: (call) => returned('echoInt', String(Math.trunc(Number(parameter(call, 'x')) || 0))),
    getTime: () => returned('getTime', String(Date.now())),
    Ping: () => undefined,
  }
  return {
    kind: 'soap',
    name: 'Axis2Service',
    namespace: NAMESPACE,
    operations: new Map(Object.entries(table)),
    wsdl: { schemas: SCHEMAS, inOnly: ['Ping'] },
  }
}

const SCHEMAS = `<xs:schema targetNamespace="${NAMESPACE}" elementFormDefault="qualified">${[
  wrapperElement('echoString', 's:xs:string'),
  wrapperElement('echoStringResponse', 'return:xs:string'),
  wrapperElement('echoInt', 'x:xs:int'),
  wrapperElement('echoIntResponse', 'return:xs:int'),
  wrapperElement('getTime'),
  wrapperElement('getTimeResponse', 'return:xs:long'),
  wrapperElement('Ping', 's:xs:string'),
].join('')}</xs:schema>`
