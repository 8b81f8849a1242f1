import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A bus in a process of its own, as `viaduct run` starts it. */
export interface RunningBus extends AsyncDisposable {
  readonly process: ChildProcess
  /** Of the HTTP listener. */
  readonly url: string
  /** Of the console. */
  readonly console: string
  readonly password: string
  /** What it has written so far. */
  output(): string
  /** Ends it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>
}

const READY = 30_000

/** Resolves when the bus is ready; rejects with its output when it is not in time. */
export async function startBus(home: string, environment: Readonly<Record<string, string>> = {}): Promise<RunningBus> {
  const options = ['run', home, '--port', '0', '--https-port', '-1', '--admin-port', '0', '--log', 'json']
  const child = spawn(process.execPath, ['--conditions=source', 'cli/bin.ts', ...options], {
    // A busy machine is no reason to refuse what a test asks for.
    env: { PATH: process.env['PATH'], VIADUCT_LIMITS_LOOP_DELAY: '60000', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ready = Promise.withResolvers<void>()
  const read = (chunk: Buffer): void => {
    output += chunk.toString()
    if (/^ready in/m.test(output)) ready.resolve()
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const exited = once(child, 'exit')
  void exited.then(() => ready.reject(new Error(`the bus ended:\n${output}`)))
  const timer = setTimeout(() => ready.reject(new Error(`the bus is not ready:\n${output}`)), READY)
  try {
    await ready.promise
  } catch (failure) {
    child.kill('SIGKILL')
    throw failure
  } finally {
    clearTimeout(timer)
  }
  const [url = ''] = output.match(/(?<=^listening )\S+/gm) ?? []
  const [, console = '', password = ''] = /^console: (\S+?)\/ as \S+ with the password (\S+?),? /m.exec(output) ?? []
  return {
    process: child,
    url,
    console,
    password,
    output: () => output,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exited
    },
  }
}
