import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { BUS_FROM_SOURCE } from './conformance/bus-process.ts'

const home = mkdtempSync(join(tmpdir(), 'viaduct-stop-'))
mkdirSync(join(home, 'proxies'))
writeFileSync(
  join(home, 'proxies/P.xml'),
  '<proxy xmlns="http://ws.apache.org/ns/synapse" name="P"><target><inSequence><respond/></inSequence></target></proxy>',
)
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Starts a bus that watches its home, and sends SIGTERM so long after it is ready; gives the exit status. */
async function stopAfter(milliseconds: number): Promise<number | null> {
  const [command = '', ...first] = BUS_FROM_SOURCE
  const child = spawn(command, [...first, 'run', home, '--port', '0', '--admin-port', '-1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const cut = setTimeout(() => child.kill('SIGKILL'), 15_000)
  for await (const chunk of child.stdout) if (String(chunk).includes('ready in')) break
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  child.kill('SIGTERM')
  const [status] = await ended
  clearTimeout(cut)
  return status
}

// The home begins to be watched just after `ready`: a signal in that moment must not leave a process behind.
test.each([0, 10, 40, 80, 150, 400])('SIGTERM %i ms after ready ends the bus with status 0', async (milliseconds) => {
  expect(await stopAfter(milliseconds)).toBe(0)
})
