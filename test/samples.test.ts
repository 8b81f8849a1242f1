import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { homeOf, samples } from '../cli/sample.ts'
import { createKeys } from '../cli/sample-keys.ts'
import { SERVICE_NAMES } from '../samples/backends/index.ts'
import { BUS_FROM_SOURCE } from './conformance/bus-process.ts'
import { Stage } from './samples/stage.ts'

const ROOT = join(import.meta.dirname, '..')

vi.setConfig({ maxConcurrency: 2, testTimeout: 30_000 })

describe('the samples', () => {
  test('are in order for viaduct check', () => {
    for (const { folder, keys = [] } of samples()) createKeys(folder, keys)
    const homes = samples().map(({ folder }) => relative(ROOT, homeOf(folder)))
    const [node = '', ...args] = BUS_FROM_SOURCE
    const { stdout, status } = spawnSync(node, [...args, 'check', ...homes, '--strict'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect(stdout).toMatch(/^\d+ files, no problems\n$/)
    expect(status).toBe(0)
  })

  test.each(samples())('$name names what it is and what it needs, and has a page', ({ folder, title, backends }) => {
    expect(title).toMatch(/^[A-Z].{10,110}[^.]$/)
    for (const { services } of backends) for (const service of services) expect(SERVICE_NAMES).toContain(service)
    expect(existsSync(join(folder, 'exchange.http'))).toBe(true)
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/^# .+\n\n[\s\S]{100,}/)
  })
})

describe.concurrent('the recorded exchange', () => {
  test.each(samples())('of $name happens again: $title', async (sample) => {
    await using stage = await Stage.open(sample)
    await stage.play()
  })
})
