import type { AnyArtifactDefinition, AnyMediatorDefinition } from './artifact.ts'
import { byName, Definitions, type LazyDefinition } from './definitions.ts'
import { didYouMean } from './diagnostic.ts'
import type { FacilityDefinition } from './facility.ts'
import { HostedServices, type LazyService, type ServiceDefinition } from './hosted-service.ts'
import type { SourceFile } from './loading/source-file.ts'

/** What a bus understands: every mediator and every kind of artifact, as data. `cli/standard.ts` is the list that ships. */
export interface LanguageParts {
  readonly mediators:
    Definitions<AnyMediatorDefinition> | Iterable<AnyMediatorDefinition | LazyDefinition<AnyMediatorDefinition>>
  readonly artifacts: Iterable<AnyArtifactDefinition>
  /** Elements of the language that cannot run yet, with what to do instead. */
  readonly pending: ReadonlyMap<string, string>
  /** Artifacts that are there when a home does not bring its own: the sequences `main` and `fault`. */
  readonly defaults?: readonly SourceFile[]
  /** What rooms offer to each other: users, security … */
  readonly facilities?:
    Definitions<FacilityDefinition> | Iterable<FacilityDefinition | LazyDefinition<FacilityDefinition>>
  /** What is served without an artifact. */
  readonly services?: HostedServices | readonly (ServiceDefinition | LazyService)[]
}

/** The definitions by qualified name. */
export class Language {
  readonly mediators: Definitions<AnyMediatorDefinition>
  readonly artifacts: ReadonlyMap<string, AnyArtifactDefinition>
  readonly pending: ReadonlyMap<string, string>
  readonly defaults: readonly SourceFile[]
  readonly facilities: Definitions<FacilityDefinition>
  readonly services: HostedServices

  constructor({ mediators, artifacts, pending, defaults = [], facilities = [], services = [] }: LanguageParts) {
    this.mediators = mediators instanceof Definitions ? mediators : Definitions.of(mediators)
    this.artifacts = byName(artifacts)
    this.pending = pending
    this.defaults = defaults
    this.facilities = facilities instanceof Definitions ? facilities : Definitions.of(facilities)
    this.services = services instanceof HostedServices ? services : new HostedServices(services)
  }

  /** The same language for one pass over a home, with the mediators of its own modules. A built-in cannot be replaced. */
  with(mediators: Iterable<AnyMediatorDefinition>): Language {
    return new Language({
      mediators: this.mediators.view(mediators),
      artifacts: this.artifacts.values(),
      pending: this.pending,
      defaults: this.defaults,
      facilities: this.facilities.view([]),
      services: this.services,
    })
  }

  /** Whether something was asked for that is not loaded. */
  get wanting(): boolean {
    return this.mediators.wanting || this.facilities.wanting || this.services.wanting
  }

  /** Asks for everything: what is compiled while messages run cannot wait. */
  want(): void {
    this.mediators.want()
    this.facilities.want()
  }

  /** Loads what was asked for. */
  async fetch(): Promise<void> {
    await Promise.all([this.mediators.fetch(), this.facilities.fetch(), this.services.fetch()])
  }

  suggestMediator(name: string): string {
    return didYouMean(name, this.mediators.names())
  }

  suggestArtifact(name: string): string {
    return didYouMean(
      name,
      [...this.artifacts.values()].map((definition) => definition.name),
    )
  }
}
