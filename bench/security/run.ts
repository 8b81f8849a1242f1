import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { missingWss4j, Wss4j } from '../../test/interop/wss4j.ts'
import { median } from '../statistics.ts'
import { blobMessage, rowsMessage } from './messages.ts'
import { operationsOn, referencesMessage, rsaAlone } from './operations.ts'

const USAGE = `usage: npm run bench -- security [--rounds 5] [--seconds 1] [--sizes 1,10,100,10000] [--no-peer] [--json]

Signs, verifies, encrypts and decrypts messages of so many KB in this process, parsing and printing included, and has WSS4J do the same
(apt-get install openjdk-17-jdk-headless libwss4j-java; the kit of ../shared/interop). Rounds are interleaved; medians are shown.
Our figures are of processor time; only what is compared with the peer is taken from the clock.
  --no-peer  without WSS4J`

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    sizes: { type: 'string', default: '1,10,100,10000' },
    'no-peer': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

interface Row {
  readonly name: string
  readonly value: string
  readonly goal?: string
  readonly met?: boolean
}

/** Milliseconds of one call: on the clock, and of processor time, which a busy machine changes less. */
interface Time {
  readonly wall: number
  readonly cpu: number
}

/** Calls something as often as it can be called in the time. */
function measure(run: () => unknown, seconds: number): Time {
  run()
  const cpu = process.cpuUsage()
  const start = performance.now()
  let count = 0
  do {
    run()
    count++
  } while (performance.now() - start < seconds * 1000)
  const { user, system } = process.cpuUsage(cpu)
  return { wall: (performance.now() - start) / count, cpu: (user + system) / 1000 / count }
}

/** Medians of several things that take turns. */
function interleaved(runs: ReadonlyMap<string, () => unknown>, rounds: number, seconds: number): Map<string, Time> {
  for (const run of runs.values()) measure(run, seconds / 2)
  const samples = new Map<string, Time[]>()
  for (let round = 0; round < rounds; round++)
    for (const [name, run] of runs) samples.set(name, [...(samples.get(name) ?? []), measure(run, seconds)])
  return new Map(
    Array.from(samples, ([name, times]) => [
      name,
      { wall: median(times.map(({ wall }) => wall)), cpu: median(times.map(({ cpu }) => cpu)) },
    ]),
  )
}

const shown = (ms: number): string => (ms < 20 ? `${Math.round(1000 / ms)}/s` : `${Math.round(ms)} ms`)
/** Which of the kit's figures each of ours is compared with. */
const PEER: Readonly<Record<string, string>> = {
  sign: 'sign (parse, write incl.)',
  verify: 'verify (parse incl.)',
  encrypt: 'encrypt aes-256-cbc',
  decrypt: 'decrypt aes-256-cbc',
}

function bench(): Row[] {
  const [rounds, seconds] = [Number(values.rounds) || 5, Number(values.seconds) || 1]
  const sizes = values.sizes.split(',').map(Number)
  const missing = values['no-peer'] ? 'it was not asked for' : missingWss4j()
  if (missing !== undefined) console.error(`without WSS4J: ${missing}`)
  const folder = mkdtempSync(join(tmpdir(), 'viaduct-bench-'))
  using peer = missing === undefined ? new Wss4j() : undefined
  try {
    const rows: Row[] = []
    for (const [kind, make] of [
      ['rows', rowsMessage],
      ['blob', blobMessage],
    ] as const)
      for (const size of sizes) rows.push(...sizeRows(kind, size, make(size * 1000), { rounds, seconds, folder, peer }))
    return [...rows, ...referenceRows(rounds, seconds), ...memoryRows(20)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Measuring {
  readonly rounds: number
  readonly seconds: number
  readonly folder: string
  readonly peer: Wss4j | undefined
}

function sizeRows(kind: string, size: number, text: string, { rounds, seconds, folder, peer }: Measuring): Row[] {
  const runs = new Map(operationsOn(text))
  if (size === 1) runs.set('RSA alone', rsaAlone())
  const times = interleaved(runs, size >= 1000 ? Math.min(rounds, 3) : rounds, seconds)
  const file = join(folder, `${kind}-${size}.xml`)
  writeFileSync(file, text)
  const theirs = peer?.bench(file)
  const name = (what: string) => `${what}, ${size < 1000 ? `${size} KB` : `${size / 1000} MB`} ${kind}`
  const rows: Row[] = Array.from(times, ([what, { cpu, wall }]) => {
    const other = theirs?.get(PEER[what] ?? '')
    const against =
      other === undefined ? '' : `, on the clock ${shown(wall)} against ${shown(other)}: ${(other / wall).toFixed(2)}`
    const goal = goalOf(what, size, kind, cpu, other === undefined ? undefined : other / wall)
    return { name: name(what), value: shown(cpu) + against, ...goal }
  })
  const [bound, trip] = [times.get('RSA alone')?.cpu, times.get('round trip')?.cpu]
  if (bound !== undefined && trip !== undefined && kind === 'rows')
    rows.push({
      name: name('round trip against RSA alone'),
      value: (bound / trip).toFixed(2),
      goal: '≥ 0.8',
      met: bound / trip >= 0.8,
    })
  return rows
}

function goalOf(what: string, size: number, kind: string, ms: number, ratio: number | undefined): Partial<Row> {
  if (size === 10 && kind === 'rows') {
    const wanted = { sign: 1300, verify: 1400 }[what]
    if (wanted !== undefined) return { goal: `≥ ${wanted}/s`, met: 1000 / ms >= wanted }
  }
  return size >= 10_000 && ratio !== undefined ? { goal: '≥ 0.8 of WSS4J', met: ratio >= 0.8 } : {}
}

/** What a reference costs must not grow with their number. */
function referenceRows(rounds: number, seconds: number): Row[] {
  const times = interleaved(
    new Map([1, 10, 30].map((count) => [String(count), referencesMessage(count)])),
    rounds,
    seconds,
  )
  const [one = 0, ten = 0, thirty = 0] = ['1', '10', '30'].map((count) => times.get(count)?.cpu)
  const growth = (thirty - ten) / 20 / ((ten - one) / 9)
  return [
    { name: 'verify, 1, 10 and 30 references', value: [one, ten, thirty].map(shown).join(', ') },
    {
      name: 'cost of the last 20 references against the first 9',
      value: growth.toFixed(2),
      goal: '< 1.5',
      met: growth < 1.5,
    },
  ]
}

/** What an attachment of so many MB takes at most, on its way out and on its way in; the message itself is held, too. */
function memoryRows(size: number): Row[] {
  const script = join(import.meta.dirname, 'attachment.ts')
  const { stdout } = spawnSync(process.execPath, ['--conditions=source', script, String(size)], { encoding: 'utf8' })
  const { before, sent, received } = JSON.parse(stdout) as Readonly<Record<'before' | 'sent' | 'received', number>>
  const row = (name: string, megabytes: number): Row => ({
    name: `memory for ${size} MB ${name}, signed, encrypted, MTOM`,
    value: `${megabytes} MB`,
    goal: `≤ ${6 * size} MB`,
    met: megabytes <= 6 * size,
  })
  return [row('sent', sent - before), row('received', received - sent)]
}

if (values.help) console.error(USAGE)
else {
  const rows = bench()
  if (values.json) console.log(JSON.stringify(rows, undefined, 2))
  else
    for (const { name, value, goal = '', met } of rows)
      console.log(
        `${name.padEnd(52)}  ${value.padEnd(34)}  ${goal.padEnd(16)} ${met === undefined ? '' : met ? 'ok' : 'below'}`.trimEnd(),
      )
  process.exitCode = rows.some(({ met }) => met === false) ? 1 : 0
}
