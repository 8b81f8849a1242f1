import type { ConsolePage } from './console-page.ts'
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

/** Declares a service of the bus itself. `cli/standard.ts` is the list that ships. */
export function defineService(definition: ServiceDefinition): ServiceDefinition {
  return definition
}
