import { BodyBudget } from '../body-budget.ts'
import type { BusServices } from '../bus.ts'
import { LOG_LEVELS, type LogFields, type Logger, type LogLevel } from '../log.ts'
import { Metrics } from '../metrics.ts'
import type { Platform } from '../platform.ts'
import { DEFAULT_SETTINGS, type Settings } from '../settings.ts'
import { Stores } from '../stores.ts'
import { Deadlines } from '../time.ts'

export interface LogEntry {
  readonly level: LogLevel
  readonly category: string
  readonly text: string
  readonly fields: LogFields
}

/** A logger that remembers. `level` is the lowest that is on, and can be changed. */
export class RecordedLog implements Logger {
  readonly entries: LogEntry[] = []
  level: LogLevel

  constructor(level: LogLevel = 'TRACE') {
    this.level = level
  }

  /** What was logged so far, as `LEVEL text`. */
  get lines(): string[] {
    return this.entries.map(({ level, text }) => `${level} ${text}`)
  }

  enabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(this.level)
  }

  log(level: LogLevel, category: string, text: string, fields: LogFields = {}): void {
    if (this.enabled(level)) this.entries.push({ level, category, text, fields })
  }
}

/** A clock that stands still until it is told to go on, ids that count up, and chance that repeats itself. */
export class TestPlatform implements Platform {
  #now: number
  #monotonic = 0
  #ids = 0
  #seed = 1

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
    this.#monotonic += milliseconds
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  uuid(): string {
    return `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`
  }

  /** Park and Miller's generator: good enough to choose members of a group, and the same in every run. */
  random(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647
    return this.#seed / 2_147_483_647
  }
}

type ServiceOverrides = Partial<Omit<BusServices, 'settings'>> & {
  readonly settings?: Partial<Settings> | undefined
}

/** The services of a bus as it starts without a settings file, with a recording log and a deterministic platform. */
export function testServices(overrides: ServiceOverrides = {}): BusServices {
  const settings = { ...DEFAULT_SETTINGS, ...overrides.settings }
  return {
    bodies: new BodyBudget(settings.limits.bodies),
    platform: new TestPlatform(),
    deadlines: new Deadlines(),
    log: new RecordedLog(),
    stores: new Stores(),
    metrics: new Metrics(),
    watchdog: undefined,
    senders: new Map(),
    system: new Map(),
    environment: () => undefined,
    home: '',
    ...overrides,
    settings,
  }
}
