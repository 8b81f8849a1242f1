import type { ConsolePage } from './console-page.ts'
import { Definitions, type LazyDefinition } from './definitions.ts'
import type { Entrance } from './deployment.ts'
import type { Linker } from './linker.ts'

/** What a room serves of its own accord, without an artifact that says so: standard interfaces, callbacks, pages. */
export interface ServiceDefinition {
  readonly name: string
  readonly summary: string
  /** Asked once per deployment, after all artifacts are compiled; undefined when the home has no use for it. */
  readonly create: (linker: Linker) => HostedService | undefined
}

export interface HostedService {
  /** For arrivals that no proxy and no API takes. */
  readonly entrance?: Entrance
  /** For the admin port. */
  readonly pages?: readonly ConsolePage[]
}

/** A service that is loaded only when a deployment has a use for it. */
export interface LazyService extends LazyDefinition<ServiceDefinition> {
  readonly when: (linker: Linker) => boolean
}

/** The services of a language, some of which are loaded when a deployment has a use for them. */
export class HostedServices {
  readonly #listed: readonly (ServiceDefinition | LazyService)[]
  readonly #definitions: Definitions<ServiceDefinition>

  constructor(listed: readonly (ServiceDefinition | LazyService)[]) {
    this.#listed = listed
    this.#definitions = Definitions.of(listed)
  }

  /** Those that a deployment has a use for, as far as they are loaded; the others are asked for. */
  for(linker: Linker): ServiceDefinition[] {
    const useful = this.#listed.filter((each) => !('when' in each) || each.when(linker))
    return useful.flatMap(({ name }) => this.#definitions.get(name) ?? [])
  }

  get wanting(): boolean {
    return this.#definitions.wanting
  }

  fetch(): Promise<void> {
    return this.#definitions.fetch()
  }
}

/** Declares a service of the bus itself. `cli/standard.ts` is the list that ships. */
export function defineService(definition: ServiceDefinition): ServiceDefinition {
  return definition
}
