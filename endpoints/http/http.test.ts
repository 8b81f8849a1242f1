import { describe, expect, test } from 'vitest'
import { bench, mistakes } from '../testing/compile-endpoint.ts'

const url = async (
  template: string,
  properties: Readonly<Record<string, unknown>>,
  method = 'GET',
): Promise<string | undefined> => {
  const { endpoint, sender, context } = bench(
    `<endpoint><http uri-template="${template}" method="${method}"/></endpoint>`,
  )
  const ctx = context()
  for (const [name, value] of Object.entries(properties)) ctx.properties.set('default', name, value)
  await endpoint.call(ctx)
  return sender.requests[0]?.url
}

describe('the URI template', () => {
  test('takes variables from properties uri.var.… and query.param.…', async () => {
    expect(await url('http://h/{uri.var.a}?q={query.param.b}', { 'uri.var.a': 'x y', 'query.param.b': '&' })).toBe(
      'http://h/x%20y?q=%26',
    )
  })

  test('other properties are no variables', async () => {
    expect(await url('http://h/{a}/{+b}', { a: '1', b: '2' })).toBe('http://h//')
  })

  test('values that are no texts are written as texts', async () => {
    expect(await url('http://localhost:{uri.var.port}/', { 'uri.var.port': 8480 })).toBe('http://localhost:8480/')
  })

  test('a variable at the beginning holds a whole URL', async () => {
    expect(await url('{uri.var.url}', { 'uri.var.url': 'http://h/a?b=c%20d' })).toBe('http://h/a?b=c%20d')
  })

  test('legacy-encoding decodes values and the result before it encodes', async () => {
    expect(
      await url('legacy-encoding:{uri.var.path}', { 'uri.var.path': 'http://localhost:8480/customers%2F8fa3 x' }),
    ).toBe('http://localhost:8480/customers/8fa3%20x')
  })

  test('without variables it is used as it is', async () => {
    expect(await url('http://h/a?b=c d', {})).toBe('http://h/a?b=c d')
  })
})

describe('the method', () => {
  test.each([
    ['post', 'POST'],
    ['DELETE', 'DELETE'],
    ['Patch', 'PATCH'],
  ])('%s is sent as %s', async (method, sent) => {
    const { endpoint, sender, context } = bench(
      `<endpoint><http uri-template="http://h/" method="${method}"/></endpoint>`,
    )
    await endpoint.call(context())
    expect(sender.requests[0]?.method).toBe(sent)
  })

  test('is that of the message when none is given, and the postfix goes along', async () => {
    const { endpoint, sender, context } = bench('<endpoint><http uri-template="http://h/s"/></endpoint>')
    await endpoint.call(context({ method: 'GET', target: '/x?y=1' }))
    expect(sender.requests).toMatchObject([{ method: 'GET', url: 'http://h/s/x?y=1' }])
  })

  test('the postfix stays behind when the endpoint has a method', async () => {
    const { endpoint, sender, context } = bench('<endpoint><http uri-template="http://h/s" method="get"/></endpoint>')
    await endpoint.call(context({ method: 'GET', target: '/x?y=1' }))
    expect(sender.requests[0]?.url).toBe('http://h/s')
  })
})

describe('basic authentication', () => {
  const auth = (user: string, password: string): string =>
    `<endpoint><http uri-template="http://h/" method="get"><authentication><basicAuth><username>${user}</username><password>${password}</password></basicAuth></authentication></http></endpoint>`

  test('literals make one header', async () => {
    const { endpoint, sender, context } = bench(auth('admin', 'pa:ss'))
    await endpoint.call(context({ headers: { SOAPAction: 'a', Authorization: 'Bearer client' } }))
    expect(sender.requests[0]?.headers.all('authorization')).toEqual([
      `Basic ${Buffer.from('admin:pa:ss').toString('base64')}`,
    ])
  })

  test('expressions are evaluated for every message', async () => {
    const { endpoint, sender, context } = bench(auth(`{get-property('u')}`, 'p'))
    const ctx = context()
    ctx.properties.set('default', 'u', 'mary')
    await endpoint.call(ctx)
    expect(sender.requests[0]?.headers.get('authorization')).toBe(`Basic ${Buffer.from('mary:p').toString('base64')}`)
  })
})

describe('mistakes', () => {
  test.each([
    ['<endpoint><http/></endpoint>', 'test.xml:1:11 error attribute-missing'],
    ['<endpoint><http uri-template="http://h/{a"/></endpoint>', 'test.xml:1:31 error attribute-invalid'],
    ['<endpoint><http uri-template="http://h" method="FETCH"/></endpoint>', 'test.xml:1:49 error attribute-invalid'],
    [
      '<endpoint><http uri-template="http://h"><authentication>\n<oauth/></authentication></http></endpoint>',
      'test.xml:2:1 error element-unsupported',
    ],
    [
      '<endpoint><http uri-template="http://h"><authentication>\n<basicAuth><username>x</username></basicAuth></authentication></http></endpoint>',
      'test.xml:2:1 error element-missing',
    ],
  ])('%s', (xml, start) => {
    expect(mistakes(xml)).toEqual([expect.stringContaining(start)])
  })
})
