import { createServer } from 'node:net'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Io } from './io.ts'
import { main } from './main.ts'

const run = async (...args: string[]): Promise<{ status: number; out: string[]; errors: string[] }> => {
  const out: string[] = []
  const errors: string[] = []
  const io: Io = {
    out: (line) => void out.push(line),
    error: (line) => void errors.push(line),
    environment: {},
    cwd: process.cwd(),
    terminal: false,
  }
  return { status: await main(['sample', ...args], io), out, errors }
}

test('lists the samples, the quickstart first', async () => {
  const { status, out } = await run()
  expect(status).toBe(0)
  expect(out[0]).toMatch(/^quickstart +Two commands/)
  expect(out[1]).toMatch(/^0000 +/)
  const listed = JSON.parse((await run('--json')).out.join('')) as { name: string; title: string }[]
  expect(listed.map(({ name }) => name)).toEqual(out.map((line) => line.split(' ')[0]))
  expect((await run('53', '--list')).out).toEqual(out)
})

test('suggests a name for one that is not there', async () => {
  expect(await run('quickstrat')).toEqual({
    status: 2,
    out: [],
    errors: ['there is no sample "quickstrat"; did you mean "quickstart"?; viaduct sample lists them'],
  })
})

test('says which back ends a sample has', async () => {
  expect(await run('53', '--backend', '9000')).toEqual({
    status: 2,
    out: [],
    errors: ['--backend 9000: sample 0053 has 9001, 9002, 9003'],
  })
})

const holder = createServer()
beforeAll(async () => {
  holder.listen(9001, '127.0.0.1')
  // Whoever has the port already holds it as well.
  await Promise.race([once(holder, 'listening'), once(holder, 'error')])
})
afterAll(() => void holder.close())

test('starts nothing when a port of a back end is taken', async () => {
  const command = ['--conditions=source', 'cli/bin.ts', 'sample', '53', '--port', '0', '--admin-port', '-1']
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  expect(errors).toBe(
    'back end MyServer1 (LBService1) on http://localhost:9001: the port is in use; end the process that has it (a back end of another run?) and start again\n',
  )
  expect(out).not.toContain('listening')
  expect(status).toBe(1)
})
