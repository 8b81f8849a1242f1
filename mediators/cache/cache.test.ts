import { describe, expect, test } from 'vitest'
import {
  type ContextOptions,
  compileMediators,
  createMarks,
  deliver,
  MemorySender,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { exchange } from '../testing/exchange.ts'
import { mediators } from '../testing/mediators.ts'

const CALL = '<call><endpoint><http method="post" uri-template="http://backend/s"/></endpoint></call>'
const pair = (inside = '', attributes = 'timeout="60"') =>
  `<cache collector="false" ${attributes}>${inside}</cache>${CALL}<cache collector="true"/><respond/>`
const http = (inside: string) => `<protocol type="HTTP">${inside}</protocol>`

/** A flow in front of a back end that numbers its answers. */
function setup(xml: string, answer: (n: number) => Record<string, unknown> = () => ({})) {
  let n = 0
  const sender = new MemorySender(() => ({ body: `{"n":${++n}}`, contentType: 'application/json', ...answer(n) }))
  const services = testServices({ senders: sendersOf(sender) })
  const marks = createMarks()
  const { mediator, diagnostics } = compileMediators(xml, {
    ...withEndpoints,
    services,
    mediators: [...mediators, marks.definition],
  })
  expect(diagnostics).toEqual([])
  const ask = async (options: ContextOptions = {}) =>
    await deliver(mediator, { contentType: 'application/json', body: '{"q":1}', target: '/q', ...options, services })
  return { ask, sender, passed: marks.passed, services }
}

const texts = async (asked: Promise<{ text: string }>[]) => (await Promise.all(asked)).map(({ text }) => text)

describe('cache', () => {
  test('the same request is answered from memory, with status and headers', async () => {
    const { ask, sender } = setup(pair(), () => ({ status: 203, headers: { 'X-From': 'backend' } }))
    const first = await ask()
    const second = await ask()
    expect([second.text, second.status, second.headers.get('X-From')]).toEqual([first.text, 203, 'backend'])
    expect(sender.requests).toHaveLength(1)
  })

  test.each<[string, ContextOptions]>([
    ['another body', { body: '{"q":2}' }],
    ['another address', { target: '/other' }],
    ['another method', { method: 'PUT' }],
  ])('%s is another request', async (_, options) => {
    const { ask, sender } = setup(pair())
    await ask()
    await ask(options)
    expect(sender.requests).toHaveLength(2)
  })

  test.each([
    ['', 1],
    ['<headersToIncludeInHash>X-User</headersToIncludeInHash>', 2],
    ['<headersToIncludeInHash>X-Other</headersToIncludeInHash>', 1],
    ['<headersToExcludeInHash/>', 2],
    ['<headersToExcludeInHash>x-user</headersToExcludeInHash>', 1],
    ['<headersToExcludeInHash>*</headersToExcludeInHash>', 1],
  ])('with %s, requests of two users make %i calls', async (headers, calls) => {
    const { ask, sender } = setup(pair(http(headers)))
    await ask({ headers: { 'X-User': 'a', Date: 'x', 'User-Agent': 'x' } })
    await ask({ headers: { 'X-User': 'b', Date: 'y', 'User-Agent': 'y' } })
    expect(sender.requests).toHaveLength(calls)
  })

  test('parts of two requests do not run into each other', async () => {
    const { ask, sender } = setup(pair(http('<headersToIncludeInHash>*</headersToIncludeInHash>')))
    await ask({ headers: { AB: 'c' } })
    await ask({ headers: { A: 'Bc' } })
    expect(sender.requests).toHaveLength(2)
  })

  test('only the methods and statuses that are listed are kept', async () => {
    const rules = http('<methods>GET</methods><responseCodes>2..</responseCodes>')
    const post = setup(pair(rules))
    await texts([post.ask(), post.ask()])
    expect(post.sender.requests).toHaveLength(2)
    const failing = setup(pair(rules), () => ({ status: 500 }))
    await failing.ask({ method: 'GET' })
    await failing.ask({ method: 'GET' })
    expect(failing.sender.requests).toHaveLength(2)
  })

  test('an answer is forgotten after its time, and when it is too large', async () => {
    const short = setup(pair('', 'timeout="0"'))
    await short.ask()
    await short.ask()
    expect(short.sender.requests).toHaveLength(2)
    const small = setup(pair('', 'maxMessageSize="3"'))
    await small.ask()
    await small.ask()
    expect(small.sender.requests).toHaveLength(2)
  })

  test('of more answers than maxSize the one unused for the longest time goes', async () => {
    const { ask, sender } = setup(pair('<implementation maxSize="2"/>'))
    const get = (n: number) => ask({ target: `/${n}` })
    for (const n of [1, 2, 1, 3, 1, 2]) await get(n)
    expect(sender.requests).toHaveLength(4)
  })

  test('onCacheHit runs instead of the way back', async () => {
    const { ask, passed } = setup(pair('<onCacheHit><mark name="hit"/><respond/></onCacheHit>'))
    await ask()
    expect((await ask()).text).toBe('{"n":1}')
    expect(passed).toEqual(['hit'])
  })

  test('nobody changes what is kept', async () => {
    const change = '<payloadFactory media-type="json"><format>{}</format></payloadFactory>'
    const { ask } = setup(pair(`<onCacheHit>${change}<respond/></onCacheHit>`))
    await ask()
    expect(await texts([ask(), ask()])).toEqual(['{}', '{}'])
  })

  describe('with Cache-Control', () => {
    const rules = http('<enableCacheControl>true</enableCacheControl><includeAgeHeader>true</includeAgeHeader>')
    test.each([
      ['no-store', 2],
      ['private, max-age=60', 2],
      ['max-age=0', 2],
      ['max-age=60', 1],
    ])('%s makes %i calls', async (control, calls) => {
      const { ask, sender } = setup(pair(rules), () => ({ headers: { 'Cache-Control': control } }))
      await ask()
      await ask()
      expect(sender.requests).toHaveLength(calls)
    })

    test('no-cache asks the back end with the ETag, and 304 means what is there', async () => {
      const { ask, sender } = setup(pair(rules), (n) =>
        n === 1 ? { headers: { 'Cache-Control': 'no-cache', ETag: '"a"' } } : { status: 304, body: '' },
      )
      await ask()
      const second = await ask()
      expect([second.status, second.text]).toEqual([200, '{"n":1}'])
      expect(sender.requests[1]?.headers.get('If-None-Match')).toBe('"a"')
    })

    test('an answer from memory carries its age', async () => {
      const { ask } = setup(pair(rules))
      expect((await ask()).headers.get('Age')).toBeUndefined()
      expect((await ask()).headers.get('Age')).toBe('0')
    })
  })

  test('the collector finds its question in the out flow, too', async () => {
    const { reply } = await exchange(
      '<cache collector="false"/><send><endpoint><address uri="http://backend/s" format="pox"/></endpoint></send>',
      {
        body: '<q/>',
        backend: () => ({ body: '<r/>', contentType: 'application/xml' }),
        out: '<cache collector="true"/><respond/>',
      },
    )
    expect(reply.text).toBe('<r/>')
  })

  test('a collector in the request path is a fault that says where it belongs', async () => {
    const { lines } = await exchange('<cache collector="true"/>', { body: '<q/>' })
    expect(lines.join()).toContain('belongs where the answer is')
  })
})
