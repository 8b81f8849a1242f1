import { describe, expect, test } from 'vitest'
import { artifact, memoryBus } from './memory-bus.ts'

const URL = 'http://backend/s'
const inSequence = (mediators: string): string =>
  artifact(`<proxy name="P"><target><inSequence>\n${mediators}\n</inSequence></target></proxy>`)

describe('what means nothing to this bus is told at its place', () => {
  const NO_CLIENT =
    'no Axis2 client is used here, so that nothing can configure it; timeouts and TLS are in viaduct.config.json'

  test.each([
    ['<call blocking="true" axis2xml="a.xml"/>', '2:33', `axis2xml: ${NO_CLIENT}`],
    ['<call repository="r"/>', '2:19', `repository: ${NO_CLIENT}`],
    ['<call initAxis2ClientOptions="false"/>', '2:31', `initAxis2ClientOptions: ${NO_CLIENT}`],
    [`<callout serviceURL="${URL}" useServerConfig="true"/>`, '2:57', `useServerConfig: ${NO_CLIENT}`],
    [`<callout serviceURL="${URL}"><configuration axis2xml="a.xml"/></callout>`, '2:65', `axis2xml: ${NO_CLIENT}`],
    [
      `<call><endpoint><address uri="${URL}" method="GET"/></endpoint></call>`,
      '2:57',
      'method: an address endpoint keeps the method of the message; use an http endpoint',
    ],
    [
      `<call><endpoint><address uri="${URL}"><enableAddressing separateListener="true"/></address></endpoint></call>`,
      '2:85',
      'separateListener: answers are taken on the connection of the request only',
    ],
    [
      '<property name="RESPONSE_WRITTEN" value="SKIP" scope="operation"/>',
      '2:17',
      'the property RESPONSE_WRITTEN has no effect: every client is answered, so that nothing can keep its answer back',
    ],
  ])('%s', async (mediators, place, message) => {
    const { diagnostics } = await memoryBus({ 'P.xml': inSequence(mediators) })
    expect(diagnostics).toEqual([`P.xml:${place} warning attribute-idle: ${message}`])
  })

  test('values that are what happens anyway are not worth a word', async () => {
    const { diagnostics } = await memoryBus({
      'P.xml': inSequence(
        `<call initAxis2ClientOptions="true"><endpoint><address uri="${URL}"><enableAddressing separateListener="false"/></address></endpoint></call>`,
      ),
    })
    expect(diagnostics).toEqual([])
  })

  test.each([
    ['enableSwaggerValidation="true"', /^A\.xml:1:93 error element-unsupported: enableSwaggerValidation/],
    [
      'publishSwagger="gov:none.json"',
      /^A\.xml:1:84 error resource-unreadable: publishSwagger="gov:none.json": there is/,
    ],
  ])('what cannot be done is an error: %s', async (attribute, diagnostic) => {
    const xml = artifact(`<api name="A" context="/a" ${attribute}><resource methods="GET"/></api>`)
    expect((await memoryBus({ 'A.xml': xml })).diagnostics).toEqual([expect.stringMatching(diagnostic)])
  })
})

describe('properties of the transport', () => {
  const SEND = `<send><endpoint><address uri="${URL}"/></endpoint></send>`
  const axis2 = (name: string, value: string): string => `<property name="${name}" value="${value}" scope="axis2"/>`
  const ask = { target: '/services/P', body: '<a/>', contentType: 'application/xml' }

  test('NIO-ACK-Requested acknowledges with HTTP_SC and the fields of the message', async () => {
    const { request } = await memoryBus({
      'P.xml': inSequence(
        `${axis2('NIO-ACK-Requested', 'true')}${axis2('HTTP_SC', '201')}<property name="X-Id" value="7" scope="transport"/>`,
      ),
    })
    const reply = await request(ask)
    expect([reply.status, reply.headers.get('X-Id'), reply.text]).toEqual([201, '7', ''])
  })

  test('an acknowledgement without NIO-ACK-Requested is a bare 202', async () => {
    const { request } = await memoryBus({
      'P.xml': inSequence(`${axis2('HTTP_SC', '201')}<property name="X-Id" value="7" scope="transport"/>`),
    })
    const reply = await request(ask)
    expect([reply.status, reply.headers.get('X-Id')]).toEqual([202, undefined])
  })

  test('IGNORE_SC_ACCEPTED: a 202 of the back end starts no out flow; other answers do', async () => {
    let status = 202
    const { request, services } = await memoryBus(
      {
        'P.xml': artifact(
          `<proxy name="P"><target><inSequence>${axis2('IGNORE_SC_ACCEPTED', 'true')}${SEND}</inSequence><outSequence><log level="custom"><property name="out" value="ran"/></log><send/></outSequence></target></proxy>`,
        ),
      },
      { backend: () => ({ status, body: '<ok/>' }) },
    )
    const ran = (): boolean =>
      (services.log as unknown as { lines: string[] }).lines.some((line) => line.includes('out = ran'))
    const reply = await request(ask)
    expect([reply.status, reply.text, ran()]).toEqual([202, '', false])
    status = 200
    expect([(await request(ask)).text, ran()]).toEqual(['<ok/>', true])
  })

  test('disableAddressingForOutMessages: no addressing headers, although the endpoint asks for them', async () => {
    const endpoint = `<send><endpoint><address uri="${URL}"><enableAddressing/></address></endpoint></send>`
    const envelope = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>'
    const sent = async (mediators: string): Promise<string | undefined> => {
      const { request, sender } = await memoryBus({ 'P.xml': inSequence(mediators) })
      await request({ target: '/services/P', body: envelope, headers: { SOAPAction: '"urn:a"' } })
      return sender.requests[0]?.text
    }
    expect(await sent(endpoint)).toContain('MessageID')
    expect(await sent(axis2('disableAddressingForOutMessages', 'true') + endpoint)).not.toContain('MessageID')
  })
})

describe('publishSwagger', () => {
  const api = (attributes: string): string =>
    artifact(
      `<api name="A" context="/a" ${attributes}><resource methods="GET"><inSequence><respond/></inSequence></resource></api>`,
    )
  const json = '{"openapi":"3.0.1"}'
  const files = (definition: string) => ({
    'A.xml': api('publishSwagger="definition"'),
    'definition.xml': artifact(`<localEntry key="definition"><![CDATA[${definition}]]></localEntry>`),
  })

  test('the definition is given as it is, JSON also to who asks for YAML', async () => {
    const { request, diagnostics } = await memoryBus(files(json))
    expect(diagnostics).toEqual([])
    for (const type of ['json', 'yaml']) {
      const reply = await request({ method: 'GET', target: `/a?swagger.${type}` })
      expect([reply.status, reply.headers.get('content-type'), reply.text]).toEqual([
        200,
        `application/${type}; charset=UTF-8`,
        json,
      ])
    }
  })

  test('a definition in YAML is not given as JSON', async () => {
    const { request } = await memoryBus(files('openapi: 3.0.1'))
    expect((await request({ method: 'GET', target: '/a/?swagger.yaml' })).text).toBe('openapi: 3.0.1')
    expect((await request({ method: 'GET', target: '/a/?swagger.json' })).text).toBe('')
  })
})
