import type { ConsolePage } from './console-page.ts'
import type { FacilityMap } from './facility.ts'
import type { BusServices } from './bus.ts'
import type { Route } from './route.ts'
import type { ArtifactMap, Resource } from './linker.ts'
import type { ParameterSources } from './loading/parameters.ts'
import type { Arrival } from './transport.ts'

/** Finds the way of an arrival among all artifacts of one kind (proxies, APIs). */
export interface Entrance {
  match(arrival: Arrival): Route | undefined
}

/** What the loader puts together. */
export interface DeploymentParts {
  readonly number: number
  readonly services: BusServices
  readonly artifacts: ReadonlyMap<string, ReadonlyMap<string, unknown>>
  /** In the order they are asked; the last one takes everything. */
  readonly entrances: readonly Entrance[]
  readonly resource: (key: string) => Resource | undefined
  readonly facility?: <K extends keyof FacilityMap>(name: K) => FacilityMap[K] | undefined
  readonly pages?: readonly ConsolePage[]
  /** What the home and its surroundings set; without it, the environment and the settings alone. */
  readonly parameters?: ParameterSources
  readonly start: readonly (() => void | Promise<void>)[]
  readonly stop: readonly (() => void | Promise<void>)[]
}

/** A complete, linked, immutable configuration. A message keeps the one it entered with. */
export class Deployment implements AsyncDisposable {
  readonly number: number
  readonly services: BusServices
  /** For messages that ask for what also `$FILE:name` and `${configs.name}` stand for. */
  readonly parameters: ParameterSources
  readonly #parts: DeploymentParts
  #inFlight = 0
  #drained: (() => void) | undefined

  constructor(parts: DeploymentParts) {
    this.number = parts.number
    this.services = parts.services
    this.parameters = parts.parameters ?? parametersOf(parts.services)
    this.#parts = parts
  }

  find<K extends keyof ArtifactMap>(kind: K, name: string): ArtifactMap[K] | undefined {
    return this.#parts.artifacts.get(kind)?.get(name) as ArtifactMap[K] | undefined
  }

  /** Every artifact of a kind by name, for management and metadata. */
  all(kind: string): ReadonlyMap<string, unknown> {
    return this.#parts.artifacts.get(kind) ?? new Map<string, unknown>()
  }

  get kinds(): Iterable<string> {
    return this.#parts.artifacts.keys()
  }

  resource(key: string): Resource | undefined {
    return this.#parts.resource(key)
  }

  /** What a room offers, for those who are no part of the configuration: the console, commands. */
  facility<K extends keyof FacilityMap>(name: K): FacilityMap[K] | undefined {
    return this.#parts.facility?.(name)
  }

  /** Sections of the console. */
  get pages(): readonly ConsolePage[] {
    return this.#parts.pages ?? []
  }

  route(arrival: Arrival): Route | undefined {
    for (const entrance of this.#parts.entrances) {
      const route = entrance.match(arrival)
      if (route !== undefined) return route
    }
    return undefined
  }

  get inFlight(): number {
    return this.#inFlight
  }

  enter(): void {
    this.#inFlight++
  }

  leave(): void {
    if (--this.#inFlight === 0) this.#drained?.()
  }

  /** Opens what the configuration asked for; on a failure closes what was opened and rethrows. */
  async start(): Promise<void> {
    try {
      for (const step of this.#parts.start) await step()
    } catch (failure) {
      await this.#stop()
      throw failure
    }
  }

  /** Waits until the last message has left, then closes what `start` opened. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#drained = resolve))
    await this.#stop()
  }

  async #stop(): Promise<void> {
    for (const step of this.#parts.stop.toReversed()) {
      try {
        await step()
      } catch (failure) {
        this.services.log.log(
          'WARN',
          'deployment',
          `closing failed: ${failure instanceof Error ? failure.message : 'unknown'}`,
        )
      }
    }
  }
}

function parametersOf({ environment, system, settings }: BusServices): ParameterSources {
  return {
    environment,
    file: (name) => settings.properties[name],
    configuration: (name) => environment(name) ?? system.get(name) ?? settings.properties[name],
  }
}
