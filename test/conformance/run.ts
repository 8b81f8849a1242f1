import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BUS_FROM_DIST, BUS_FROM_SOURCE } from './bus-process.ts'
import { readCases, type Case } from './cases.ts'
import { play, type CaseResult } from './play.ts'
import { printCase, printSummary } from './report.ts'

const USAGE = `usage: npm run conformance -- [DIR] [--json] [--only 001,002] [--parallel 2] [--dist]

Plays every case of DIR (default ../shared/corpus/cases) against a bus process of its own.
  --json      prints all checks of all cases as one JSON document
  --only      only the cases with these ids
  --parallel  cases at the same time (default 2)
  --dist      runs dist/ (npm run build) instead of the sources`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    parallel: { type: 'string', default: '2' },
    dist: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const directory = resolve(positionals[0] ?? join(import.meta.dirname, '../../../shared/corpus/cases'))
if (values.help || !existsSync(directory)) {
  console.error(values.help ? USAGE : `${directory} does not exist\n${USAGE}`)
  process.exit(2)
}

const cases = readCases(directory, values.only?.split(','))
const results = await playAll(cases)
if (values.json) console.log(JSON.stringify({ directory, cases: results }, undefined, 2))
console.log(printSummary(results))
process.exitCode = results.length > 0 && results.every(({ ok }) => ok) ? 0 : 1

/** Plays up to `--parallel` cases at a time and prints their lines in order. */
async function playAll(all: readonly Case[]): Promise<CaseResult[]> {
  const taken = new Set<number>()
  const command = values.dist ? BUS_FROM_DIST : BUS_FROM_SOURCE
  const done: (CaseResult | undefined)[] = []
  let next = 0
  let printed = 0
  const worker = async () => {
    for (let index = next++; index < all.length; index = next++) {
      const value = all[index]
      if (value === undefined) continue
      done[index] = await play(value, directory, { command, taken })
      for (let result = done[printed]; result !== undefined; result = done[++printed])
        if (!values.json) console.log(printCase(result))
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Number(values.parallel) || 1) }, worker))
  return done.filter((result) => result !== undefined)
}
