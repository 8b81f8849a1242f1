import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { byStatus } from './arena.ts'
import { deployedPaths, writeAttackHome } from './home.ts'
import { judgeSlowClients } from './judge.ts'
import { Kit } from './kit.ts'
import { TOOLS } from './tools.ts'

const SOURCE = join(import.meta.dirname, '../../../shared/attack-kit')
const present = existsSync(SOURCE)
if (!present) console.warn(`skipped: the attack kit is not at ${SOURCE}`)

const MEASURED = {
  opened: 300,
  closedByServer: 300,
  stillOpenAtEnd: 0,
  lifeMs: { first: 5000, median: 5400, last: 5500 },
  good: { ok: 400, errors: {}, p99: 20 },
  rss: [60, 70, 65],
  fd: [20, 320, 21],
  serverFdsBeforeEnd: 22,
}

test('slow clients that meet the goals pass', () => {
  expect(judgeSlowClients('head', { code: 0, output: `warming up\n${JSON.stringify(MEASURED)}\n` })).toMatchObject({
    ok: true,
    details: [],
  })
})

test.each([
  ['a slow head that lives too long', 'head', { lifeMs: { last: 9000 } }, 'a slow head lived 9000 ms'],
  ['failed good requests', 'idle', { good: { ok: 10, errors: { ECONNRESET: 1 }, p99: 20 } }, 'good requests failed'],
  ['slow good requests', 'idle', { good: { ok: 10, errors: {}, p99: 300 } }, 'p99 300 ms'],
  ['files that stay open', 'abort', { fd: [20, 390, 380] }, 'open files 20 → 380'],
  ['readers that stay', 'read', { serverFdsBeforeEnd: 300 }, 'still connected'],
])('%s is a failure', (_name, attack, changes, expected) => {
  const verdict = judgeSlowClients(attack, { code: 0, output: JSON.stringify({ ...MEASURED, ...changes }) })
  expect(verdict.ok).toBe(false)
  expect(verdict.details.join()).toContain(expected)
})

test('a tool that prints no measurement is a failure', () => {
  expect(judgeSlowClients('head', { code: 1, output: 'refused\n' })).toMatchObject({ ok: false, line: 'refused' })
})

test('the verdict of a tool is its exit status, its line the last that says something', () => {
  expect(byStatus({ code: 0, output: 'a\n{"n":1}\nok\n' })).toEqual({ ok: true, line: '{"n":1}', details: [] })
  expect(byStatus({ code: 1, output: 'ok   x\nFAIL y\ntotal 2 fail 1\n' })).toEqual({
    ok: false,
    line: 'total 2 fail 1',
    details: ['FAIL y'],
  })
})

test.skipIf(!present)('the home takes from the kit what this bus can run', () => {
  using kit = new Kit(SOURCE)
  const home = join(kit.directory, 'home')
  writeAttackHome(kit, home, { backend: 12_345 })
  const api = readFileSync(join(home, 'synapse-configs/default/api/AttackAPI.xml'), 'utf8')
  expect(api).not.toMatch(/<(?:iterate|script|dblookup|xslt)\b/)
  expect(api).toContain('http://127.0.0.1:12345/pass')
  expect(deployedPaths(kit)).toContain('/attack/urltpl')
  expect(deployedPaths(kit)).not.toContain('/attack/dblookup')
  expect(readFileSync(join(home, 'synapse-configs/default/proxy-services/PassProxy.xml'), 'utf8')).toContain(
    '127.0.0.1:12345/pass',
  )
  expect(readFileSync(join(home, 'mediators/LoopMediator.mjs'), 'utf8')).toContain("alias = 'kit.LoopMediator'")
})

/** Runs the kit's reference proxy under the command line of the bus. */
const STAND_IN = `
import { spawn } from 'node:child_process'
const value = (name) => process.argv[process.argv.indexOf(name) + 1]
const { readFileSync } = await import('node:fs')
const text = readFileSync(value('run') + '/synapse-configs/default/proxy-services/PassProxy.xml', 'utf8')
const backend = /http:\\/\\/127\\.0\\.0\\.1:\\d+/.exec(text)[0]
process.argv.push('--backend', backend)
await import(process.env.VIADUCT_REFERENCE)
console.log('listening http://127.0.0.1:' + value('--port'))
setTimeout(() => console.log('ready in 1 ms'), 300)
`

test.skipIf(!present)(
  'a tool runs against a process with the command line of the bus',
  { timeout: 60_000 },
  async () => {
    using kit = new Kit(SOURCE)
    const folder = mkdtempSync(join(tmpdir(), 'viaduct-stand-in-'))
    const file = join(folder, 'stand-in.mjs')
    writeFileSync(
      file,
      STAND_IN.replace('process.env.VIADUCT_REFERENCE', JSON.stringify(kit.path('ref/hardened-proxy.mjs'))),
    )
    await using backend = await kit.faultBackend()
    const arena = { kit, quick: true, command: [process.execPath, file], backend }
    const verdict = await TOOLS.find(({ name }) => name === '100 MB echo')?.run(arena)
    rmSync(folder, { recursive: true })
    expect(verdict).toMatchObject({ ok: true, details: [] })
  },
)
