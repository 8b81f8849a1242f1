import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BUS_FROM_DIST } from '../test/conformance/bus-process.ts'
import { measureMemory, measureStartup, type Measure } from './process.ts'
import { SCENARIOS, type Figure, type Load } from './scenarios.ts'
import { startServers } from './servers.ts'
import { median } from './statistics.ts'
import { fire, type Sample } from './wrk.ts'

const USAGE = `usage: npm run bench -- [--scenario NAME,NAME] [--rounds 5] [--seconds 2] [--json] [--list]

Compares the bus (dist/, so npm run build first) with nginx, a bare relay and the back end alone: rounds interleaved, medians.
  --scenario  only scenarios whose names begin with one of these; also: startup, memory
  --rounds    rounds of every load (default 5)
  --seconds   length of one measurement (default 2)
  --json      prints every sample as one JSON document`

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [rounds, seconds] = [Number(values.rounds) || 5, Number(values.seconds) || 2]
const chosen = (name: string): boolean =>
  values.scenario === undefined || values.scenario.split(',').some((start) => name.startsWith(start.trim()))

interface Row {
  readonly name: string
  readonly value: string
  readonly goal: string
  readonly verdict: 'ok' | 'below' | 'failed' | ''
  readonly note: string
}

const missing = missingParts()
if (values.help || missing !== undefined) {
  console.error(values.help ? USAGE : missing)
  process.exitCode = 2
} else if (values.list) console.log([...SCENARIOS.map(({ name }) => name), 'startup', 'memory'].join('\n'))
else await bench()

function missingParts(): string | undefined {
  for (const [command, option] of [
    ['wrk', '-v'],
    ['nginx', '-v'],
  ] as const)
    if (spawnSync(command, [option]).error !== undefined)
      return `${command} is not installed (apt-get install wrk nginx-light)`
  return existsSync(BUS_FROM_DIST[1] ?? '') ? undefined : 'dist/ is not there: npm run build'
}

async function bench(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'viaduct-bench-'))
  try {
    const figures = SCENARIOS.filter(({ name }) => chosen(name)).flatMap((scenario) => scenario.figures)
    const samples = figures.length === 0 ? new Map<string, Sample[]>() : await measureLoads(figures, directory)
    const measures = [
      ...(chosen('startup') ? await measureStartup(directory, rounds) : []),
      ...(chosen('memory') ? await measureMemory(directory) : []),
    ]
    const rows = [...figures.map((figure) => figureRow(figure, samples)), ...measures.map(measureRow)]
    if (values.json)
      console.log(
        JSON.stringify({ rounds, seconds, rows, samples: Object.fromEntries(samples), measures }, undefined, 2),
      )
    else console.log(printTable(rows))
    process.exitCode = rows.some(({ verdict }) => verdict === 'below' || verdict === 'failed') ? 1 : 0
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const keyOf = (load: Load): string => `${load.server} ${load.path} ${load.size}`

/** Every load once for warming up, then all loads in turn, round after round, so that drift of the machine meets all alike. */
async function measureLoads(figures: readonly Figure[], directory: string): Promise<Map<string, Sample[]>> {
  const loads = new Map<string, Load>()
  for (const { measured, against } of figures)
    for (const load of [against, measured]) if (load) loads.set(keyOf(load), load)
  const samples = new Map<string, Sample[]>()
  await using servers = await startServers(directory)
  for (let round = 0; round <= rounds; round++)
    for (const [key, load] of loads) {
      const sample = await fire(load, servers.origins[load.server], round === 0 ? 1 : seconds, directory)
      if (round > 0) samples.set(key, [...(samples.get(key) ?? []), sample])
    }
  return samples
}

/** The median of the ratios within each round, with the medians of both throughputs beside it. */
function figureRow({ name, measured, against, goal }: Figure, samples: ReadonlyMap<string, Sample[]>): Row {
  const mine = samples.get(keyOf(measured)) ?? []
  const theirs = against === undefined ? [] : (samples.get(keyOf(against)) ?? [])
  const failures = [...mine, ...theirs].reduce((sum, sample) => sum + sample.failures, 0)
  const perSecond = (of: readonly Sample[]) => `${Math.round(median(of.map((sample) => sample.perSecond)))}/s`
  if (failures > 0)
    return {
      name,
      value: '—',
      goal: goal === undefined ? '' : `≥ ${goal}`,
      verdict: 'failed',
      note: `${failures} answers failed`,
    }
  if (against === undefined) return { name, value: perSecond(mine), goal: '', verdict: '', note: '' }
  const ratio = median(mine.map((sample, round) => sample.perSecond / (theirs[round]?.perSecond ?? Number.NaN)))
  return {
    name,
    value: ratio.toFixed(2),
    goal: goal === undefined ? '' : `≥ ${goal}`,
    verdict: goal === undefined ? '' : ratio >= goal ? 'ok' : 'below',
    note: `${perSecond(mine)} against ${perSecond(theirs)}`,
  }
}

function measureRow({ name, value, unit, limit, note = '' }: Measure): Row {
  const shown = value === undefined ? '—' : `${value.toFixed(unit === 's' ? 2 : 0)} ${unit}`
  const verdict = value === undefined ? 'failed' : value < limit ? 'ok' : 'below'
  return { name, value: shown, goal: `< ${limit} ${unit}`, verdict, note }
}

function printTable(rows: readonly Row[]): string {
  const cells = [
    ['figure', 'value', 'goal', '', 'requests per second'],
    ...rows.map(({ name, value, goal, verdict, note }) => [name, value, goal, verdict, note]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
