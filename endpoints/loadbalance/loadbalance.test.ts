import { describe, expect, test } from 'vitest'
import { Fault } from 'viaduct'
import { type Backend, type ContextOptions, type TestPlatform } from 'viaduct/testing'
import { bench, mistakes } from '../testing/compile-endpoint.ts'

const member = (name: string, inside = ''): string => `<endpoint><address uri="http://${name}/"/>${inside}</endpoint>`
const three = `${member('a')}${member('b')}${member('c')}`

function group(xml: string, backend: Backend = () => ({ body: '<ok/>' })) {
  const made = bench(xml, backend)
  const call = (options: ContextOptions = {}) => made.endpoint.call(made.context({ streamed: true, ...options }))
  const calls = async (count: number, options: ContextOptions = {}) => {
    for (let i = 0; i < count; i++) await call(options)
    return made.sender.requests.map(({ url }) => new URL(url).hostname).join('')
  }
  return { ...made, call, calls }
}

const refusing =
  (...down: string[]): Backend =>
  ({ url }) =>
    down.includes(new URL(url).hostname) ? new Fault(101503, 'refused') : { body: '<ok/>' }

describe('round robin', () => {
  test('members take turns, also under the old name of the policy and the name of the Java class', async () => {
    for (const attributes of [
      '',
      'policy="roundRobin"',
      'algorithm="org.apache.synapse.endpoints.algorithms.RoundRobin"',
    ]) {
      expect(await group(`<endpoint><loadbalance ${attributes}>${three}</loadbalance></endpoint>`).calls(7)).toBe(
        'abcabca',
      )
    }
  })

  test('a failed member is replaced by the next and then left out', async () => {
    expect(await group(`<endpoint><loadbalance>${three}</loadbalance></endpoint>`, refusing('b')).calls(5)).toBe(
      'abcaca',
    )
  })

  test('without failover the failure of the chosen member is the failure of the group', async () => {
    const { call, sender } = group(
      `<endpoint><loadbalance failover="false">${three}</loadbalance></endpoint>`,
      refusing('a'),
    )
    await expect(call()).rejects.toMatchObject({ code: 101503 })
    expect(sender.requests).toHaveLength(1)
  })

  test('303000 when no member is ready', async () => {
    const { call } = group(`<endpoint><loadbalance>${three}</loadbalance></endpoint>`, refusing('a', 'b', 'c'))
    await expect(call()).rejects.toMatchObject({ code: 303000 })
    await expect(call()).rejects.toMatchObject({
      code: 303000,
      message: expect.stringContaining('no member can be used') as string,
    })
  })
})

describe('weighted round robin', () => {
  const weighted = (...weights: [string, number][]): string =>
    `<endpoint><loadbalance algorithm="org.apache.synapse.endpoints.algorithms.WeightedRoundRobin">${weights
      .map(([name, weight]) => member(name, `<property name="loadbalance.weight" value="${weight}"/>`))
      .join('')}</loadbalance></endpoint>`

  test('each member gets as many messages in a row as its weight', async () => {
    expect(await group(weighted(['a', 1], ['b', 2], ['c', 3])).calls(13)).toBe('abbcccabbccca')
  })

  test('a suspended member is skipped', async () => {
    expect(await group(weighted(['a', 2], ['b', 2]), refusing('a')).calls(4)).toBe('abbbb')
  })
})

describe('members by host', () => {
  test('scheme and path are those of the message, the host is the member', async () => {
    const xml =
      '<endpoint><loadbalance><member hostName="127.0.0.1" httpPort="9001" httpsPort="9005"/><member hostName="::1" httpPort="9002"/></loadbalance></endpoint>'
    const { call, sender } = group(xml)
    await call({ target: '/services/A?x=1' })
    await call({ target: '/services/A' })
    await call({ target: '/services/A', transport: 'https' })
    expect(sender.requests.map(({ url }) => url)).toEqual([
      'http://127.0.0.1:9001/services/A?x=1',
      'http://[::1]:9002/services/A',
      'https://127.0.0.1:9005/services/A',
    ])
  })

  test('the host of an address in the message never counts', async () => {
    const { endpoint, sender, context } = group(
      '<endpoint><loadbalance><member hostName="h" httpPort="1"/></loadbalance></endpoint>',
    )
    const body =
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsa="http://www.w3.org/2005/08/addressing"><s:Header><wsa:To>http://evil@other/p?q</wsa:To></s:Header><s:Body/></s:Envelope>'
    await endpoint.call(context({ body }))
    expect(sender.requests[0]?.url).toBe('http://h:1/p?q')
  })
})

describe('sessions', () => {
  const soap = (id: string): string =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><syn:ClientID xmlns:syn="http://ws.apache.org/ns/synapse">${id}</syn:ClientID></s:Header><s:Body/></s:Envelope>`
  const sessions = (type: string, inside = three): string =>
    `<endpoint><session type="${type}"/><loadbalance>${inside}</loadbalance></endpoint>`

  test('simpleClientSession: the ClientID header keeps a client with its member', async () => {
    const { call, sender } = group(sessions('simpleClientSession'))
    for (const id of ['1', '2', '1', '3', '2', '1']) await call({ body: soap(id) })
    expect(sender.requests.map(({ url }) => new URL(url).hostname).join('')).toBe('abacba')
  })

  test('http: the session cookie that a member sets brings the client back', async () => {
    const { call, sender } = group(sessions('http'), ({ url }) => ({
      body: '<ok/>',
      headers: { 'Set-Cookie': `JSESSIONID=${new URL(url).hostname}; Path=/` },
    }))
    await call()
    await call()
    for (let i = 0; i < 3; i++) await call({ headers: { SOAPAction: 'a', Cookie: 'theme=dark; JSESSIONID=a' } })
    expect(sender.requests.map(({ url }) => new URL(url).hostname).join('')).toBe('abaaa')
  })

  test('soap: the service group that an answer begins brings the client back', async () => {
    const answer = (id: string): string =>
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsa="http://www.w3.org/2005/08/addressing"><s:Header><wsa:ReplyTo><wsa:ReferenceParameters><axis2:ServiceGroupId xmlns:axis2="http://ws.apache.org/namespaces/axis2">${id}</axis2:ServiceGroupId></wsa:ReferenceParameters></wsa:ReplyTo></s:Header><s:Body/></s:Envelope>`
    const request =
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><axis2:ServiceGroupId xmlns:axis2="http://ws.apache.org/namespaces/axis2">urn:a</axis2:ServiceGroupId></s:Header><s:Body/></s:Envelope>'
    const { call, sender } = group(sessions('soap'), ({ url }) => ({
      body: answer(`urn:${new URL(url).hostname}`),
      streamed: true,
    }))
    await call()
    await call()
    await call({ body: request })
    expect(sender.requests.map(({ url }) => new URL(url).hostname).join('')).toBe('aba')
  })

  test('a new session goes to the next member when the first fails; a running one fails with its member', async () => {
    const down = new Set(['a'])
    const { call, sender, services } = group(sessions('simpleClientSession'), ({ url }) =>
      down.has(new URL(url).hostname) ? new Fault(101503, 'refused') : { body: '<ok/>' },
    )
    await call({ body: soap('1') })
    expect(sender.requests.map(({ url }) => new URL(url).hostname)).toEqual(['a', 'b'])
    down.add('b')
    await expect(call({ body: soap('1') })).rejects.toMatchObject({ code: 309003 })
    await expect(call({ body: soap('1') })).rejects.toMatchObject({ code: 309001 })
    down.clear()
    ;(services.platform as TestPlatform).advance(30_000)
    await call({ body: soap('1') })
    expect(sender.requests.at(-1)?.url).toBe('http://b/')
  })

  test('a session is forgotten after its timeout', async () => {
    const { call, sender, services } = group(
      `<endpoint><session type="simpleClientSession"><sessionTimeout>1000</sessionTimeout></session><loadbalance>${three}</loadbalance></endpoint>`,
    )
    await call({ body: soap('1') })
    ;(services.platform as TestPlatform).advance(999)
    await call({ body: soap('1') })
    ;(services.platform as TestPlatform).advance(1000)
    await call({ body: soap('1') })
    expect(sender.requests.map(({ url }) => new URL(url).hostname).join('')).toBe('aab')
  })

  test('members can be groups: the client stays with the group', async () => {
    const { call, sender } = group(
      sessions(
        'simpleClientSession',
        `<endpoint><failover>${member('a')}${member('b')}</failover></endpoint><endpoint><failover>${member('c')}${member('d')}</failover></endpoint>`,
      ),
      refusing('a'),
    )
    for (const id of ['1', '2', '1', '2']) await call({ body: soap(id) })
    expect(sender.requests.map(({ url }) => new URL(url).hostname).join('')).toBe('abcbc')
  })
})

describe('mistakes', () => {
  test.each([
    ['<endpoint>\n<loadbalance/></endpoint>', 'test.xml:2:1 error constraint-violated'],
    [
      `<endpoint><loadbalance policy="roundRobin" algorithm="x">${member('a')}</loadbalance></endpoint>`,
      'error constraint-violated',
    ],
    [
      `<endpoint><loadbalance algorithm="com.example.Own">${member('a')}</loadbalance></endpoint>`,
      'test.xml:1:35 error class-unknown',
    ],
    [
      `<endpoint><loadbalance>${member('a')}<member hostName="h" httpPort="1"/></loadbalance></endpoint>`,
      'error constraint-violated',
    ],
    [
      '<endpoint><loadbalance>\n<member hostName="h"/></loadbalance></endpoint>',
      'test.xml:2:1 error attribute-missing',
    ],
    [
      '<endpoint><loadbalance>\n<member hostName="h" httpPort="x"/></loadbalance></endpoint>',
      'test.xml:2:1 error attribute-invalid',
    ],
    [
      `<endpoint><loadbalance algorithm="org.apache.synapse.endpoints.algorithms.WeightedRoundRobin">${member('a', '<property name="loadbalance.weight" value="0"/>')}</loadbalance></endpoint>`,
      'error attribute-invalid',
    ],
  ])('%s', (xml, start) => {
    expect(mistakes(xml)[0]).toContain(start)
  })
})
