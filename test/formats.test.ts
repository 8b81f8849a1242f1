import { describe, expect, test } from 'vitest'
import { artifact, memoryBus } from './memory-bus.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'
const DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
const PAYLOAD = 'xmlns="http://ws.apache.org/commons/ns/payload"'

const ASK = '<q:ask xmlns:q="urn:q" n="1"><a>1</a><a>x</a></q:ask>'
const OBJECT = '<jsonObject><ask><n>1</n><list>1</list><list>x</list><list/><o/></ask></jsonObject>'
const enveloped = (payload: string, namespace: string, prefix = 's'): string =>
  `<${prefix}:Envelope xmlns:${prefix}="${namespace}"><${prefix}:Body>${payload}</${prefix}:Body></${prefix}:Envelope>`
const made12 = (payload: string): string => DECLARATION + enveloped(payload, SOAP12, 'soapenv')

/** What a client sends. */
const SENT = {
  'SOAP 1.1': { body: enveloped(ASK, SOAP11), type: 'text/xml; charset=utf-8', action: '"urn:q"' },
  'SOAP 1.2': { body: enveloped(ASK, SOAP12), type: 'application/soap+xml; charset=utf-8; action="urn:q"' },
  XML: { body: ASK, type: 'application/xml' },
  JSON: { body: '{"ask":{"n":1,"list":[1,"x",null],"o":{}}}', type: 'application/json' },
  form: { body: 'a=1&b=x+y', type: 'application/x-www-form-urlencoded' },
  text: { body: 'h\u00e4llo', type: 'text/plain; charset=utf-8' },
  bytes: { body: '\u0001\u0002', type: 'application/octet-stream' },
} as const

type Kind = keyof typeof SENT

/** What the back end gets when a flow asks for a media type. */
async function forward(kind: Kind, messageType: string) {
  const { request, sender } = await memoryBus({
    'P.xml': artifact(
      `<proxy name="P"><target><inSequence><property name="messageType" value="${messageType}" scope="axis2"/><send><endpoint><address uri="http://b/s"/></endpoint></send></inSequence></target></proxy>`,
    ),
  })
  const sent = SENT[kind]
  const action = 'action' in sent ? { SOAPAction: sent.action } : undefined
  await request({ target: '/services/P', body: sent.body, headers: { 'Content-Type': sent.type, ...action } })
  const [received] = sender.requests
  return {
    type: received?.headers.get('Content-Type'),
    body: received?.text,
    action: received?.headers.get('SOAPAction'),
  }
}

describe('a message whose messageType is another one is written anew', () => {
  test.each<readonly [Kind, string, string, string]>([
    ['SOAP 1.1', 'application/xml', 'application/xml; charset=UTF-8', ASK],
    [
      'SOAP 1.1',
      'application/soap+xml',
      'application/soap+xml; charset=UTF-8; action="urn:q"',
      DECLARATION + enveloped(ASK, SOAP12),
    ],
    ['SOAP 1.1', 'application/json', 'application/json; charset=UTF-8', '{"ask":{"@n":"1","a":[1,"x"]}}'],
    ['SOAP 1.1', 'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=UTF-8', 'a=1&a=x'],
    ['SOAP 1.1', 'text/plain', 'text/plain; charset=UTF-8', ''],
    ['SOAP 1.2', 'application/xml', 'application/xml; charset=UTF-8', ASK],
    ['SOAP 1.2', 'text/xml', 'text/xml; charset=UTF-8', DECLARATION + enveloped(ASK, SOAP11)],
    ['SOAP 1.2', 'application/json', 'application/json; charset=UTF-8', '{"ask":{"@n":"1","a":[1,"x"]}}'],
    ['XML', 'application/soap+xml', 'application/soap+xml; charset=UTF-8', made12(ASK)],
    ['XML', 'application/json', 'application/json; charset=UTF-8', '{"ask":{"@n":"1","a":[1,"x"]}}'],
    ['XML', 'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=UTF-8', 'a=1&a=x'],
    ['JSON', 'application/xml', 'application/xml; charset=UTF-8', OBJECT],
    ['JSON', 'application/soap+xml', 'application/soap+xml; charset=UTF-8', made12(OBJECT)],
    ['JSON', 'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=UTF-8', 'ask='],
    ['form', 'application/xml', 'application/xml; charset=UTF-8', '<xformValues><a>1</a><b>x y</b></xformValues>'],
    ['form', 'application/json', 'application/json; charset=UTF-8', '{"xformValues":{"a":1,"b":"x y"}}'],
    ['text', 'application/xml', 'application/xml; charset=UTF-8', `<text ${PAYLOAD}>h\u00e4llo</text>`],
    ['text', 'application/json', 'application/json; charset=UTF-8', '{"text":"h\u00e4llo"}'],
    ['bytes', 'application/xml', 'application/xml; charset=UTF-8', `<binary ${PAYLOAD}>AQI=</binary>`],
    ['bytes', 'application/json', 'application/json; charset=UTF-8', '{"binary":"AQI="}'],
  ])('%s as %s', async (kind, messageType, type, body) => {
    expect(await forward(kind, messageType)).toMatchObject({ type, body })
  })

  test.each<Kind>(['JSON', 'form', 'text', 'bytes'])(
    '%s as text/xml is plain XML, since it came without an envelope [COMPAT rest-text-xml]',
    async (kind) => {
      const { type, body } = await forward(kind, 'text/xml')
      expect(type).toBe('application/xml; charset=UTF-8')
      expect(body).not.toContain('Envelope')
    },
  )

  test('the SOAPAction goes with SOAP 1.1, the action parameter with SOAP 1.2', async () => {
    expect((await forward('SOAP 1.2', 'text/xml')).action).toBe('"urn:q"')
    expect((await forward('SOAP 1.1', 'application/soap+xml')).action).toBeUndefined()
  })
})

describe('a message whose messageType is its own', () => {
  test.each<readonly [Kind, string]>([
    ['SOAP 1.1', 'text/xml'],
    ['SOAP 1.2', 'application/soap+xml'],
    ['XML', 'application/xml'],
    ['JSON', 'application/json'],
    ['form', 'application/x-www-form-urlencoded'],
    ['text', 'text/plain'],
    ['bytes', 'application/octet-stream'],
  ])('%s leaves as it came, with charset and action', async (kind, messageType) => {
    const { body, type } = SENT[kind]
    expect(await forward(kind, messageType)).toMatchObject({ type, body })
  })
})
