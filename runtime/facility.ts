import type { Database } from './database.ts'
import type { DecisionPoint } from './decisions.ts'
import type { Definitions } from './definitions.ts'
import type { DocumentSigning } from './document-signing.ts'
import type { Entitlement } from './entitlement.ts'
import type { Linker } from './linker.ts'
import type { MailSender } from './mail.ts'
import type { MessageSecurity } from './message-security.ts'
import type { UserStore } from './users.ts'
import type { Workflows } from './workflows.ts'

/** What one room offers to the others, by name. The types live in the runtime, so that rooms meet without knowing each other. */
export interface FacilityMap {
  readonly database: Database
  readonly users: UserStore
  /** The policies of the home. */
  readonly decisions: DecisionPoint
  /** Clients and callback handlers of `<entitlementService>`. */
  readonly entitlement: Entitlement
  readonly mail: MailSender
  readonly workflows: Workflows
  readonly security: MessageSecurity
  /** The keys of the bus, for documents. */
  readonly signing: DocumentSigning
}

/** Makes a facility for one deployment, when the first artifact asks for it. What must survive reloads goes into `linker.state`. */
export interface FacilityDefinition<K extends keyof FacilityMap = keyof FacilityMap> {
  readonly name: K
  readonly summary: string
  /** Mistakes are reported; a facility that cannot be made throws nothing and refuses when it is used. */
  readonly create: (linker: Linker) => FacilityMap[K]
}

/** Declares a facility. `cli/standard.ts` is the list that ships. */
export function defineFacility<K extends keyof FacilityMap>(definition: FacilityDefinition<K>): FacilityDefinition<K> {
  return definition
}

/** The facilities of one deployment, each made once. */
export class Facilities {
  readonly #definitions: Definitions<FacilityDefinition>
  readonly #made = new Map<keyof FacilityMap, FacilityMap[keyof FacilityMap]>()

  constructor(definitions: Definitions<FacilityDefinition>) {
    this.#definitions = definitions
  }

  /** Undefined when the language has no such facility, and while it is loaded; then everything is compiled again. */
  get<K extends keyof FacilityMap>(name: K, linker: Linker): FacilityMap[K] | undefined {
    const made = this.#made.get(name)
    if (made !== undefined) return made as FacilityMap[K]
    const facility = this.#definitions.get(name)?.create(linker)
    if (facility !== undefined) this.#made.set(name, facility)
    return facility as FacilityMap[K] | undefined
  }
}
