import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../conformance/bus-process.ts'

/** What a tool of the kit printed and how it ended. */
export interface ToolRun {
  readonly code: number | null
  readonly output: string
}

/** A private copy of the kit (its own directory is read-only), with its corpus generated. */
export class Kit implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'viaduct-attack-'))

  constructor(source: string) {
    cpSync(source, join(this.directory, 'kit'), { recursive: true })
  }

  path(...names: string[]): string {
    return join(this.directory, 'kit', ...names)
  }

  /** Writes the malicious files; about 190 MB, outside the project. */
  async generate(): Promise<void> {
    for (const script of ['gen.mjs', 'gen-suite.mjs']) {
      const { code, output } = await this.run([script], 180)
      if (code !== 0) throw new Error(`${script} failed: ${output.slice(-2_000)}`)
    }
  }

  /** Runs a script of the kit to its end, or kills it after `seconds`. */
  async run(command: readonly string[], seconds: number): Promise<ToolRun> {
    const child = this.#spawn(command)
    let output = ''
    const read = (chunk: Buffer) => (output += chunk.toString())
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1_000)
    await once(child, 'close')
    clearTimeout(timer)
    return {
      code: child.exitCode,
      output: child.exitCode === null ? `${output}\nnot finished after ${seconds} s` : output,
    }
  }

  /** Starts a script that serves until it is disposed, and waits until it has printed a line. */
  async serve(command: readonly string[]): Promise<AsyncDisposable & { readonly output: () => string }> {
    const child = this.#spawn(command)
    let output = ''
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        resolve()
      })
      child.on('close', (code) => reject(new Error(`${command.join(' ')} ended with ${code}: ${output}`)))
    })
    await ready
    return { output: () => output, [Symbol.asyncDispose]: () => stop(child) }
  }

  /** The kit's fault back end on a free port. */
  async faultBackend(): Promise<AsyncDisposable & { readonly port: number; readonly url: string }> {
    const port = await freePort()
    const served = await this.serve(['faults/backend.mjs', '--port', String(port), '--mode', 'ok'])
    return { port, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() }
  }

  #spawn([script = '', ...rest]: readonly string[]): ChildProcess {
    return spawn(process.execPath, [this.path(script), ...rest], {
      cwd: this.path(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}
