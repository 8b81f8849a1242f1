import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createMailtoSender } from '../mail/index.ts'
import { createHttpListener, createHttpSender, createLocalSender, createOverload } from '../transports/index.ts'
import { type Home } from '../runtime/home/index.ts'
import { LiveHome, type Outcome } from '../runtime/live-home.ts'
import {
  BodyBudget,
  Bus,
  type BusServices,
  Deadlines,
  type Diagnostic,
  type Language,
  type Listener,
  Metrics,
  type Sender,
  Stores,
  systemPlatform,
  Watchdog,
} from 'viaduct'
import { createAdmin } from './admin.ts'
import { Console } from './console/console.ts'
import type { ConsoleCall, ConsoleReply } from './console/http.ts'
import { InboundPorts } from './inbound-ports.ts'
import type { ProcessLog } from './logger.ts'
import { type Snapshot, snapshotOf, STARTING } from './snapshot.ts'

export interface ServerOptions {
  readonly home: Home
  /** The path as the user gave it; diagnostics are relative to `cwd`. */
  readonly path: string
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly language: Language
  readonly log: ProcessLog
  readonly strict: boolean
  /** The admin port belongs to another process (`--workers`). */
  readonly withoutAdmin?: boolean | undefined
}

/** One bus with its listeners, senders, admin port and watched home: what `viaduct run` runs. */
export class Server {
  readonly #options: ServerOptions
  readonly #bus: Bus
  readonly #live: LiveHome
  readonly #deadlines = new Deadlines()
  readonly #watchdog: Watchdog | undefined
  readonly #bodies: BodyBudget
  readonly #delay = monitorEventLoopDelay({ resolution: 20 })
  readonly #overload: ReturnType<typeof createOverload>
  readonly #sender: ReturnType<typeof createHttpSender>
  readonly #listeners: Listener[] = []
  readonly #ports = new InboundPorts(({ port, secure, inbound }) =>
    this.#open(port, secure ? this.#options.home.settings.http.tls : undefined, inbound),
  )
  #admin: Listener | undefined
  #console: Console | undefined
  #ready = false

  constructor(options: ServerOptions) {
    const { home, language, path, cwd, environment, strict, log } = options
    const { settings } = home
    this.#options = options
    this.#watchdog = existsSync(join(home.root, 'mediators')) ? new Watchdog(log) : undefined
    this.#bodies = new BodyBudget(settings.limits.bodies)
    this.#overload = createOverload(settings)
    this.#sender = createHttpSender(settings, log, this.#deadlines)
    this.#bus = new Bus(this.#services())
    this.#live = new LiveHome(this.#bus, language, path, { cwd, environment, strict })
  }

  /** Where messages are taken now. */
  get listening(): readonly string[] {
    return this.#listeners.map(({ url }) => url)
  }

  /** The port for health and metrics. */
  get admin(): Listener | undefined {
    return this.#admin
  }

  /** What this process tells about itself. */
  snapshot(): Snapshot {
    const [first] = this.#live.refused
    const shedding =
      this.#overload.shedding ?? (this.#bodies.exceeded ? 'too many large bodies are in memory' : undefined)
    return snapshotOf(this.#bus, {
      notReady: this.#ready ? shedding : STARTING,
      refusedChange: first === undefined ? undefined : describe(first),
      loopDelay: this.#delay.percentile(90) / 1e9,
    })
  }

  /** Deploys the home and opens the ports. With a wrong home nothing is opened; the diagnostics say why. */
  async start(): Promise<Outcome> {
    const { home, log } = this.#options
    const { settings } = home
    const { listen } = settings
    const outcome = await this.#live.start(home)
    if (outcome.deployment === undefined) return outcome
    if (listen.port >= 0) await this.#listen(listen.port, undefined)
    const { tls } = settings.http
    if (listen.httpsPort >= 0 && tls.certificate !== '') await this.#listen(listen.httpsPort, tls)
    this.#delay.enable()
    if (listen.adminPort >= 0 && this.#options.withoutAdmin !== true)
      this.#admin = await createAdmin(
        () => [this.snapshot()],
        listen.adminHost,
        listen.adminPort,
        (call) => this.answerConsole(call),
      )
    this.#ready = true
    if (settings.watch)
      void this.#live
        .watch()
        .catch((failure: unknown) => log.log('WARN', 'home', `the home is not watched: ${String(failure)}`))
    return outcome
  }

  /** Answers what is under way, takes nothing new, closes everything; bounded by `timeouts.shutdown`. */
  async stop(): Promise<void> {
    this.#ready = false
    await this.#live[Symbol.asyncDispose]()
    await Promise.all(this.#listeners.map((listener) => listener[Symbol.asyncDispose]()))
    await this.#bus.stop()
    await this.#sender[Symbol.asyncDispose]()
    await this.#admin?.[Symbol.asyncDispose]()
    this.#overload[Symbol.dispose]()
    this.#delay.disable()
    this.#watchdog?.[Symbol.dispose]()
    this.#deadlines[Symbol.dispose]()
  }

  /** A page of the console. */
  answerConsole(call: ConsoleCall): Promise<ConsoleReply> {
    this.#console ??= this.#createConsole()
    return this.#console.answer(call)
  }

  #createConsole(): Console {
    const { settings } = this.#options.home
    const { user, password, viewers } = settings.admin
    return new Console({
      settings: { user, password, viewers, roles: settings.workflow.roles },
      platform: systemPlatform,
      pages: () => this.#bus.deployment?.pages ?? [],
      users: () => this.#bus.deployment?.facility('users'),
    })
  }

  async #listen(port: number, tls: Home['settings']['http']['tls'] | undefined): Promise<void> {
    this.#listeners.push(await this.#open(port, tls, undefined))
  }

  #open(
    port: number,
    tls: Home['settings']['http']['tls'] | undefined,
    inbound: string | undefined,
  ): Promise<Listener> {
    const { home, log } = this.#options
    const { settings } = home
    return createHttpListener({
      settings,
      log,
      host: settings.listen.host,
      port,
      tls,
      inbound,
      overload: this.#overload,
      metrics: this.#bus.services.metrics,
      dispatch: (arrival) => this.#bus.dispatch(arrival),
    })
  }

  #services(): BusServices {
    const { home, environment, log } = this.#options
    const senders = new Map<string, Sender>()
    const add = (sender: Sender): void => {
      for (const scheme of sender.schemes) senders.set(scheme, sender)
    }
    add(this.#sender)
    add(createLocalSender({ deadlines: this.#deadlines, dispatch: (arrival) => this.#bus.dispatch(arrival) }))
    add(createMailtoSender(() => this.#bus.deployment?.facility('mail')))
    return {
      settings: home.settings,
      platform: systemPlatform,
      deadlines: this.#deadlines,
      log,
      stores: new Stores(),
      bodies: this.#bodies,
      metrics: new Metrics(),
      watchdog: this.#watchdog,
      listen: (request) => this.#ports.use(request),
      senders,
      system: new Map(),
      environment: (name) => environment[name],
      home: home.root,
    }
  }
}

const describe = ({ at, code, message }: Diagnostic): string => `${at.file}:${at.line}:${at.column} ${code}: ${message}`
