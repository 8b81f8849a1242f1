import { describe, expect, test } from 'vitest'
import { Fault } from 'viaduct'
import { type MemoryAnswer, MemorySender, sendersOf, testServices, type TestPlatform } from 'viaduct/testing'
import { bench, ENVELOPE, mistakes } from '../testing/compile-endpoint.ts'

const member = (name: string, children = ''): string =>
  `<endpoint><address uri="http://${name}/">${children}</address></endpoint>`

/** A group in front of back ends of which some are down. */
function group(xml: string, down: Set<string>) {
  const backend = ({ url }: { url: string }): MemoryAnswer | Fault =>
    down.has(new URL(url).hostname) ? new Fault(101503, 'refused') : { body: `<from>${url}</from>` }
  const made = bench(xml, backend)
  const call = async () => {
    const ctx = made.context({ streamed: true })
    return (await made.endpoint.call(ctx))?.message.bytes?.toString()
  }
  const hosts = () => made.sender.requests.map(({ url }) => new URL(url).hostname)
  return { ...made, call, hosts }
}

test('the first member answers, and the next one when it fails; the same body goes to each', async () => {
  const { call, hosts, sender } = group(
    `<endpoint><failover>${member('a')}${member('b')}</failover></endpoint>`,
    new Set(['a']),
  )
  expect(await call()).toBe('<from>http://b/</from>')
  expect(hosts()).toEqual(['a', 'b'])
  expect(sender.requests.map(({ text }) => text)).toEqual([ENVELOPE, ENVELOPE])
})

test('a suspended member is left out, and comes back when its time is over', async () => {
  const down = new Set(['a'])
  const { call, hosts, services } = group(
    `<endpoint><failover>${member('a', '<suspendOnFailure><initialDuration>1000</initialDuration></suspendOnFailure>')}${member('b')}</failover></endpoint>`,
    down,
  )
  await call()
  down.clear()
  await call()
  expect(hosts()).toEqual(['a', 'b', 'b'])
  ;(services.platform as TestPlatform).advance(1000)
  await call()
  expect(hosts()).toEqual(['a', 'b', 'b', 'a'])
})

test('a static group stays with a member until that one fails', async () => {
  const down = new Set(['a'])
  const { call, hosts, services } = group(
    `<endpoint><failover dynamic="false">${member('a')}${member('b')}</failover></endpoint>`,
    down,
  )
  await call()
  down.clear()
  ;(services.platform as TestPlatform).advance(60_000)
  await call()
  down.add('b')
  await call()
  expect(hosts()).toEqual(['a', 'b', 'b', 'b', 'a'])
})

test('a member in the timeout state is tried again before the next one', async () => {
  const { call, hosts } = group(
    `<endpoint><failover>${member('a', '<markForSuspension><errorCodes>101503</errorCodes><retriesBeforeSuspension>2</retriesBeforeSuspension></markForSuspension>')}${member('b')}</failover></endpoint>`,
    new Set(['a']),
  )
  await call()
  expect(hosts()).toEqual(['a', 'a', 'a', 'b'])
})

test('a member that its own codes never suspend is tried once for a message', async () => {
  const { call, hosts } = group(
    `<endpoint><failover>${member('a', '<suspendOnFailure><errorCodes>-1</errorCodes></suspendOnFailure>')}${member('b')}</failover></endpoint>`,
    new Set(['a']),
  )
  await call()
  expect(hosts()).toEqual(['a', 'b'])
})

test('when no member can be reached the fault is 303000, with the last failure as its cause', async () => {
  const { call, hosts } = group(
    `<endpoint><failover>${member('a')}${member('b')}</failover></endpoint>`,
    new Set(['a', 'b']),
  )
  await expect(call()).rejects.toMatchObject({
    code: 303000,
    cause: expect.objectContaining({ code: 101503 }) as unknown,
  })
  await expect(call()).rejects.toMatchObject({ code: 303000 })
  expect(hosts()).toEqual(['a', 'b'])
})

test('retryConfig decides which failures go on to the next member', async () => {
  for (const [config, hosts] of [
    ['<disabledErrorCodes>101503</disabledErrorCodes>', ['a']],
    ['<disabledErrorCodes>101504</disabledErrorCodes>', ['a', 'b']],
    ['<enabledErrorCodes>101504</enabledErrorCodes>', ['a']],
    ['<enabledErrorCodes>101503</enabledErrorCodes>', ['a', 'b']],
  ] as const) {
    const made = group(
      `<endpoint><failover>${member('a', `<retryConfig>${config}</retryConfig>`)}${member('b')}</failover></endpoint>`,
      new Set(['a']),
    )
    if (hosts.length === 1) await expect(made.call()).rejects.toMatchObject({ code: 303000 })
    else await made.call()
    expect(made.hosts()).toEqual(hosts)
  }
})

test('a fault of the message itself is not tried at another member', async () => {
  const sender = new MemorySender()
  const services = testServices({ senders: sendersOf(sender) })
  const { endpoint, context } = bench(
    `<endpoint><failover><endpoint><address uri="gopher2:x"/></endpoint>${member('b')}</failover></endpoint>`.replace(
      'gopher2:x',
      '${to}',
    ),
    undefined,
    { services },
  )
  const ctx = context()
  ctx.properties.set('default', 'to', 'http://a/')
  ctx.message.headers.set('bad name', 'x')
  await expect(endpoint.call(ctx)).rejects.toMatchObject({ code: 'field-invalid' })
  expect(sender.requests).toEqual([])
})

test('groups nest: a group that fails is a failed member', async () => {
  const { call, hosts } = group(
    `<endpoint><failover><endpoint><failover>${member('a')}${member('b')}</failover></endpoint>${member('c')}</failover></endpoint>`,
    new Set(['a', 'b']),
  )
  expect(await call()).toBe('<from>http://c/</from>')
  expect(hosts()).toEqual(['a', 'b', 'c'])
})

test('properties that an attempt sets do not reach the next one', async () => {
  const { endpoint, sender, context } = bench(
    `<endpoint><failover><endpoint><address uri="http://a/\${p}"/><property name="p" value="1"/></endpoint><endpoint><address uri="http://b/\${p}"/></endpoint></failover></endpoint>`,
    ({ url }) => (url.startsWith('http://a') ? new Fault(101503, 'refused') : {}),
  )
  await endpoint.call(context())
  expect(sender.requests.map(({ url }) => url)).toEqual(['http://a/1', 'http://b/${p}'])
})

describe('mistakes', () => {
  test.each([
    ['<endpoint>\n<failover/></endpoint>', 'test.xml:2:1 error element-missing'],
    ['<endpoint><failover>\n<address uri="http://a"/></failover></endpoint>', 'test.xml:2:1 error element-unknown'],
  ])('%s', (xml, start) => {
    expect(mistakes(xml)[0]).toContain(start)
  })
})
