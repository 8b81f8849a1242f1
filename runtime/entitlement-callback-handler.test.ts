import { EntitlementCallbackHandler, Fault } from 'viaduct'
import { createContext } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'

const ENVELOPE =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body><m:getQuote xmlns:m="urn:m"/></s:Body></s:Envelope>'

interface Given {
  readonly axis2?: Readonly<Record<string, unknown>>
  readonly default?: Readonly<Record<string, unknown>>
  readonly target?: string
  readonly method?: string
  readonly body?: string | undefined
}

function contextOf({
  axis2 = {},
  default: own = {},
  target = '/services/Quote',
  method = 'POST',
  body = ENVELOPE,
}: Given) {
  const ctx = createContext({
    target,
    method,
    ...(body !== '' && { body, contentType: body === ENVELOPE ? 'text/xml' : 'application/xml' }),
  })
  for (const [name, value] of Object.entries(axis2)) ctx.properties.set('axis2', name, value)
  for (const [name, value] of Object.entries(own)) ctx.properties.set('default', name, value)
  return ctx
}

const handler = new EntitlementCallbackHandler()

describe('the subject (xacml-subject-scopes)', () => {
  test.each<[string, Given, string | undefined]>([
    ['nothing', {}, undefined],
    ['xacml_subject in default scope', { default: { xacml_subject: 'ann' } }, 'ann'],
    ['xacml_subject in axis2 scope', { axis2: { xacml_subject: 'ann' } }, 'ann'],
    ['both scopes: default goes first', { default: { xacml_subject: 'ann' }, axis2: { xacml_subject: 'bob' } }, 'ann'],
    ['a property by its name', { default: { xacml_subject_identifier: 'who' }, axis2: { who: 'ann' } }, 'ann'],
    ['the identifier in axis2 scope', { axis2: { xacml_subject_identifier: 'who', who: 'ann' } }, 'ann'],
    ['the named property in default scope', { default: { xacml_subject_identifier: 'who', who: 'ann' } }, 'ann'],
    [
      'an identifier that names nothing, whatever xacml_subject says',
      { default: { xacml_subject_identifier: 'who', xacml_subject: 'ann' } },
      undefined,
    ],
    ['a number', { default: { xacml_subject: 7 } }, '7'],
  ])('%s', (_what, given, expected) => {
    expect(handler.getUserName(contextOf(given))).toBe(expected)
  })

  test('an object is no subject', () => {
    expect(() => handler.getUserName(contextOf({ default: { xacml_subject: { name: 'ann' } } }))).toThrow(
      new Fault(0, 'the property xacml_subject holds no text'),
    )
  })
})

describe('the service', () => {
  test.each<[string, Given, string]>([
    ['the address', {}, '/services/Quote'],
    ['a query is no part of it', { target: '/services/Quote?a=/services/Open' }, '/services/Quote'],
    ['nor is a fragment', { target: '/services/Quote#x' }, '/services/Quote'],
    ['a prefix stands before', { axis2: { xacml_resource_prefix: 'http://bus' } }, 'http://bus/services/Quote'],
    ['a blank prefix does not', { axis2: { xacml_resource_prefix: '  ' } }, '/services/Quote'],
    ['the prefix alone', { axis2: { xacml_resource_prefix: 'q', xacml_resource_prefix_only: 'TRUE' } }, 'q'],
    [
      'not alone with another word',
      { axis2: { xacml_resource_prefix: 'q', xacml_resource_prefix_only: 'yes' } },
      'q/services/Quote',
    ],
    ['alone needs a prefix', { axis2: { xacml_resource_prefix_only: 'true' } }, '/services/Quote'],
    ['default scope is looked at too', { default: { xacml_resource_prefix: 'q' } }, 'q/services/Quote'],
  ])('%s', (_what, given, expected) => {
    expect(handler.findServiceName(contextOf(given))).toBe(expected)
  })

  test('an address that the flow set counts, one that the client wrote into the message does not', () => {
    const body = ENVELOPE.replace(
      '<s:Header/>',
      '<s:Header><wsa:To xmlns:wsa="http://www.w3.org/2005/08/addressing">/services/Open</wsa:To></s:Header>',
    )
    const ctx = createContext({ target: '/services/Quote', body })
    expect(ctx.addressing.to).toBe('/services/Open')
    expect(handler.findServiceName(ctx)).toBe('/services/Quote')
    ctx.addressing.to = 'http://backend/Quote'
    expect(handler.findServiceName(ctx)).toBe('http://backend/Quote')
  })
})

describe('operation and action (xacml-use-rest)', () => {
  test.each<[string, Given, string | undefined, string]>([
    ['a SOAP message', {}, 'getQuote', 'read'],
    ['no body', { body: '' }, undefined, 'read'],
    ['plain XML', { body: '<order/>' }, 'order', 'read'],
    ['xacml_use_rest true', { axis2: { xacml_use_rest: 'true' }, method: 'PUT' }, 'PUT', 'PUT'],
    ['xacml_use_rest as a boolean', { axis2: { xacml_use_rest: true }, method: 'PUT' }, 'PUT', 'PUT'],
    ['xacml_use_rest yes', { axis2: { xacml_use_rest: 'yes' }, method: 'PUT' }, 'PUT', 'read'],
    ['xacml_use_rest FALSE', { axis2: { xacml_use_rest: 'FALSE' }, method: 'PUT' }, 'getQuote', 'read'],
    ['HTTP_METHOD of the flow', { axis2: { xacml_use_rest: 'true', HTTP_METHOD: 'PATCH' } }, 'PATCH', 'PATCH'],
    ['xacml_action', { axis2: { xacml_action: 'buy', xacml_use_rest: 'true' } }, 'POST', 'buy'],
    ['xacml_action in default scope', { default: { xacml_action: 'buy' } }, 'getQuote', 'buy'],
  ])('%s', (_what, given, operation, action) => {
    const ctx = contextOf(given)
    expect(handler.findOperationName(ctx)).toBe(operation)
    expect(handler.findAction(ctx)).toBe(action)
  })

  test('there are no other attributes', () => {
    expect(handler.findOtherAttributes(contextOf({}))).toEqual([])
  })
})
