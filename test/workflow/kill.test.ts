import { expect, test } from 'vitest'
import { killLoop } from './kill-loop.ts'

// The long run is `node --conditions=source test/workflow/kill.ts 200`.
const TIMES = process.env['CI'] === 'true' ? 20 : 6

test(
  `killed ${TIMES} times after a decision was sent, the bus loses no decision and no letter`,
  { timeout: 300_000 },
  async () => {
    const report = await killLoop(TIMES)
    expect(report).toMatchObject({ kills: TIMES, lost: 0, broken: [], foreignDuplicates: 0 })
    expect(report.duplicates).toBeLessThanOrEqual(TIMES)
  },
)
