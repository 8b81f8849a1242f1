import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BUS_FROM_DIST } from '../test/conformance/bus-process.ts'
import { measureMemory, measureStartup, type Measure } from './process.ts'
import { SCENARIOS, type Figure } from './scenarios.ts'
import { startServers } from './servers.ts'
import { median } from './statistics.ts'
import { fire, type Sample } from './wrk.ts'

const USAGE = `usage: npm run bench -- [xacml|entitlement|security] [--scenario NAME,NAME] [--rounds 5] [--seconds 2] [--json] [--list]

Compares the bus (dist/, so npm run build first) with nginx, a bare relay and the back end alone: rounds interleaved, medians.
  xacml       policy decisions, compared with Balana on the JVM; --help says more
  entitlement what the mediator adds to a message, with and without a cache
  security    signatures and encryption, compared with WSS4J on the JVM; --help says more
  --scenario  only scenarios whose names begin with one of these; also: startup, memory
  --rounds    rounds of every load (default 5)
  --seconds   length of one measurement (default 2)
  --json      prints every sample as one JSON document`

if (process.argv[2] === 'xacml') {
  await import('./xacml/run.ts')
  process.exit()
}
if (process.argv[2] === 'entitlement') {
  await import('./entitlement/run.ts')
  process.exit()
}
if (process.argv[2] === 'security') {
  await import('./security/run.ts')
  process.exit()
}

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
  /** The value that processor times give instead of throughputs: it holds on a machine that does other things as well. */
  readonly byProcessor: string
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
    const pairs = figures.length === 0 ? new Map<string, Pair>() : await measureFigures(figures, directory)
    const measures = [
      ...(chosen('startup') ? await measureStartup(directory, rounds) : []),
      ...(chosen('memory') ? await measureMemory(directory) : []),
    ]
    const rows = [...figures.map((figure) => figureRow(figure, pairs)), ...measures.map(measureRow)]
    if (values.json)
      console.log(JSON.stringify({ rounds, seconds, rows, samples: Object.fromEntries(pairs), measures }, undefined, 2))
    else console.log(printTable(rows))
    process.exitCode = rows.some(({ verdict }) => verdict === 'below' || verdict === 'failed') ? 1 : 0
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Samples of the two sides of a figure, round by round. */
interface Pair {
  readonly mine: Sample[]
  readonly theirs: Sample[]
}

/** Every figure once for warming up, then round after round; both sides of a figure in turn, each first in every other round. */
async function measureFigures(figures: readonly Figure[], directory: string): Promise<Map<string, Pair>> {
  const pairs = new Map(figures.map(({ name }) => [name, { mine: [] as Sample[], theirs: [] as Sample[] }]))
  await using servers = await startServers(directory)
  for (let round = 0; round <= rounds; round++)
    for (const { name, measured, against } of figures) {
      const pair = pairs.get(name)
      const sides = [
        { load: measured, into: pair?.mine },
        { load: against, into: pair?.theirs },
      ]
      for (const { load, into } of round % 2 === 0 ? sides : sides.toReversed()) {
        if (load === undefined) continue
        const sample = await fire(load, servers, round === 0 ? 1 : seconds, directory)
        if (round > 0) into?.push(sample)
      }
    }
  return pairs
}

/** The median of the ratios within each round, with the medians of both sides beside it. */
function figureRow({ name, against, goal }: Figure, pairs: ReadonlyMap<string, Pair>): Row {
  const { mine, theirs } = pairs.get(name) ?? { mine: [], theirs: [] }
  const failures = [...mine, ...theirs].reduce((sum, sample) => sum + sample.failures, 0)
  const wanted = goal === undefined ? '' : `≥ ${goal}`
  const row = { name, value: '—', goal: wanted, byProcessor: '' }
  if (failures > 0) return { ...row, verdict: 'failed', note: `${failures} answers failed` }
  if (against === undefined) return { ...row, value: '', verdict: '', note: printSide(mine) }
  const ratioOf = (part: (sample: Sample, other: Sample) => number): number =>
    median(mine.flatMap((sample, round) => (theirs[round] === undefined ? [] : part(sample, theirs[round]))))
  const ratio = ratioOf((sample, other) => sample.perSecond / other.perSecond)
  return {
    ...row,
    value: ratio.toFixed(2),
    byProcessor: ratioOf((sample, other) => other.cpu / sample.cpu).toFixed(2),
    verdict: goal === undefined ? '' : ratio >= goal ? 'ok' : 'below',
    note: `${printSide(mine)} against ${printSide(theirs)}`,
  }
}

function printSide(samples: readonly Sample[]): string {
  const [perSecond, cpu] = [median(samples.map((each) => each.perSecond)), median(samples.map((each) => each.cpu))]
  return `${Math.round(perSecond)}/s, ${Math.round(cpu)} µs`
}

function measureRow({ name, value, unit, limit, note = '' }: Measure): Row {
  const shown = value === undefined ? '—' : `${value.toFixed(unit === 's' ? 2 : 0)} ${unit}`
  const verdict = value === undefined ? 'failed' : value < limit ? 'ok' : 'below'
  return { name, value: shown, goal: `< ${limit} ${unit}`, verdict, byProcessor: '', note }
}

function printTable(rows: readonly Row[]): string {
  const cells = [
    ['figure', 'value', 'goal', '', 'by CPU', 'requests per second and processor time of each'],
    ...rows.map(({ name, value, goal, verdict, byProcessor, note }) => [name, value, goal, verdict, byProcessor, note]),
  ]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
