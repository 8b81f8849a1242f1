import { describe, expect, it } from 'vitest'
import { type ContextOptions, createContext } from './testing/context.ts'

const S11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const S12 = 'http://www.w3.org/2003/05/soap-envelope'
const soap = (ns: string, body = '<q xmlns="urn:q"/>') =>
  `<e:Envelope xmlns:e="${ns}"><e:Body>${body}</e:Body></e:Envelope>`
const SOAP: ContextOptions = {
  headers: { 'Content-Type': 'text/xml', SOAPAction: '"a"', Host: 'bus:8280' },
  body: soap(S11),
}

describe('properties that the bus knows', () => {
  it.each([
    ['soap11', SOAP],
    ['soap12', { contentType: 'application/soap+xml', body: soap(S12) }],
    ['pox', { contentType: 'application/xml', body: '<a/>' }],
    ['pox', { contentType: 'application/json', body: '{}' }],
    ['pox', { method: 'GET' }],
  ] as const)('MESSAGE_FORMAT is %s', (format, options) => {
    expect(createContext(options).properties.get('default', 'MESSAGE_FORMAT')).toBe(format)
  })

  it('OperationName and OperationNamespace are those of the payload, of a message in memory', () => {
    const { properties } = createContext(SOAP)
    expect(properties.get('default', 'OperationName')).toBe('q')
    expect(properties.get('default', 'OperationNamespace')).toBe('urn:q')
    expect(createContext({ ...SOAP, streamed: true }).properties.get('default', 'OperationName')).toBe('')
    expect(
      createContext({ contentType: 'application/json', body: '{}' }).properties.get('default', 'OperationName'),
    ).toBe('jsonObject')
  })

  it('FAULT is TRUE for a SOAP fault and for an answer with an error status', () => {
    const fault = '<e:Fault><faultcode>e:Server</faultcode><faultstring>x</faultstring></e:Fault>'
    expect(createContext({ ...SOAP, body: soap(S11, fault) }).properties.get('default', 'FAULT')).toBe('TRUE')
    expect(createContext(SOAP).properties.get('default', 'FAULT')).toBeUndefined()
    const answer = createContext({ response: true, body: 'no xml', contentType: 'text/plain' })
    answer.message.status = 404
    expect(answer.properties.get('default', 'FAULT')).toBe('TRUE')
    expect(answer.properties.get('axis2', 'FAULT_MESSAGE')).toBe('TRUE')
  })

  it('HTTP_METHOD is that of the client, and of no answer', () => {
    const ctx = createContext({ ...SOAP, method: 'PUT' })
    expect(ctx.properties.get('axis2', 'HTTP_METHOD')).toBe('PUT')
    ctx.message.status = 200
    expect(ctx.properties.get('axis2', 'HTTP_METHOD')).toBeUndefined()
  })

  it('HTTP_SC and HTTP_SC_DESC are those of the back end until a flow sets others', () => {
    const { message, properties } = createContext({ response: true, body: 'x' })
    message.status = 502
    message.reason = 'Bad'
    expect(properties.get('axis2', 'HTTP_SC')).toBe(502)
    expect(properties.get('axis2', 'HTTP_SC_DESC')).toBe('Bad')
    properties.set('axis2', 'HTTP_SC', '200')
    expect(properties.get('axis2', 'HTTP_SC')).toBe('200')
    expect(properties.get('axis2', 'ORIGINAL_STATUS_CODE')).toBe(502)
    properties.delete('axis2', 'HTTP_SC')
    expect(properties.get('axis2', 'HTTP_SC')).toBeUndefined()
  })

  it('NO_ENTITY_BODY, messageType, ContentType and addresses follow the message', () => {
    const { properties } = createContext({ ...SOAP, target: '/services/P?x' })
    expect(properties.get('axis2', 'NO_ENTITY_BODY')).toBeUndefined()
    expect(createContext({ method: 'GET' }).properties.get('axis2', 'NO_ENTITY_BODY')).toBe(true)
    expect(properties.get('axis2', 'messageType')).toBe('text/xml')
    expect(properties.get('axis2', 'ContentType')).toBe('text/xml')
    const json = createContext({ contentType: 'application/json; charset=UTF-8', body: '{}' })
    expect(json.properties.get('axis2', 'ContentType')).toBe('application/json')
    expect(properties.get('axis2', 'TransportInURL')).toBe('/services/P?x')
    expect(properties.get('axis2', 'SERVICE_PREFIX')).toBe('http://bus:8280/')
    expect(properties.get('axis2', 'REMOTE_ADDR')).toBe('127.0.0.1')
  })
})
