import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCases } from './cases.ts'
import { play } from './play.ts'
import { printCase } from './report.ts'

const DIRECTORY = join(import.meta.dirname, '../../../shared/corpus/cases')
const EXPECTED = readFileSync(join(import.meta.dirname, 'expected.txt'), 'utf8')
  .split('\n')
  .map((line) => line.replace(/#.*/, '').trim())
  .filter((line) => line !== '')

const present = existsSync(DIRECTORY)
if (!present && process.env['CI'] !== 'true') console.warn(`skipped: the conformance cases are not at ${DIRECTORY}`)

test.skipIf(present || process.env['CI'] !== 'true')('the conformance cases are there on the build server', () => {
  expect(present).toBe(true)
})

const cases = present ? readCases(DIRECTORY, EXPECTED) : []

test.skipIf(!present)('every expected case exists', () => {
  expect(cases.map(({ id }) => id)).toEqual([...EXPECTED].sort())
})

const taken = new Set<number>()

test
  .skipIf(!present || cases.length === 0)
  .concurrent.each(cases.map((value) => [value.id, value.title, value] as const))(
  'case %s: %s',
  { timeout: 60_000 },
  async (id, title, value) => {
    expect(printCase(await play(value, DIRECTORY, { taken }))).toBe(`ok   ${id} ${title}`)
  },
)
