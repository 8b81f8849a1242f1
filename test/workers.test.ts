import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { BUS_FROM_SOURCE } from './conformance/bus-process.ts'

const home = mkdtempSync(join(tmpdir(), 'viaduct-workers-'))
mkdirSync(join(home, 'proxies'))
const proxy = (attribute = ''): string =>
  `<proxy xmlns="http://ws.apache.org/ns/synapse" name="P" ${attribute}><target><inSequence><respond/></inSequence></target></proxy>`
writeFileSync(join(home, 'proxies/P.xml'), proxy('surplus="x"'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** A bus of two processes, and all it has said so far. */
class Pair implements AsyncDisposable {
  readonly #child: ChildProcess
  text = ''

  constructor(path: string) {
    const [command = '', ...first] = BUS_FROM_SOURCE
    const options = ['--port', '0', '--admin-port', '0', '--workers', '2', '--no-watch']
    this.#child = spawn(command, [...first, 'run', path, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.text += chunk.toString()))
  }

  async until(pattern: RegExp): Promise<string[]> {
    for (let i = 0; i < 400; i++) {
      const found = this.text.match(pattern)
      if (found !== null) return [...found]
      await wait(50)
    }
    throw new Error(`${String(pattern)} did not come: ${this.text}`)
  }

  get workers(): number[] {
    const listed = readFileSync(`/proc/${this.#child.pid}/task/${this.#child.pid}/children`, 'utf8')
    return listed
      .split(' ')
      .map(Number)
      .filter((pid) => pid > 0)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended()
  }
}

test.skipIf(process.platform !== 'linux')(
  'several processes speak with one voice, add up what they count, and replace each other',
  async () => {
    await using pair = new Pair(home)
    await pair.until(/ready in \d+ ms/)
    const urls = [...pair.text.matchAll(/^listening (\S+)$/gm)].map(([, url]) => url)
    expect(urls).toHaveLength(2)
    expect(pair.text.match(/attribute-unknown/g)).toHaveLength(1)
    const [bus = '', admin = ''] = urls
    for (let i = 0; i < 6; i++) {
      const answer = await fetch(`${bus}/services/P`, {
        method: 'POST',
        body: '<a/>',
        headers: { Connection: 'close' },
      })
      expect(answer.status).toBe(200)
    }
    expect(await (await fetch(`${admin}/metrics`)).text()).toContain('viaduct_answers_total{status="200"} 6\n')

    process.kill(pair.workers[0] ?? 0, 'SIGKILL')
    await pair.until(/worker \d+ \(process \d+\) ended with SIGKILL; another starts in 100 ms/)
    process.kill(pair.workers[0] ?? 0, 'SIGKILL')
    await pair.until(/another starts in 200 ms/)
    for (let i = 0; i < 100 && (await fetch(`${admin}/health/ready`)).status !== 200; i++) await wait(50)
    expect((await fetch(`${bus}/services/P`, { method: 'POST', body: '<a/>' })).status).toBe(200)
    expect(pair.text.match(/^listening/gm)).toHaveLength(2)

    pair.signal('SIGTERM')
    expect(await pair.ended()).toBe(0)
  },
)

test('a wrong home ends all with status 1, and is told once', async () => {
  const wrong = join(home, 'wrong.xml')
  writeFileSync(wrong, '<definitions xmlns="http://ws.apache.org/ns/synapse"><nonsense/></definitions>')
  await using pair = new Pair(wrong)
  expect(await pair.ended()).toBe(1)
  expect(pair.text.match(/element-unknown/g)).toHaveLength(1)
})
