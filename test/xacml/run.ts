import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readCases, readSupplied, readVectors } from './cases.ts'
import { play } from './play.ts'
import { REASONS } from './reasons.ts'
import { checkVector } from './vectors.ts'

const USAGE = `usage: npm run xacml -- [DIR] [--only IIA001,IIB002] [--quiet]

Plays every test of DIR (default ../shared/xacml): a line for each, then \`N passed, N failed\`.
  --only   only the tests with these ids
  --quiet  only the lines of tests that do not pass`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const directory = resolve(positionals[0] ?? join(import.meta.dirname, '../../../shared/xacml'))
if (values.help || !existsSync(directory)) {
  console.error(values.help ? USAGE : `${directory} does not exist\n${USAGE}`)
  process.exit(2)
}

const only = values.only?.split(',')
let passed = 0
let failed = 0
const optional: string[] = []

function tell(name: string, failure: string | undefined, isOptional: boolean): void {
  if (failure === undefined) passed++
  else if (isOptional) optional.push(`${name}: ${failure}`)
  else failed++
  const word = failure === undefined ? 'pass' : isOptional ? 'open' : 'FAIL'
  if (failure !== undefined || !values.quiet)
    console.log(`${word} ${name}${failure === undefined ? '' : `: ${failure}`}`)
}

const supplied = readSupplied(directory)
for (const one of readCases(directory)) {
  if (only !== undefined && !only.includes(one.id)) continue
  const { failure } = await play(one, directory, supplied)
  const reason = failure === undefined ? undefined : (REASONS.get(one.id) ?? failure)
  tell(`${one.suite} ${one.id} (${one.level})`, one.level === 'mandatory' ? failure : reason, one.level !== 'mandatory')
}
for (const [i, vector] of readVectors(directory).entries()) {
  if (only !== undefined) break
  tell(`vector ${i + 1} ${vector.function}`, await checkVector(vector), false)
}
if (optional.length > 0) console.log(`optional and not passed:\n${optional.map((line) => `  ${line}`).join('\n')}`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
