import { join, resolve } from 'node:path'
import type { Bus, BusServices } from './bus.ts'
import type { Deployment } from './deployment.ts'
import { type Diagnostic, formatDiagnostic } from './diagnostic.ts'
import { type Home, type HomeOptions, readHome, readModules } from './home/index.ts'
import { SETTINGS_FILE } from './home/settings.ts'
import type { Language } from './language.ts'
import { load, type Loaded, type LoadOptions } from './loader.ts'
import { ModuleFolder } from './modules/index.ts'
import { sleep } from './time.ts'
import { HomeWatch, type WatchOptions } from './watch.ts'

export interface LiveHomeOptions extends HomeOptions, Pick<LoadOptions, 'layers' | 'strict'> {
  readonly watch?: WatchOptions
  /** Told after every attempt to apply a change. */
  readonly applied?: (outcome: Outcome) => void
}

/** What came of reading a home: the deployment that runs now, or why nothing changed. */
export interface Outcome {
  readonly deployment: Deployment | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly milliseconds: number
}

/** A change that is wrong only because it is still being written gets this much more time, milliseconds. */
const GRACE = 300

/** Files and folders beside the configuration that count, when it lies below the home or is a single file. */
const BESIDE = [
  'mediators',
  'registry',
  'policies',
  'security',
  'conf',
  SETTINGS_FILE,
  'synapse.properties',
  'file.properties',
]

/**
 * Keeps a bus running what its home says. A change is read, linked, checked and started as a whole; then one assignment makes
 * it current, and the old deployment ends with its last message. Whatever is wrong leaves the running one as it is.
 */
export class LiveHome implements AsyncDisposable {
  readonly #bus: Bus
  readonly #language: Language
  readonly #path: string
  readonly #options: LiveHomeOptions
  readonly #states = new Map<Deployment, ReadonlySet<string>>()
  #modules: ModuleFolder | undefined
  #remote: Loaded['remote'] | undefined
  #home: Home | undefined
  #watch: HomeWatch | undefined
  #opening: Promise<HomeWatch> | undefined
  #disposed = false
  #number = 0
  #refused: readonly Diagnostic[] = []
  #queue: Promise<unknown> = Promise.resolve()

  constructor(bus: Bus, language: Language, path: string, options: LiveHomeOptions = {}) {
    this.#bus = bus
    this.#language = language
    this.#path = resolve(options.cwd ?? '', path)
    this.#options = options
  }

  /** The first load. `home` may have been read before, for its settings. */
  start(home?: Home): Promise<Outcome> {
    return this.#inTurn(async () => this.#deploy(home ?? (await this.#read()), performance.now()))
  }

  /** Applies changes from now on; call after `start`. */
  async watch(): Promise<void> {
    const { log } = this.#bus.services
    const failed = (reason: string) => log.log('WARN', 'home', `watching the home failed: ${reason}`)
    const options = { failed, ...this.#options.watch }
    if (this.#disposed) return
    this.#opening = HomeWatch.open(this.#watched(), () => this.#reload(), options)
    this.#watch = await this.#opening
    await this.#follow()
  }

  /** Reads the home again now, whether or not something changed. */
  reload(): Promise<Outcome> {
    return this.#inTurn(async () => this.#tell(await this.#attempt(performance.now())))
  }

  /** The diagnostics of the last change, when it was refused. */
  get refused(): readonly Diagnostic[] {
    return this.#refused
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    // A watch that is still being opened would keep the process alive.
    const watch = await this.#opening?.catch(() => undefined)
    await watch?.[Symbol.asyncDispose]()
    await this.#queue
    this.#modules?.[Symbol.dispose]()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => {})
    return result
  }

  #reload(): Promise<void> {
    return this.#inTurn(async () => {
      const started = performance.now()
      const events = this.#watch?.events
      const outcome = await this.#attempt(started)
      if (outcome.deployment === undefined) {
        await sleep(GRACE)
        // Somebody is still writing: the watch comes again, and what is wrong now is not worth telling.
        if (this.#watch?.events !== events) return
      }
      this.#tell(outcome)
    })
  }

  async #attempt(started: number): Promise<Outcome> {
    try {
      return await this.#deploy(await this.#read(), started)
    } catch (failure) {
      const message = failure instanceof Error ? failure.message : 'unknown'
      return failed([diagnosticAt(this.#path, 'home-empty', `the home cannot be read: ${message}`)], started)
    }
  }

  #read(): Promise<Home> {
    return readHome(this.#path, this.#language, this.#options)
  }

  async #deploy(home: Home, started: number): Promise<Outcome> {
    const { layers = [], strict = false } = this.#options
    const folder = (this.#modules ??= new ModuleFolder(home.root, this.#bus.services.log))
    const { modules, found } = await readModules(home, folder)
    const loaded = await load(home.files, this.#language, this.#services(home), {
      ...home.options,
      number: this.#number + 1,
      modules,
      layers,
      strict,
      found,
      remote: this.#remote,
    })
    this.#remote = loaded.remote
    const { deployment, diagnostics } = loaded
    if (deployment === undefined) return failed(diagnostics, started)
    try {
      await deployment.start()
    } catch (failure) {
      const message = failure instanceof Error ? failure.message : 'unknown'
      return failed([...diagnostics, diagnosticAt(this.#path, 'start-failed', message)], started)
    }
    this.#swap(deployment, loaded)
    this.#tellOfSettings(home)
    this.#home = home
    await this.#follow()
    return { deployment, diagnostics, milliseconds: performance.now() - started }
  }

  /** Settings that belong to listeners and senders keep the values the process started with. */
  #services({ settings, root }: Home): BusServices {
    const { services } = this.#bus
    return { ...services, settings, home: root }
  }

  #swap(deployment: Deployment, { states }: Loaded): void {
    const old = this.#bus.deployment
    this.#number++
    this.#states.set(deployment, states)
    void this.#bus.swap(deployment).then(() => {
      if (old !== undefined) this.#states.delete(old)
      this.#bus.services.stores.retain(new Set([...this.#states.values()].flatMap((names) => [...names])))
    })
  }

  #tell(outcome: Outcome): Outcome {
    const { log, metrics } = this.#bus.services
    const { deployment, diagnostics, milliseconds } = outcome
    const [level, text] =
      deployment === undefined
        ? (['ERROR', 'the change is refused and the running configuration stays:'] as const)
        : (['INFO', `deployment ${deployment.number} is live after ${Math.round(milliseconds)} ms`] as const)
    log.log(level, 'home', [text, ...diagnostics.map(formatDiagnostic)].join('\n'))
    if (deployment === undefined) metrics.reloadsRefused++
    else metrics.reloads++
    this.#refused = deployment === undefined ? diagnostics : []
    this.#options.applied?.(outcome)
    return outcome
  }

  #tellOfSettings({ settingsText }: Home): void {
    if (this.#home === undefined || this.#home.settingsText === settingsText) return
    const later = 'listen, admin, log, watch, workers, http, and the limits and timeouts of connections'
    this.#bus.services.log.log('WARN', 'home', `${SETTINGS_FILE} has changed; ${later} change at the next start only`)
  }

  #watched(): string[] {
    const root = this.#home?.root ?? this.#path
    return this.#path === root ? [root] : [this.#path, ...BESIDE.map((name) => join(root, name))]
  }

  /** Resources that lie outside of what is watched count as part of the configuration as well. */
  async #follow(): Promise<void> {
    await this.#watch?.follow(this.#home?.registry.files ?? [])
  }
}

const failed = (diagnostics: readonly Diagnostic[], started: number): Outcome => ({
  deployment: undefined,
  diagnostics,
  milliseconds: performance.now() - started,
})

const diagnosticAt = (file: string, code: Diagnostic['code'], message: string): Diagnostic => ({
  code,
  severity: 'error',
  message,
  at: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
})
