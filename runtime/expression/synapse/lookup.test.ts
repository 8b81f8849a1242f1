import { testServices, type TestContext } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { ask, ORDER, reasonOf, withJson } from './testing/ask.ts'

describe('headers, properties and parameters', () => {
  const known: Readonly<Record<string, string>> = { 'uri.var.id': '007', 'query.param.q': 'a b', 'uri.var.n-m': 'x' }
  const context = (): TestContext => {
    const services = testServices({
      settings: { properties: { stage: 'test', port: '8290' } },
      environment: (name) => (name === 'REGION' ? 'eu' : undefined),
    })
    const ctx = withJson(ORDER, {
      services,
      headers: { 'X-Request-Id': '42', Accept: 'text/plain' },
      route: { property: (name) => known[name] },
    })
    ctx.properties.set('default', 'state', 'open')
    ctx.properties.set('default', 'odd key', true)
    ctx.properties.set('axis2', 'HTTP_SC', 202)
    ctx.frame = { template: 't', parameters: new Map([['size', '3.50']]), outer: undefined }
    return ctx
  }

  test.each([
    ['headers.Accept', 'text/plain'],
    ['headers.accept', 'text/plain'],
    ['headers["X-Request-Id"] + 1', '43'],
    ['headers.["x-request-id"]', '42'],
    ['props.synapse.state', 'open'],
    ['properties.synapse.state', 'open'],
    ['props.synapse["odd key"] ? 1 : 2', '1'],
    ['props.axis2.HTTP_SC == 202', 'true'],
    ['properties.axis2.HTTP_SC', '202'],
    ['params.pathParams.id', '7'],
    ['params.pathParams["n-m"]', 'x'],
    ['params.queryParams.q', 'a b'],
    ['params.functionParams.size', '3.5'],
    ['configs.stage', 'test'],
    ['configs["port"] + 1', '8291'],
    ['configs.REGION', 'eu'],
  ])('%s is %s', (expression, expected) => {
    const ctx = context()
    expect(ask(expression, ctx)).toBe(expected)
    expect(ctx.lines).toEqual([])
  })

  test.each([
    ['headers.None', 'there is no header "None"'],
    ['props.synapse.none', 'there is no property "none"'],
    ['params.queryParams.none', 'there is no query parameter "none"'],
    ['configs.none', 'there is no configuration property "none"'],
  ])('%s that is not there is a failure', (expression, reason) => {
    expect(reasonOf(expression, context())).toBe(reason)
  })

  test.each([
    ['007', '7', 'true'],
    ['-12', '-12', 'true'],
    ['+5', '5', 'true'],
    ['1.50', '1.5', 'true'],
    ['2.0', '2.0', 'true'],
    ['1e3', '1000.0', 'true'],
    ['9007199254740993', '9007199254740993', 'true'],
    ['12345678901234567890123', '12345678901234567890123', 'true'],
    ['12-34', '12-34', 'false'],
    ['1,5', '1,5', 'false'],
    ['0x1F', '0x1F', 'false'],
    ['', '', 'false'],
  ])('the text "%s" reads as %s [COMPAT numeric-looking-text]', (text, expected, isNumber) => {
    const ctx = context()
    ctx.properties.set('default', 'value', text)
    expect(ask('props.synapse.value', ctx)).toBe(expected)
    expect(ask('isNumber(props.synapse.value)', ctx)).toBe(isNumber)
  })
})
