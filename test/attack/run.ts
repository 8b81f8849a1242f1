import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BUS_FROM_DIST, BUS_FROM_SOURCE } from '../conformance/bus-process.ts'
import { Kit } from './kit.ts'
import type { Verdict } from './arena.ts'
import { TOOLS } from './tools.ts'

const USAGE = `usage: npm run attack -- [DIR] [--quick] [--only NAME,NAME] [--dist] [--list]

Runs the attack kit in DIR (default ../shared/attack-kit) against the bus: each tool against a process of its own, on loopback.
  --quick  the tools that fit into about four minutes, with smaller numbers
  --only   tools whose names begin with one of these
  --dist   runs dist/ (npm run build) instead of the sources
  --list   prints the names of the tools`

const DETAILS = 20

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    dist: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const source = resolve(positionals[0] ?? join(import.meta.dirname, '../../../shared/attack-kit'))
const only = values.only?.split(',')
const tools = TOOLS.filter(({ name, quick }) =>
  only === undefined ? !values.quick || quick : only.some((start) => name.startsWith(start)),
)

if (values.list) for (const { name, quick } of TOOLS) console.log(`${quick ? 'quick' : '     '} ${name}`)
else if (values.help || !existsSync(source)) {
  console.error(values.help ? USAGE : `${source} does not exist\n${USAGE}`)
  process.exitCode = 2
} else process.exitCode = await attack()

async function attack(): Promise<number> {
  using kit = new Kit(source)
  await kit.generate()
  await using backend = await kit.faultBackend()
  const arena = { kit, quick: values.quick, command: values.dist ? BUS_FROM_DIST : BUS_FROM_SOURCE, backend }
  let failed = 0
  for (const tool of tools) {
    const started = performance.now()
    const verdict: Verdict = await tool
      .run(arena)
      .catch((error: unknown) => ({ ok: false, line: String(error), details: [] }))
    if (!verdict.ok) failed++
    const seconds = ((performance.now() - started) / 1_000).toFixed(1)
    console.log(`${verdict.ok ? 'ok  ' : 'FAIL'} ${tool.name.padEnd(24)} ${seconds.padStart(6)} s  ${verdict.line}`)
    if (verdict.ok) continue
    for (const detail of verdict.details.slice(0, DETAILS)) console.log(`       ${detail}`)
    if (verdict.details.length > DETAILS) console.log(`       … and ${verdict.details.length - DETAILS} more`)
  }
  console.log(`${tools.length - failed} passed, ${failed} failed`)
  return failed === 0 && tools.length > 0 ? 0 : 1
}
