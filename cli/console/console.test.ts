import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsolePage, html, type Listener, type User, type UserStore } from 'viaduct'
import { TestPlatform } from 'viaduct/testing'
import { createAdmin } from '../admin.ts'
import { Console } from './console.ts'

const user = (name: string, roles: readonly string[]): User => ({ name, roles, claims: new Map() })
const USERS = new Map([
  ['carol', user('carol', ['admin'])],
  ['vera', user('vera', ['auditor'])],
  ['mallory', user('mallory', ['guest'])],
])

const users: UserStore = {
  authenticate: async (name, password) => (password === 'right' ? USERS.get(name) : undefined),
  find: async (name) => USERS.get(name),
  prove: async () => undefined,
  password: async () => undefined,
}

const seen: string[] = []
const things: ConsolePage = {
  label: 'Things',
  path: '/things',
  count: async () => 3,
  async answer({ method, path, query, form, user: { name }, mayChange, formToken }) {
    seen.push(`${method} ${path} ${query.get('q') ?? ''} ${form.get('colour') ?? ''} ${name} ${mayChange}`.trim())
    if (path === '/fails') throw new Error('secret: /etc/viaduct')
    if (method === 'POST') return { redirect: '/things', notice: 'Done <b>' }
    return path === '' ? { title: 'Things & more', main: html`<form>${formToken}</form>` } : undefined
  },
}

const platform = new TestPlatform()
let admin: Listener
beforeAll(async () => {
  const settings = { user: 'boss', password: 'boss-secret', viewers: ['auditor'], roles: ['admin'] }
  const console = new Console({ settings, platform, pages: () => [things], users: () => users })
  admin = await createAdmin(
    () => [],
    '127.0.0.1',
    0,
    (call) => console.answer(call),
  )
})
afterAll(() => admin[Symbol.asyncDispose]())

const ask = (path: string, init: RequestInit = {}) => fetch(`${admin.url}${path}`, { redirect: 'manual', ...init })
const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body: new URLSearchParams(fields), headers })

async function login(name: string, password: string, next = '/') {
  const answer = await send('/login', { user: name, password, next })
  const cookie = answer.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  const page = cookie === '' ? '' : await (await ask('/things', { headers: { cookie } })).text()
  const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? ''
  return { answer, cookie, token }
}

describe('who is not logged in', () => {
  test('gets the login page instead of any page, and nothing else happens', async () => {
    const before = seen.length
    for (const path of ['/', '/things', '/things/x', '/nothing', '/%2e%2e/etc']) {
      const answer = await ask(path)
      expect([path, answer.status, await answer.text()]).toEqual([path, 401, expect.stringContaining('Log in')])
    }
    expect((await send('/things', { colour: 'red' })).status).toBe(401)
    expect(seen).toHaveLength(before)
  })

  test('comes back to the page he wanted, and to no other site', async () => {
    const page = await (await ask('/things?q=1')).text()
    expect(page).toContain('name="next" value="/things?q=1"')
    expect((await login('carol', 'right', '/things?q=1')).answer.headers.get('Location')).toBe('/things?q=1')
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/x\r\nSet-Cookie: a=b', 'x'])
      expect((await login('carol', 'right', next)).answer.headers.get('Location')).toBe('/')
  })
})

describe('a login', () => {
  test('gives a cookie that no script reads and no other site sends', async () => {
    const { answer } = await login('boss', 'boss-secret')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('Set-Cookie')).toMatch(/^viaduct-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  })

  test('through HTTPS gives a cookie for HTTPS alone', async () => {
    for (const headers of [{ Origin: admin.url.replace('http:', 'https:') }, { 'X-Forwarded-Proto': 'https' }]) {
      const { headers: given } = await send('/login', { user: 'boss', password: 'boss-secret' }, headers)
      expect(given.get('Set-Cookie')).toContain('; Secure')
    }
  })

  test('is for the administrator of the settings and users with a role', async () => {
    expect((await login('carol', 'right')).answer.status).toBe(303)
    expect((await login('vera', 'right')).answer.status).toBe(303)
    expect((await login('mallory', 'right')).answer.status).toBe(403)
    for (const [name, password] of [
      ['boss', 'right'],
      ['carol', 'boss-secret'],
      ['nobody', 'right'],
      ['', ''],
    ] as const)
      expect((await login(name, password)).answer.status).toBe(401)
  })

  test('is refused for a minute after five wrong passwords, the right one too', async () => {
    for (let i = 0; i < 5; i++) expect((await login('vera', 'wrong')).answer.status).toBe(401)
    const { answer } = await login('vera', 'right')
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, '60'])
    expect((await login('carol', 'right')).answer.status).toBe(303)
    platform.advance(60_001)
    expect((await login('vera', 'right')).answer.status).toBe(303)
  })

  test('is worth what its user may do now, and nothing once he may not log in', async () => {
    const { cookie, token } = await login('carol', 'right')
    const carol = user('carol', ['admin'])
    try {
      USERS.set('carol', user('carol', ['auditor']))
      expect((await send('/things', { token }, { cookie })).status).toBe(403)
      expect((await ask('/things', { headers: { cookie } })).status).toBe(200)
      USERS.delete('carol')
      expect((await ask('/things', { headers: { cookie } })).status).toBe(401)
    } finally {
      USERS.set('carol', carol)
    }
    expect((await ask('/things', { headers: { cookie } })).status).toBe(401)
    const boss = await login('boss', 'boss-secret')
    expect((await ask('/things', { headers: { cookie: boss.cookie } })).status).toBe(200)
  })

  test('ends when one logs out', async () => {
    const { cookie, token } = await login('carol', 'right')
    const out = await send('/logout', { token }, { cookie })
    expect(out.headers.get('Set-Cookie')).toContain('Max-Age=0')
    expect((await ask('/things', { headers: { cookie } })).status).toBe(401)
  })

  test('ends after half an hour without a request, and after twelve hours with them', async () => {
    const { cookie } = await login('carol', 'right')
    const status = async () => (await ask('/things', { headers: { cookie } })).status
    platform.advance(29 * 60_000)
    expect(await status()).toBe(200)
    platform.advance(31 * 60_000)
    expect(await status()).toBe(401)
    const other = await login('carol', 'right')
    for (let i = 0; i < 25; i++) {
      platform.advance(29 * 60_000)
      await ask('/things', { headers: { cookie: other.cookie } })
    }
    expect((await ask('/things', { headers: { cookie: other.cookie } })).status).toBe(401)
  })
})

describe('a page', () => {
  test('has the navigation around it and strict headers', async () => {
    const { cookie } = await login('carol', 'right')
    const answer = await ask('/things?q=x', { headers: { cookie } })
    const text = await answer.text()
    expect(text).toContain('<title>Things &amp; more – Viaduct</title>')
    expect(text).toMatch(/<a href="\/things" aria-current="page"[\s\S]*Things[\s\S]*3/)
    expect(answer.headers.get('Content-Security-Policy')).toMatch(/default-src 'none';.*frame-ancestors 'none'/)
    expect(answer.headers.get('Content-Security-Policy')).not.toContain('unsafe')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(text).not.toMatch(/<script>|<style|style="|onclick|https?:\/\//)
    expect(seen.at(-1)).toBe('GET  x  carol true')
  })

  test('that is not there is told inside the console, and one that fails tells no secrets', async () => {
    const { cookie } = await login('carol', 'right')
    expect((await ask('/things/none', { headers: { cookie } })).status).toBe(404)
    expect((await ask('/thingsandmore', { headers: { cookie } })).status).toBe(404)
    const failed = await ask('/things/fails', { headers: { cookie } })
    expect([failed.status, await failed.text()]).toEqual([500, 'This failed.\n'])
  })

  test('begins at the first section', async () => {
    const { cookie } = await login('carol', 'right')
    expect((await ask('/', { headers: { cookie } })).headers.get('Location')).toBe('/things')
  })
})

describe('a form', () => {
  test('with the token of its session is taken, and its outcome shown once, as text', async () => {
    const { cookie, token } = await login('carol', 'right')
    const sent = await send('/things', { token, colour: 'red' }, { cookie })
    expect([sent.status, sent.headers.get('Location')]).toEqual([303, '/things'])
    expect(seen.at(-1)).toBe('POST   red carol true')
    expect(await (await ask('/things', { headers: { cookie } })).text()).toContain('Done &lt;b&gt;')
    expect(await (await ask('/things', { headers: { cookie } })).text()).not.toContain('Done')
  })

  test('without it, with that of another, or from another site is refused', async () => {
    const [mine, other] = [await login('carol', 'right'), await login('boss', 'boss-secret')]
    const before = seen.length
    const { cookie, token } = mine
    for (const fields of [{}, { token: '' }, { token: other.token }, { token: `${token}x` }])
      expect((await send('/things', fields, { cookie })).status).toBe(403)
    for (const headers of [{ Origin: 'http://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }])
      expect((await send('/things', { token }, { cookie, ...headers })).status).toBe(403)
    expect(seen).toHaveLength(before)
    expect((await send('/login', { user: 'carol', password: 'right' }, { Origin: 'http://evil.example' })).status).toBe(
      403,
    )
  })

  test('of somebody who may only look is refused', async () => {
    const { cookie, token } = await login('vera', 'right')
    const before = seen.length
    expect((await send('/things', { token }, { cookie })).status).toBe(403)
    expect(seen).toHaveLength(before)
  })

  test('that is enormous is refused', async () => {
    const { cookie, token } = await login('carol', 'right')
    expect((await send('/things', { token, colour: 'x'.repeat(100_000) }, { cookie })).status).toBe(413)
  })
})

test('health and metrics need no login, and other methods are refused', async () => {
  expect((await ask('/health/live')).status).toBe(200)
  expect((await ask('/things', { method: 'DELETE' })).status).toBe(405)
  const style = await ask('/console.css')
  expect([style.status, style.headers.get('Content-Type')]).toEqual([200, 'text/css; charset=utf-8'])
  expect((await ask('/console.js')).headers.get('X-Content-Type-Options')).toBe('nosniff')
})
