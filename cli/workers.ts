import cluster, { type Worker } from 'node:cluster'
import { type Listener, sleep } from 'viaduct'
import type { ServerSettings } from '../runtime/home/server-settings.ts'
import { createAdmin } from './admin.ts'
import { type ConsoleCall, type ConsoleReply, line } from './console/http.ts'
import { GOOD, type Io, WRONG } from './io.ts'
import type { Snapshot } from './snapshot.ts'

/** What a worker tells the process that started it. */
export type FromWorker =
  | { readonly kind: 'line'; readonly to: 'out' | 'error'; readonly text: string }
  | { readonly kind: 'ready'; readonly listening: readonly string[] }
  | { readonly kind: 'snapshot'; readonly id: number; readonly snapshot: Snapshot }
  | { readonly kind: 'console'; readonly id: number; readonly reply: ConsoleReply }

/** What a worker is asked. */
export type ToWorker =
  | { readonly kind: 'snapshot'; readonly id: number }
  | { readonly kind: 'console'; readonly id: number; readonly call: ConsoleCall }

export interface WorkersOptions {
  readonly settings: ServerSettings
  readonly io: Io
  /** Prints what a user is told when all listen. */
  readonly announce: (listening: readonly string[], admin: Listener | undefined) => void
  /** What went wrong when a port could not be opened, in a line. */
  readonly explain: (failure: unknown) => string
}

/** A worker that lived so long did not die of how it starts. */
const SETTLED = 60_000
const LONGEST_PAUSE = 30_000

/** So long a worker may take to tell about itself; one that is stuck must not hide the others. */
const PATIENCE = 1_000
/** A page waits for the database, and a login for a hash. */
const CONSOLE_PATIENCE = 30_000

/**
 * Starts processes that share the ports and speaks for them: one `listening` line a listener, one admin port. A process that dies is
 * replaced, later each time when it keeps dying. The first signal drains all, the second ends at once.
 */
export function runWorkers(options: WorkersOptions): Promise<number> {
  return new Workers(options).run()
}

class Workers {
  readonly #options: WorkersOptions
  readonly #listening = new Map<Worker, readonly string[]>()
  readonly #started = new Map<Worker, number>()
  readonly #said = new Set<string>()
  readonly #questions = new Map<number, (answer: Snapshot | ConsoleReply) => void>()
  readonly #stopping = new AbortController()
  readonly #ended = Promise.withResolvers<number>()
  #admin: Listener | undefined
  #announced = false
  #status: number = GOOD
  #deaths = 0
  #number = 0

  constructor(options: WorkersOptions) {
    this.#options = options
  }

  run(): Promise<number> {
    cluster.on('message', (worker, message: FromWorker) => this.#told(worker, message))
    cluster.on('exit', (worker, code, signal) => void this.#gone(worker, signal ?? `status ${code}`, code))
    process.on('SIGTERM', () => this.#signalled())
    process.on('SIGINT', () => this.#signalled())
    for (let i = 0; i < this.#options.settings.workers; i++) this.#fork()
    return this.#ended.promise
  }

  #fork(): void {
    // All take the password that was printed.
    const { password } = this.#options.settings.admin
    this.#started.set(cluster.fork({ VIADUCT_ADMIN_PASSWORD: password }), performance.now())
  }

  #told(worker: Worker, message: FromWorker): void {
    switch (message.kind) {
      case 'line':
        // Every worker says the same about the same home.
        if (!this.#said.has(message.text)) this.#options.io[message.to](message.text)
        this.#said.add(message.text)
        return
      case 'ready':
        this.#listening.set(worker, message.listening)
        if (this.#listening.size === this.#options.settings.workers && !this.#announced) void this.#announce()
        return
      case 'snapshot':
        this.#questions.get(message.id)?.(message.snapshot)
        return
      case 'console':
        this.#questions.get(message.id)?.(message.reply)
    }
  }

  async #announce(): Promise<void> {
    this.#announced = true
    const { settings, io, announce, explain } = this.#options
    const { adminHost, adminPort } = settings.listen
    try {
      if (adminPort >= 0)
        this.#admin = await createAdmin(
          () => this.#snapshots(),
          adminHost,
          adminPort,
          (call) => this.#console(call),
        )
    } catch (failure) {
      io.error(explain(failure))
      this.#stop(WRONG)
      return
    }
    const [listening = []] = this.#listening.values()
    // Whoever comes later has to take the ports that were found free, even when nobody is left who has them.
    cluster.setupPrimary({ args: [...process.argv.slice(2), ...listening.flatMap(portOption)] })
    announce(listening, this.#admin)
  }

  async #snapshots(): Promise<readonly Snapshot[]> {
    const asked = [...this.#listening.keys()].map((worker) => this.#snapshot(worker))
    return (await Promise.all(asked)).filter((snapshot) => snapshot !== undefined)
  }

  async #snapshot(worker: Worker): Promise<Snapshot | undefined> {
    const answer = await this.#ask(worker, PATIENCE, (id) => ({ kind: 'snapshot', id }))
    return answer as Snapshot | undefined
  }

  /** The console is that of the worker that listens longest: sessions are in one process. */
  async #console(call: ConsoleCall): Promise<ConsoleReply> {
    const [first] = this.#listening.keys()
    const reply = first && (await this.#ask(first, CONSOLE_PATIENCE, (id) => ({ kind: 'console', id, call })))
    return (reply as ConsoleReply | undefined) ?? line(503, 'No worker answers.')
  }

  /** Undefined when the worker does not answer in time. */
  async #ask(
    worker: Worker,
    patience: number,
    question: (id: number) => ToWorker,
  ): Promise<Snapshot | ConsoleReply | undefined> {
    const id = ++this.#number
    const answer = Promise.withResolvers<Snapshot | ConsoleReply>()
    this.#questions.set(id, answer.resolve)
    worker.send(question(id), () => {})
    const waiting = new AbortController()
    const late = sleep(patience, waiting.signal).catch(() => {})
    const answered = await Promise.race([answer.promise, late])
    waiting.abort(new Error('answered'))
    this.#questions.delete(id)
    return answered ?? undefined
  }

  async #gone(worker: Worker, how: string, code: number | null): Promise<void> {
    const lived = performance.now() - (this.#started.get(worker) ?? 0)
    this.#started.delete(worker)
    this.#listening.delete(worker)
    if (!this.#announced && code === WRONG) this.#stop(WRONG)
    if (!this.#stopping.signal.aborted) await this.#replace(worker, how, lived)
    if (this.#stopping.signal.aborted && this.#started.size === 0) {
      await this.#admin?.[Symbol.asyncDispose]()
      this.#ended.resolve(this.#status)
    }
  }

  async #replace(worker: Worker, how: string, lived: number): Promise<void> {
    this.#deaths = lived > SETTLED ? 1 : this.#deaths + 1
    const pause = Math.min(LONGEST_PAUSE, 50 * 2 ** this.#deaths)
    this.#options.io.error(
      `worker ${worker.id} (process ${worker.process.pid}) ended with ${how}; another starts in ${pause} ms`,
    )
    const stopped = await sleep(pause, this.#stopping.signal).then(
      () => false,
      () => true,
    )
    if (!stopped) this.#fork()
  }

  #signalled(): void {
    if (!this.#stopping.signal.aborted) {
      this.#stop(GOOD)
      return
    }
    for (const worker of this.#started.keys()) worker.process.kill('SIGKILL')
    process.exit(130)
  }

  #stop(status: number): void {
    if (this.#stopping.signal.aborted) return
    this.#status = status
    this.#stopping.abort(new Error('stopping'))
    for (const worker of this.#started.keys()) worker.process.kill('SIGTERM')
  }
}

function portOption(url: string): string[] {
  const { protocol, port } = new URL(url)
  const secure = protocol === 'https:'
  return [secure ? '--https-port' : '--port', port === '' ? (secure ? '443' : '80') : port]
}
