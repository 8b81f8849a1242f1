import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestContext } from 'vitest'

const PEERS = join(import.meta.dirname, 'peers')

/** A Python that has the module: the first one in the path, or the one of the system. */
function pythonWith(module: string): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0,
  )
}

/** Where CI runs, a peer that is missing is a failure; elsewhere the test says what to install and is skipped. */
export function needs({ skip, task }: TestContext, module: string, install: string): string {
  const python = pythonWith(module)
  if (python !== undefined) return python
  if (process.env['CI'] === 'true') throw new Error(`there is no Python with ${module}: ${install}`)
  console.warn(`skipped: ${task.name}; it needs ${install}`)
  return skip()
}

/** Code for Python from entitlement.thrift, into a folder. */
export function generate(folder: string): void {
  execFileSync('thrift', ['--gen', 'py', '-out', folder, join(import.meta.dirname, 'entitlement.thrift')])
}

/** Runs a peer to its end and gives what it printed, as JSON. */
export function run(python: string, peer: string, args: readonly string[], input: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [join(PEERS, peer), ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    let [out, error] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()))
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out))
      else reject(new Error(error.slice(-2000)))
    })
    child.stdin.end(JSON.stringify(input))
  })
}

/** A peer that stays until it is stopped. */
export class PythonServer implements AsyncDisposable {
  readonly #child: ReturnType<typeof spawn>
  text = ''

  constructor(python: string, peer: string, args: readonly string[]) {
    this.#child = spawn(python, [join(PEERS, peer), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.text += chunk.toString()))
  }

  /** The groups of a pattern, once it was printed. */
  async printed(pattern: RegExp): Promise<readonly string[]> {
    for (let i = 0; i < 200; i++) {
      const found = pattern.exec(this.text)
      if (found !== null) return [...found]
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${String(pattern)} was not printed: ${this.text.slice(-2000)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return
    const closed = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.kill('SIGKILL')
    await closed
  }
}
