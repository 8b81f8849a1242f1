import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Io } from './io.ts'
import { main } from './main.ts'

const cwd = mkdtempSync(join(tmpdir(), 'viaduct-cli-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

async function viaduct(...args: string[]): Promise<{ status: number; out: string; error: string }> {
  const out: string[] = []
  const error: string[] = []
  const io: Io = {
    out: (line) => out.push(line),
    error: (line) => error.push(line),
    environment: {},
    cwd,
    terminal: false,
  }
  return { status: await main(args, io), out: out.join('\n'), error: error.join('\n') }
}

describe('the command', () => {
  test('without a verb shows how it is used, with status 2', async () => {
    const { status, out } = await viaduct()
    expect(status).toBe(2)
    expect(out).toContain('viaduct run [home]')
  })

  test('suggests the verb that was meant', async () => {
    const { status, error } = await viaduct('rnu')
    expect(status).toBe(2)
    expect(error).toContain('did you mean "run"?')
  })

  test.each(['run', 'check', 'new', 'sample', 'explain', 'schema', 'call'])(
    '%s --help explains itself, with status 0',
    async (verb) => {
      const { status, out } = await viaduct(verb, '--help')
      expect(status).toBe(0)
      expect(out).toContain(`viaduct ${verb}`)
    },
  )

  test.each([
    ['an unknown option', ['run', '--prot', '1']],
    ['a port that is none', ['run', '--port', '99999']],
    ['a log form that is none', ['run', '--log', 'fancy']],
    ['a level that is none', ['run', '--log-level', 'LOUD']],
    ['two homes', ['run', 'a', 'b']],
    ['no worker', ['run', '--workers', '0']],
  ])('with %s says so in status 2', async (_case, args) => {
    const { status, error } = await viaduct(...args)
    expect(status).toBe(2)
    expect(error).not.toBe('')
  })

  test('run on a port that is taken says which, with status 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    await viaduct('new', 'busy')
    const { status, error } = await viaduct('run', 'busy', '--port', String(port), '--admin-port', '-1')
    taken.close()
    expect(status).toBe(1)
    expect(error).toContain(`port ${port} is in use`)
  })

  test('call with a file that is not there says so in one line, with status 1', async () => {
    const { status, error } = await viaduct('call', 'http://127.0.0.1:1/', '--body', 'nowhere.xml')
    expect(status).toBe(1)
    expect(error).toBe('nowhere.xml: there is no such file')
  })

  test('run of a home that is not there has status 1', async () => {
    expect((await viaduct('run', 'nowhere')).status).toBe(1)
  })
})

describe('new', () => {
  test('writes a home that check finds no mistake in, and never writes over it', async () => {
    expect((await viaduct('new', 'home')).status).toBe(0)
    expect(readdirSync(join(cwd, 'home'))).toEqual(
      expect.arrayContaining(['README.md', 'apis', 'mediators', 'proxies', 'sequences']),
    )
    const { status, out } = await viaduct('check', 'home')
    expect(`${status} ${out}`).toMatch(/^0/)
    expect((await viaduct('new', 'home')).status).toBe(1)
  })

  test('mediator wants a name in lower case', async () => {
    expect((await viaduct('new', 'mediator', 'Mask')).status).toBe(2)
  })
})

describe('sample', () => {
  test('lists the samples, as JSON when asked', async () => {
    expect((await viaduct('sample')).out).toContain('quickstart')
    expect(JSON.parse((await viaduct('sample', '--json')).out)).toContainEqual(
      expect.objectContaining({ name: 'quickstart' }),
    )
  })

  test('suggests the sample that was meant', async () => {
    const { status, error } = await viaduct('sample', 'quickstrat')
    expect(status).toBe(2)
    expect(error).toContain('did you mean "quickstart"?')
  })
})
