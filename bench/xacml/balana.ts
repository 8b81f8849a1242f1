import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'

/** Where Maven puts the jars: kept, so that only the first run needs the network. */
const JARS = join(homedir(), '.cache', 'viaduct-bench', 'balana-1.2.24')

/** Fetches the jars of Balana with Maven; says why that cannot be done, or nothing. */
export function fetchBalana(): string | undefined {
  if (spawnSync('java', ['-version']).error !== undefined)
    return 'java is not installed (apt-get install default-jdk-headless)'
  if (existsSync(JARS) && readdirSync(JARS).length >= 5) return undefined
  mkdirSync(JARS, { recursive: true })
  const pom = join(import.meta.dirname, 'pom.xml')
  const { status, error } = spawnSync(
    'mvn',
    ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${JARS}`],
    { encoding: 'utf8', timeout: 300_000 },
  )
  if (error !== undefined) return 'mvn is not installed (apt-get install maven)'
  return status === 0 ? undefined : 'Maven could not fetch Balana'
}

/** Balana in a JVM of its own, which stays warm between measurements. */
export class Balana implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: Interface
  readonly #waiting: ((line: string) => void)[] = []

  private constructor(policies: string, requests: string) {
    const source = join(import.meta.dirname, 'BalanaBench.java')
    this.#process = spawn('java', ['-Xmx2g', '-cp', join(JARS, '*'), source, policies, requests])
    this.#process.stderr.resume()
    this.#lines = createInterface({ input: this.#process.stdout })
    this.#lines.on('line', (line) => this.#waiting.shift()?.(line))
  }

  /** Resolves when the policies are loaded. */
  static async start(policies: string, requests: string): Promise<Balana> {
    const balana = new Balana(policies, requests)
    const ready = await Promise.race([balana.#line(), once(balana.#process, 'exit').then(() => 'ended')])
    if (ready !== 'ready') throw new Error('Balana did not start')
    return balana
  }

  /** Decisions per second, and the part of them that permits. */
  async measure(
    form: 'objects' | 'text',
    milliseconds: number,
  ): Promise<readonly [perSecond: number, permits: number]> {
    const line = this.#line()
    this.#process.stdin.write(`${form} ${milliseconds}\n`)
    const [perSecond = 0, permits = 0] = (await line).split(' ').map(Number)
    return [perSecond, permits]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.stdin.end()
    await ended
  }

  #line(): Promise<string> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
