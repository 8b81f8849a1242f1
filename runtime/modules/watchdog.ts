import { Worker } from 'node:worker_threads'
import type { Logger } from '../log.ts'

const BEAT = 200
const BLOCKED_AFTER = 500

/**
 * Notices when the event loop stands still and names the module that was running. While the loop is blocked nothing on it
 * can write, so a thread of its own says so on standard error; afterwards the log says how long it took.
 */
export class Watchdog implements Disposable {
  readonly #shared = new Int32Array(new SharedArrayBuffer(8))
  readonly #names: string[] = ['']
  readonly #worker: Worker
  readonly #timer: NodeJS.Timeout
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
    this.#worker = new Worker(WATCH, {
      eval: true,
      workerData: { shared: this.#shared, beat: BEAT, blockedAfter: BLOCKED_AFTER },
    })
    this.#worker.unref()
    this.#worker.on('error', () => {})
    this.#timer = setInterval(() => this.#beat(), BEAT).unref()
  }

  /** A number under which the watchdog knows a module; ask once per deployment. */
  register(name: string): number {
    const known = this.#names.indexOf(name)
    if (known > 0) return known
    this.#names.push(name)
    const id = this.#names.length - 1
    this.#worker.postMessage({ id, name })
    return id
  }

  /** Runs the synchronous part of a module under its name. */
  watch<T>(id: number, work: () => T): T {
    const outer = this.#shared[1] ?? 0
    this.#shared[1] = id
    const started = performance.now()
    try {
      return work()
    } finally {
      this.#shared[1] = outer
      const took = performance.now() - started
      if (took > BLOCKED_AFTER)
        this.#log.log('WARN', 'watchdog', `module ${this.#names[id]} blocked the event loop for ${Math.round(took)} ms`)
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    void this.#worker.terminate()
  }

  #beat(): void {
    Atomics.add(this.#shared, 0, 1)
  }
}

/** Runs on its own thread; plain JavaScript because it is evaluated from text. */
const WATCH = `
const { workerData: { shared, beat, blockedAfter }, parentPort } = require('node:worker_threads')
const { writeSync } = require('node:fs')
const names = new Map()
parentPort.on('message', ({ id, name }) => names.set(id, name))
  let last = Atomics.load(shared, 0), since = Date.now(), told = false
setInterval(() => {
  const now = Atomics.load(shared, 0)
  if (now !== last) { last = now; since = Date.now(); told = false; return }
  const silence = Date.now() - since
  if (told || silence < beat + blockedAfter) return
  told = true
  const name = names.get(Atomics.load(shared, 1))
  if (name === undefined) return
  try { writeSync(2, 'WARN  watchdog: the event loop has been blocked for ' + silence + ' ms; module ' + name + ' is running\\n') } catch {}
}, beat)
`
