import { afterAll, expect, test } from 'vitest'
import { TestFolder } from '../runtime/testing/folder.ts'
import { main } from './main.ts'

const folder = new TestFolder({ 'home/proxies/.keep': '', 'filed/security/users.json': '{ "users": {} }' })
afterAll(() => folder[Symbol.dispose]())

async function viaduct(...args: string[]) {
  const [out, error]: [string[], string[]] = [[], []]
  const io = {
    out: (line: string) => void out.push(line),
    error: (line: string) => void error.push(line),
    environment: {},
    cwd: folder.path,
    terminal: false,
  }
  return { status: await main(['user', ...args], io), out, error }
}

const home = ['--home', 'home']

test('accounts are added, listed, changed and removed', async () => {
  const add = [
    'add',
    'alice',
    '--password',
    's3cret!',
    '--role',
    'admin',
    '--role',
    'clerk',
    '--email',
    'a@example.com',
  ]
  expect(await viaduct('list', ...home)).toMatchObject({ status: 0, out: [expect.stringContaining('no accounts')] })
  expect(await viaduct(...add, ...home)).toEqual({ status: 0, out: ['alice can log in'], error: [] })
  expect(await viaduct(...add, ...home)).toEqual({ status: 1, out: [], error: ['the name "alice" is taken'] })
  expect((await viaduct('list', ...home)).out).toEqual([
    expect.stringMatching(/^alice +active +admin,clerk a@example.com$/),
  ])
  expect((await viaduct('lock', 'alice', ...home)).status).toBe(0)
  expect((await viaduct('roles', 'alice', '--role', 'guest', ...home)).status).toBe(0)
  expect((await viaduct('passwd', 'alice', '--password', 'x', ...home)).status).toBe(0)
  const listed = await viaduct('list', '--json', ...home)
  expect(JSON.parse(listed.out[0] ?? '')).toEqual([
    { name: 'alice', state: 'locked', roles: ['guest'], claims: { email: 'a@example.com' } },
  ])
  expect((await viaduct('remove', 'alice', ...home)).status).toBe(0)
  expect(await viaduct('remove', 'alice', ...home)).toMatchObject({ status: 1, error: ['there is no account "alice"'] })
})

test('a hash is printed for the file', async () => {
  expect((await viaduct('hash', '--password', 'x')).out).toEqual([expect.stringMatching(/^scrypt\$/)])
})

test('a home whose users are in a file says so', async () => {
  expect(await viaduct('list', '--home', 'filed')).toEqual({
    status: 1,
    out: [],
    error: [expect.stringContaining('kept in security/users.json')],
  })
})

test.each([[[]], [['add']], [['frobnicate', 'x']], [['add', 'x', '--password', '']]])('%j is usage', async (args) => {
  expect((await viaduct(...args, ...home)).status).toBe(2)
})
