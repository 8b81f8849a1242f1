import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const LOG_KEPT = 64 * 1024

/** The command that runs the bus from its sources, without a build. */
export const BUS_FROM_SOURCE = [process.execPath, '--conditions=source', join(ROOT, 'cli/bin.ts')]

/** The command that runs what `npm run build` made. */
export const BUS_FROM_DIST = [process.execPath, join(ROOT, 'dist/cli/bin.js')]

export interface BusOptions {
  /** The command up to, not including, `run`. */
  readonly command?: readonly string[]
  readonly port: number
  readonly httpsPort?: number
  readonly adminPort?: number
  /** Milliseconds until `ready` must have been printed. */
  readonly patience?: number
  readonly watch?: boolean
  readonly arguments?: readonly string[]
  /** Whether it refuses requests when its event loop is late. Off by default: on a busy machine that says nothing about the bus. */
  readonly sheds?: boolean
}

/** A bus that is ready. `log` holds the end of what it printed. */
export interface BusProcess extends AsyncDisposable {
  readonly pid: number
  /** Milliseconds from spawn to `ready`. */
  readonly startup: number
  readonly listening: readonly string[]
  readonly log: () => string
  readonly exited: () => boolean
  /** Megabytes of memory in use (Linux). */
  readonly resident: () => number
  stop(): Promise<number | null>
}

/** The bus ended, or was not ready in time; `log` says why. */
export class BusFailed extends Error {
  readonly log: string

  constructor(message: string, log: string) {
    super([message, ...diagnosticsIn(log)].join('; '))
    this.log = log
  }
}

const SHOWN = 3

/** What the log gives as reason: the first diagnostics, or else its last lines. */
function diagnosticsIn(log: string): string[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '')
  const errors = lines
    .filter((line) => /:\d+:\d+ error /.test(line))
    .map((line) => line.replace(/^.*\/(?=[^/]*:\d+:\d+ error )/, ''))
  if (errors.length === 0) return lines.slice(-SHOWN)
  return errors.length <= SHOWN ? errors : [...errors.slice(0, SHOWN), `and ${errors.length - SHOWN} more`]
}

/** Starts `viaduct run <home>` and waits until it says that it is ready. */
export async function startBus(home: string, options: BusOptions): Promise<BusProcess> {
  const { command = BUS_FROM_SOURCE, port, httpsPort = -1, adminPort = -1, patience = 20_000, watch = false } = options
  const ports = ['--port', String(port), '--https-port', String(httpsPort), '--admin-port', String(adminPort)]
  const rest = [...(watch ? [] : ['--no-watch']), '--log', 'json', ...(options.arguments ?? [])]
  const [executable = process.execPath, ...first] = command
  const started = performance.now()
  const child = spawn(executable, [...first, 'run', home, ...ports, ...rest], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(options.sheds !== true && { VIADUCT_LIMITS_LOOP_DELAY: '20000' }) },
  })
  let log = ''
  const listening: string[] = []
  const ready = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new BusFailed(`not ready after ${patience} ms`, log)), patience)
    let line = ''
    const read = (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-LOG_KEPT)
      const lines = (line + chunk.toString()).split('\n')
      line = lines.pop() ?? ''
      for (const each of lines) {
        const url = /^listening (\S+)/.exec(each)?.[1]
        if (url !== undefined) listening.push(url)
        if (each.startsWith('ready in ')) resolve(performance.now() - started)
      }
    }
    child.stdout.on('data', read)
    child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-LOG_KEPT)))
    child.on('error', (error) => reject(new BusFailed(error.message, log)))
    child.on('close', (code) => reject(new BusFailed(`ended with ${code} before it was ready`, log)))
    void once(child, 'close').then(() => clearTimeout(timer))
  })
  const stop = () => stopChild(child)
  try {
    const startup = await ready
    return {
      pid: child.pid ?? 0,
      startup,
      listening,
      log: () => log,
      exited: () => child.exitCode !== null || child.signalCode !== null,
      resident: () => residentMegabytes(child.pid ?? 0),
      stop,
      [Symbol.asyncDispose]: async () => void (await stop()),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}

async function stopChild(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return child.exitCode
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000)
  await closed
  clearTimeout(timer)
  return child.exitCode
}

/** A port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Whether nobody listens on the port of the loopback interface. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
