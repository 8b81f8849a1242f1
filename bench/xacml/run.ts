import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { DecisionPoint, DecisionRequest } from 'viaduct'
import { loadPolicies, readRequest, writeResponse } from '../../entitlement/xacml.ts'
import { median } from '../statistics.ts'
import { Balana, fetchBalana } from './balana.ts'
import { policySet, requests } from './policies.ts'

const USAGE = `usage: npm run bench -- xacml [--rounds 5] [--seconds 2] [--json]

Decisions per second of processor time with 1, 100 and 10000 policies of which one is for the resource, compared with Balana on the JVM: rounds
interleaved, both warm, medians. \`objects\`: requests are read before; \`text\`: XML in, XML out.`

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [rounds, length] = [Number(values.rounds) || 5, (Number(values.seconds) || 2) * 1000]

type Form = 'objects' | 'text'

interface Row {
  readonly policies: number
  readonly form: Form
  readonly mine: number
  readonly theirs: number
}

const missing = fetchBalana()
if (values.help || missing !== undefined) {
  console.error(values.help ? USAGE : missing)
  process.exitCode = 2
} else {
  const rows: Row[] = []
  for (const count of [1, 100, 10_000]) rows.push(...(await compare(count)))
  report(rows)
}

async function compare(count: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-xacml-'))
  try {
    const [policies, texts] = [policySet(count), requests(count)]
    writeFileSync(join(folder, 'policies.xml'), policies)
    writeFileSync(join(folder, 'requests.txt'), texts.join('\n'))
    const { point, failed } = loadPolicies([{ file: 'policies.xml', text: policies }])
    if (failed) throw new Error('the policies are wrong')
    const parsed = texts.map((text) => readRequest(text).request)
    await using balana = await Balana.start(join(folder, 'policies.xml'), join(folder, 'requests.txt'))
    const rows: Row[] = []
    for (const form of ['objects', 'text'] as const) {
      const mine: number[] = []
      const theirs: number[] = []
      for (let round = 0; round <= rounds; round++) {
        const [own, permitted] = measure(point, form === 'text' ? texts : parsed, length)
        const [other, granted] = await balana.measure(form, length)
        if (Math.abs(permitted - granted) > 1e-9) throw new Error(`${permitted} permits here and ${granted} there`)
        // The first round only warms up.
        if (round > 0) {
          mine.push(own)
          theirs.push(other)
        }
      }
      rows.push({ policies: count, form, mine: median(mine), theirs: median(theirs) })
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Decisions per second of processor time, that of the collector included, and the part of them that permits. */
function measure(
  point: DecisionPoint,
  asked: readonly (string | DecisionRequest)[],
  milliseconds: number,
): readonly [number, number] {
  const start = performance.now()
  const used = process.cpuUsage()
  let count = 0
  let permits = 0
  while (performance.now() < start + milliseconds) {
    for (const each of asked) if (isPermitted(point, each)) permits++
    count += asked.length
  }
  const { user, system } = process.cpuUsage(used)
  return [(count / (user + system)) * 1e6, permits / count]
}

function isPermitted(point: DecisionPoint, asked: string | DecisionRequest): boolean {
  const results = point.decide(typeof asked === 'string' ? readRequest(asked).request : asked)
  if (results instanceof Promise) throw new Error('nothing has to be waited for here')
  return typeof asked === 'string'
    ? writeResponse(results).includes('<Decision>Permit')
    : results[0]?.decision === 'Permit'
}

function report(rows: readonly Row[]): void {
  if (values.json) {
    console.log(JSON.stringify(rows, undefined, 2))
    return
  }
  console.log('policies  form     viaduct/s   balana/s   ratio  goal')
  for (const { policies, form, mine, theirs } of rows) {
    const ratio = mine / theirs
    const goal = policies === 100 ? `≥ 5 ${ratio >= 5 ? 'ok' : 'below'}` : ''
    console.log(
      `${String(policies).padStart(8)}  ${form.padEnd(7)} ${Math.round(mine).toString().padStart(10)} ${Math.round(
        theirs,
      )
        .toString()
        .padStart(10)} ${ratio.toFixed(1).padStart(7)}  ${goal}`,
    )
  }
  for (const form of ['objects', 'text']) {
    const [few, many] = [100, 10_000].map((count) => rows.find((row) => row.policies === count && row.form === form))
    if (few === undefined || many === undefined) continue
    const growth = few.mine / many.mine
    // A hundred times the policies: a logarithm doubles.
    console.log(
      `cost of 10000 policies to 100, ${form}: ${growth.toFixed(2)} (goal ≤ 2 ${growth <= 2 ? 'ok' : 'above'})`,
    )
  }
}
