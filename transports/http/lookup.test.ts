import type { LookupAddress } from 'node:dns'
import { Deadlines, Headers, type OutgoingRequest, silentLogger } from 'viaduct'
import { afterAll, expect, test } from 'vitest'
import { openListener, say, settingsWith } from '../testing/open-listener.ts'
import { type Lookup, Names } from './lookup.ts'
import { createHttpSender } from './sender.ts'

const deadlines = new Deadlines()
afterAll(() => deadlines[Symbol.dispose]())

const ask = (lookup: Lookup, host: string): Promise<string | LookupAddress[] | Error> =>
  new Promise((resolve) => lookup(host, { all: true }, (failure, address) => resolve(failure ?? address ?? '')))

test('a name is resolved with all its addresses, or one when one is asked for', async () => {
  const lookup = new Names().lookup()
  const all = (await ask(lookup, 'localhost')) as LookupAddress[]
  expect(all.map(({ address }) => address)).toContain('127.0.0.1')
  const one = await new Promise((resolve) =>
    lookup('localhost', { family: 4 }, (_failure, address) => resolve(address)),
  )
  expect(one).toBe('127.0.0.1')
})

test('a name that does not exist is an error, and asked for again', async () => {
  const lookup = new Names().lookup()
  for (let i = 0; i < 2; i++) expect(await ask(lookup, 'no-such-host.invalid')).toBeInstanceOf(Error)
})

test('an address that does not pass the check is never connected to', async () => {
  const lookup = new Names().lookup((host, address) => `${host} is ${address}`)
  expect(await ask(lookup, 'localhost')).toMatchObject({ code: 'address-refused' })
})

const request = (url: string, namedByMessage: boolean): OutgoingRequest => ({
  method: 'GET',
  url,
  timeout: 2_000,
  headers: new Headers(),
  body: undefined,
  namedByMessage,
})

test('an address that a message named is called only when the settings allow it, at what it resolves to', async () => {
  await using backend = await openListener((arrival) => say(arrival, 'reached'))
  const { port } = new URL(backend.url)
  const byName = `http://localhost:${port}/`
  const attempt = async (allow: readonly string[], url: string, named = true): Promise<string> => {
    await using sender = createHttpSender(settingsWith({ egress: { allow } }), silentLogger, deadlines)
    const reply = await sender.send(request(url, named), () => {}).catch((fault: { code: string }) => fault)
    return 'code' in reply ? reply.code : (reply.message.bytes?.toString() ?? '')
  }
  expect(await attempt([], byName, false)).toBe('reached')
  expect(await attempt([], byName)).toBe('address-refused')
  expect(await attempt(['localhost'], byName)).toBe('address-refused')
  expect(await attempt(['private:localhost'], byName)).toBe('reached')
  expect(await attempt([], backend.url)).toBe('address-refused')
  expect(await attempt([`127.0.0.1:${port}`], backend.url)).toBe('reached')
  expect(await attempt(['127.0.0.1:1'], backend.url)).toBe('address-refused')
})
