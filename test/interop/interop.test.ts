import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judge } from './judge.ts'
import { KIT, readSamples } from './kit.ts'
import { KitReceiver } from './receiver.ts'

const present = existsSync(KIT)
const onBuildServer = process.env['CI'] === 'true'
if (!present && !onBuildServer) console.warn(`skipped: the WS-Security kit is not at ${KIT}`)

test.skipIf(present || !onBuildServer)('the WS-Security kit is there on the build server', () => {
  expect(present).toBe(true)
})

const samples = present ? readSamples(KIT) : []
const receiver = present ? new KitReceiver(join(KIT, 'keys')) : undefined

test.skipIf(!present)('the kit has messages to accept and messages to refuse', () => {
  expect(samples.filter(({ expect: verdict }) => verdict === 'accept').length).toBeGreaterThan(40)
  expect(samples.filter(({ expect: verdict }) => verdict === 'reject').length).toBeGreaterThan(100)
})

test.skipIf(!present).each(samples.map((sample) => [sample.file, sample.expect, sample.reason, sample] as const))(
  '%s: %s: %s',
  async (_file, _expected, _reason, sample) => {
    const verdict = await receiver?.receive(sample)
    expect(verdict).toBeDefined()
    if (verdict !== undefined) expect(judge(sample, verdict)).toBeUndefined()
  },
)
