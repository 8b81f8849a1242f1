import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCases, readSupplied, readVectors } from './cases.ts'
import { REASONS } from './reasons.ts'
import { explainedOtherwise, play } from './play.ts'
import { checkVector } from './vectors.ts'

const DIRECTORY = join(import.meta.dirname, '../../../shared/xacml')
const REQUIRED = process.env['CI'] !== undefined || process.env['VIADUCT_CI'] !== undefined

if (!existsSync(DIRECTORY) && !REQUIRED) {
  test.skip('the XACML corpus is not here (../shared/xacml)', () => {})
} else {
  const supplied = readSupplied(DIRECTORY)
  const cases = readCases(DIRECTORY)

  describe('the XACML corpus', () => {
    test('is all there', () => {
      expect(cases.length).toBeGreaterThan(800)
      expect(readVectors(DIRECTORY).length).toBeGreaterThan(300)
    })

    for (const suite of new Set(cases.map((one) => one.suite)))
      test(`${suite} decides as expected, but for tests with a known reason`, async () => {
        const failures: string[] = []
        for (const one of cases.filter((each) => each.suite === suite)) {
          const { failure } = await play(one, DIRECTORY, supplied)
          const known = one.level !== 'mandatory' && REASONS.has(one.id)
          if ((failure === undefined) === known)
            failures.push(`${one.id}: ${failure ?? 'passes, and has a reason not to'}`)
        }
        expect(failures).toEqual([])
      })

    test('every function vector holds', async () => {
      const failures: string[] = []
      for (const vector of readVectors(DIRECTORY)) {
        const failure = await checkVector(vector)
        if (failure !== undefined) failures.push(`${vector.function}: ${failure}`)
      }
      expect(failures).toEqual([])
    })

    test('an explanation comes to the same result as the decision, which an index has made', async () => {
      const differing: string[] = []
      for (const one of cases)
        if (await explainedOtherwise(one, DIRECTORY, supplied)) differing.push(`${one.suite} ${one.id}`)
      expect(differing).toEqual([])
    })
  })
}
