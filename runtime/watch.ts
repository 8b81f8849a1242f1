import type { FSWatcher } from 'chokidar'
import { Fingerprint, isIgnored } from './home/fingerprint.ts'
import { sleep } from './time.ts'

export interface WatchOptions {
  /** Quiet time after the last event before anybody looks, milliseconds. */
  readonly debounce?: number
  /** Time for which size and time of every file must stay the same, milliseconds. */
  readonly settle?: number
  /** Told when watching itself fails; it goes on as well as it can. */
  readonly failed?: (reason: string) => void
}

/** A home that is never quiet is looked at all the same after this long, milliseconds. */
const PATIENCE = 1_500

/**
 * Watches files and folders and calls `changed` when their contents have become others: after a quiet time, when no file is
 * being written any more, once for any number of changes, and never twice at a time.
 */
export class HomeWatch implements AsyncDisposable {
  readonly #paths: Set<string>
  readonly #changed: () => void | Promise<void>
  readonly #options: Required<WatchOptions>
  readonly #fingerprint = new Fingerprint()
  readonly #closed = new AbortController()
  #watcher: FSWatcher | undefined
  #contents = ''
  #events = 0
  #running: Promise<void> | undefined

  private constructor(paths: Iterable<string>, changed: () => void | Promise<void>, options: WatchOptions) {
    this.#paths = new Set(paths)
    this.#changed = changed
    this.#options = { debounce: 100, settle: 50, failed: () => {}, ...options }
  }

  /** Resolves when changes are noticed. What changed since the call is noticed too. */
  static async open(
    paths: Iterable<string>,
    changed: () => void | Promise<void>,
    options: WatchOptions = {},
  ): Promise<HomeWatch> {
    const watch = new HomeWatch(paths, changed, options)
    const before = watch.#fingerprint.take(watch.#paths)
    await watch.#open()
    watch.#contents = (await before).contents
    watch.#noticed()
    return watch
  }

  /** Number of events so far: whether something happened while one was busy. */
  get events(): number {
    return this.#events
  }

  /** Watches more files. */
  async follow(paths: Iterable<string>): Promise<void> {
    const more = [...paths].filter((path) => !this.#covered(path))
    if (more.length === 0 || this.#watcher === undefined) return
    for (const path of more) this.#paths.add(path)
    this.#watcher.add(more)
    this.#contents = (await this.#fingerprint.take(this.#paths)).contents
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new Error('closed'))
    await this.#watcher?.close()
    await this.#running
  }

  async #open(): Promise<void> {
    // Loaded late: a bus should be ready before it watches.
    const { watch } = await import('chokidar')
    const watcher = watch([...this.#paths], { ignored: isIgnored, ignoreInitial: true })
    this.#watcher = watcher
    watcher.on('error', (error) => this.#options.failed(error instanceof Error ? error.message : 'unknown'))
    const { promise, resolve } = Promise.withResolvers<void>()
    watcher.once('ready', resolve)
    await promise
    watcher.on('all', () => this.#noticed())
  }

  #covered(path: string): boolean {
    for (const watched of this.#paths) if (path === watched || path.startsWith(`${watched}/`)) return true
    return false
  }

  #noticed(): void {
    this.#events++
    this.#running ??= this.#work().finally(() => (this.#running = undefined))
  }

  async #work(): Promise<void> {
    for (let seen = -1; seen !== this.#events && !this.#closed.signal.aborted;) {
      await this.#quiet()
      if (this.#closed.signal.aborted) return
      seen = this.#events
      const { contents } = await this.#fingerprint.take(this.#paths)
      if (contents === this.#contents) continue
      this.#contents = contents
      await this.#changed()
    }
  }

  /** Waits until no events come and no file grows. */
  async #quiet(): Promise<void> {
    const { debounce, settle } = this.#options
    const patience = performance.now() + PATIENCE
    let before: string | undefined
    for (;;) {
      const seen = this.#events
      if (!(await this.#pause(before === undefined ? debounce : settle))) return
      const { stamps } = await this.#fingerprint.take(this.#paths)
      if ((seen === this.#events && stamps === before) || performance.now() > patience) return
      before = seen === this.#events ? stamps : undefined
    }
  }

  /** False when the watch has been closed meanwhile. */
  async #pause(milliseconds: number): Promise<boolean> {
    try {
      await sleep(milliseconds, this.#closed.signal)
      return true
    } catch {
      return false
    }
  }
}
