import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KIT } from './kit.ts'

const JARS = ['wss4j', 'xmlsec', 'commons-logging', 'slf4j-api', 'slf4j-nop', 'commons-codec'].map(
  (name) => `/usr/share/java/${name}.jar`,
)

/** What is missing of the Java peer; undefined when it can run. */
export function missingWss4j(): string | undefined {
  if (!existsSync(KIT)) return `the WS-Security kit is not at ${KIT}`
  if (!JARS.every((jar) => existsSync(jar))) return 'libwss4j-java is not installed'
  return spawnSync('javac', ['-version']).error === undefined ? undefined : 'there is no Java compiler'
}

/** What the peer says of one message. */
export interface PeerVerdict {
  readonly file: string
  readonly ok: boolean
  readonly error?: string
}

/** WSS4J behind the kit's command line, compiled into a folder of its own. */
export class Wss4j implements Disposable {
  /** For messages that go to and from the peer. */
  readonly folder = mkdtempSync(join(tmpdir(), 'viaduct-wss4j-'))
  readonly #classPath: string

  constructor() {
    this.#classPath = [this.folder, ...JARS].join(':')
    const folder = join(KIT, 'java/src/interop')
    // The file that needs Axiom is not needed here.
    const sources = readdirSync(folder).flatMap((name) => (name === 'Mtom.java' ? [] : [join(folder, name)]))
    this.#java('javac', ['-nowarn', '-Xlint:none', '-d', this.folder, '-cp', this.#classPath, ...sources])
  }

  /** Runs commands of the kit in one process and returns what each verification says. */
  batch(commands: readonly string[]): PeerVerdict[] {
    const file = join(this.folder, 'batch')
    writeFileSync(file, commands.join('\n'))
    const output = this.#run(['batch', file])
    return output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as PeerVerdict)
  }

  /** Milliseconds that each operation of the kit's benchmark takes, by its name, for one message. */
  bench(file: string): ReadonlyMap<string, number> {
    const output = this.#run(['bench', file])
    const lines = output.matchAll(/^WSS4J \S+ +(\S.*?) {2,}\S+ +([\d.]+) ms/gm)
    return new Map(Array.from(lines, ([, name = '', ms]) => [name, Number(ms)]))
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #run(args: readonly string[]): string {
    const noLog = '-Dorg.apache.commons.logging.Log=org.apache.commons.logging.impl.NoOpLog'
    return this.#java('java', [
      `-Dinterop.keys=${join(KIT, 'keys')}`,
      noLog,
      '-cp',
      this.#classPath,
      'interop.Wss',
      ...args,
    ])
  }

  #java(command: string, args: readonly string[]): string {
    const { stdout, stderr, error, status } = spawnSync(command, args, {
      encoding: 'utf8',
      timeout: 300_000,
      maxBuffer: 1 << 28,
    })
    if (error !== undefined) throw error
    if (command === 'javac' && status !== 0) throw new Error(stderr)
    if (stderr.includes('FAILED:')) throw new Error(stderr)
    return stdout
  }
}
