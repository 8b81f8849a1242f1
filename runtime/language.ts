import type { AnyArtifactDefinition, AnyMediatorDefinition } from './artifact.ts'
import { didYouMean } from './diagnostic.ts'
import type { FacilityDefinition } from './facility.ts'
import type { ServiceDefinition } from './hosted-service.ts'
import type { SourceFile } from './loading/source-file.ts'

/** What a bus understands: every mediator and every kind of artifact, as data. `cli/standard.ts` is the list that ships. */
export interface LanguageParts {
  readonly mediators: Iterable<AnyMediatorDefinition>
  readonly artifacts: Iterable<AnyArtifactDefinition>
  /** Elements of the language that cannot run yet, with what to do instead. */
  readonly pending: ReadonlyMap<string, string>
  /** Artifacts that are there when a home does not bring its own: the sequences `main` and `fault`. */
  readonly defaults?: readonly SourceFile[]
  /** What rooms offer to each other: users, security … */
  readonly facilities?: readonly FacilityDefinition[]
  /** What is served without an artifact. */
  readonly services?: readonly ServiceDefinition[]
}

/** The definitions by qualified name. */
export class Language {
  readonly mediators: ReadonlyMap<string, AnyMediatorDefinition>
  readonly artifacts: ReadonlyMap<string, AnyArtifactDefinition>
  readonly pending: ReadonlyMap<string, string>
  readonly defaults: readonly SourceFile[]
  readonly facilities: readonly FacilityDefinition[]
  readonly services: readonly ServiceDefinition[]

  constructor({ mediators, artifacts, pending, defaults = [], facilities = [], services = [] }: LanguageParts) {
    this.mediators = byName(mediators)
    this.artifacts = byName(artifacts)
    this.pending = pending
    this.defaults = defaults
    this.facilities = facilities
    this.services = services
  }

  /** The same language with the mediators of a home's own modules. A built-in cannot be replaced. */
  with(mediators: Iterable<AnyMediatorDefinition>): Language {
    return new Language({
      mediators: [...this.mediators.values(), ...mediators],
      artifacts: this.artifacts.values(),
      pending: this.pending,
      defaults: this.defaults,
      facilities: this.facilities,
      services: this.services,
    })
  }

  suggestMediator(name: string): string {
    return didYouMean(
      name,
      [...this.mediators.values()].map((definition) => definition.name),
    )
  }

  suggestArtifact(name: string): string {
    return didYouMean(
      name,
      [...this.artifacts.values()].map((definition) => definition.name),
    )
  }
}

function byName<D extends { readonly name: string; readonly namespace: string }>(
  definitions: Iterable<D>,
): Map<string, D> {
  const map = new Map<string, D>()
  for (const definition of definitions) {
    const key = qualified(definition.namespace, definition.name)
    if (map.has(key)) throw new Error(`<${definition.name}> is defined twice`)
    map.set(key, definition)
  }
  return map
}

export const qualified = (namespace: string, name: string): string => `{${namespace}}${name}`
