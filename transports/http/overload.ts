import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Settings } from 'viaduct'
import { garbageCollector } from './collect-garbage.ts'

const INTERVAL = 250
const RESOLUTION = 10

/** Shedding ends when a value has fallen to this share of what started it, so that it does not flutter. */
const RELIEF = 0.6

/** Between two collections asked for, milliseconds: each keeps the event loop for a moment. */
const COLLECTION_PAUSE = 3_000

/** Share of the memory limit above its threshold at which no connection is accepted any more. */
const EXHAUSTED = 95 / 85

/**
 * Tells listeners when to refuse new requests: too slow an event loop, too much memory, too many requests under way
 * (reliability 5.4). One for all listeners of a process.
 */
export interface Overload extends Disposable {
  /** Counts one more request under way, unless it has to be refused. */
  enter(): boolean
  leave(): void
  readonly inFlight: number
  /** Why new requests are refused now; undefined when they are not. */
  readonly shedding: string | undefined
  /** Memory is nearly used up: connections are closed after their answer and none is accepted. */
  readonly exhausted: boolean
}

interface Limits {
  readonly requestsInFlight: number
  readonly memory: number
  readonly loopDelay: number
}

export function createOverload(settings: Settings): Overload {
  return new Watch(settings.limits)
}

class Watch implements Overload {
  readonly #limits: Limits
  readonly #delay: ReturnType<typeof monitorEventLoopDelay>
  readonly #timer: NodeJS.Timeout
  #slow = false
  #slowLooks = 0
  #full = false
  #crowded = false
  #garbage: (() => void) | undefined
  #nextCollection = 0
  inFlight = 0
  exhausted = false

  constructor(limits: Limits) {
    this.#limits = limits
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION })
    this.#delay.enable()
    this.#timer = setInterval(() => this.#look(), INTERVAL).unref()
  }

  enter(): boolean {
    if (this.shedding !== undefined) return false
    this.inFlight++
    return true
  }

  leave(): void {
    this.inFlight--
  }

  get shedding(): string | undefined {
    if (this.#slow) return 'the event loop is too slow'
    if (this.#full) return 'too much memory is in use'
    return this.#isCrowded() ? 'too many requests are under way' : undefined
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#delay.disable()
  }

  #isCrowded(): boolean {
    const { requestsInFlight } = this.#limits
    if (this.#crowded) this.#crowded = this.inFlight > requestsInFlight * RELIEF
    else this.#crowded = this.inFlight >= requestsInFlight
    return this.#crowded
  }

  #look(): void {
    const { loopDelay, memory } = this.#limits
    const delay = this.#delay.percentile(90) / 1e6 - RESOLUTION
    this.#delay.reset()
    // One long turn (a deployment, a full collection) is no overload: two looks in a row have to agree.
    this.#slowLooks = delay > (this.#slow ? loopDelay * RELIEF : loopDelay) ? this.#slowLooks + 1 : 0
    this.#slow = this.#slowLooks > (this.#slow ? 0 : 1)
    const used = process.memoryUsage.rss()
    // Resident memory falls late and little after a peak; a few percent are enough to tell that it does.
    this.#full = used > (this.#full ? memory * 0.95 : memory)
    this.exhausted = used > memory * EXHAUSTED
    if (this.#full) this.#collect()
  }

  /** While requests are refused for want of memory, looks every few seconds whether it is only garbage. */
  #collect(): void {
    const now = performance.now()
    if (now < this.#nextCollection) return
    this.#garbage ??= garbageCollector()
    this.#garbage()
    this.#nextCollection = performance.now() + COLLECTION_PAUSE
  }
}
