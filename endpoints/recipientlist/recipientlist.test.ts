import { describe, expect, test } from 'vitest'
import { Fault, type MessageContext } from 'viaduct'
import { type Backend } from 'viaduct/testing'
import { bench, ENVELOPE, mistakes } from '../testing/compile-endpoint.ts'

const member = (name: string): string => `<endpoint><address uri="http://${name}/"/></endpoint>`

function list(xml: string, backend: Backend = ({ url }) => ({ body: `<from>${url}</from>` })) {
  const made = bench(`<endpoint><recipientlist>${xml}</recipientlist></endpoint>`, backend)
  const all = async (prepare: (ctx: MessageContext) => void = () => {}) => {
    const ctx = made.context({ streamed: true })
    prepare(ctx)
    const answers: string[] = []
    await made.endpoint.callEach?.(ctx, ({ message, properties }) => {
      answers.push(`${String(properties.get('default', 'messageSequence'))} ${message.bytes?.toString() ?? ''}`)
    })
    return answers.sort()
  }
  return { ...made, all }
}

test('every recipient gets a copy, and each answer is handed on with its place', async () => {
  const { all, sender } = list(member('a') + member('b') + member('c'))
  expect(await all()).toEqual([
    '0/3 <from>http://a/</from>',
    '1/3 <from>http://b/</from>',
    '2/3 <from>http://c/</from>',
  ])
  expect(sender.requests.map(({ text }) => text)).toEqual([ENVELOPE, ENVELOPE, ENVELOPE])
})

test('recipients that fail are left out; when all fail, the fault is that of the first', async () => {
  const down = new Set(['b'])
  const { all } = list(member('a') + member('b'), ({ url }) =>
    down.has(new URL(url).hostname) ? new Fault(101503, 'refused') : { body: '<ok/>' },
  )
  expect(await all()).toEqual(['0/2 <ok/>'])
  down.add('a')
  await expect(all()).rejects.toMatchObject({ code: 101503 })
  await expect(all()).rejects.toMatchObject({ code: 303000 })
})

test('an expression gives addresses, separated by commas', async () => {
  const { all, sender } = list(`<endpoints value="{get-property('list')}" max-cache="2"/>`)
  await all((ctx) => ctx.properties.set('default', 'list', 'http://a/x, http://b/ ,,http://c/'))
  expect(sender.requests.map(({ url }) => url)).toEqual(['http://a/x', 'http://b/', 'http://c/'])
})

test('what an expression gives has to be an HTTP address', async () => {
  const { all } = list(`<endpoints value="{get-property('list')}"/>`)
  await expect(all((ctx) => ctx.properties.set('default', 'list', 'file:///etc/passwd'))).rejects.toMatchObject({
    code: 101500,
  })
})

test('a computed recipient stays suspended as long as it is kept', async () => {
  const { all, sender } = list(`<endpoints value="{get-property('list')}" max-cache="1"/>`, ({ url }) =>
    url.includes('//a') ? new Fault(101503, 'refused') : { body: '<ok/>' },
  )
  const to = (addresses: string) => all((ctx) => ctx.properties.set('default', 'list', addresses))
  await expect(to('http://a/')).rejects.toMatchObject({ code: 101503 })
  await expect(to('http://a/')).rejects.toMatchObject({ code: 303000 })
  await to('http://b/')
  await expect(to('http://a/')).rejects.toMatchObject({ code: 101503 })
  expect(sender.requests.map(({ url }) => url)).toEqual(['http://a/', 'http://b/', 'http://a/'])
})

test('members are hosts for the path of the message', async () => {
  const { all, sender } = list('<member hostName="a" httpPort="1"/><member hostName="b" httpPort="2"/>')
  await all()
  expect(sender.requests.map(({ url }) => url)).toEqual(['http://a:1/services/Test', 'http://b:2/services/Test'])
})

test('a call that takes one answer gets the first', async () => {
  const { endpoint, context } = list(member('a') + member('b'))
  expect((await endpoint.call(context()))?.message.bytes?.toString()).toBe('<from>http://a/</from>')
})

describe('mistakes', () => {
  test.each([
    ['', 'error constraint-violated'],
    [`${member('a')}<endpoints value="x"/>`, 'error constraint-violated'],
    ['<endpoints/>', 'error attribute-missing'],
  ])('%s', (xml, start) => {
    expect(mistakes(`<endpoint><recipientlist>${xml}</recipientlist></endpoint>`)[0]).toContain(start)
  })
})
