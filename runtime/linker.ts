import type { AnyMediatorDefinition, PartDefinition } from './artifact.ts'
import type { MessageContext } from './context.ts'
import type { Report, Span } from './diagnostic.ts'
import type { Endpoint } from './endpoint.ts'
import type { FacilityMap } from './facility.ts'
import type { LocalEntry } from './local-entry.ts'
import type { Mediator } from './mediator.ts'
import type { ModuleExport } from './modules/module-exports.ts'
import type { Reading } from './schema.ts'
import type { BusServices } from './bus.ts'
import type { XmlElement } from './xml/tree.ts'

/** A pipeline with a name. Its fault handler, if any, is already wrapped around it. */
export interface Sequence {
  readonly name: string
  readonly mediator: Mediator
}

/** A sequence with parameters; `call-template` runs it. */
export interface Template extends Sequence {
  readonly parameters: readonly TemplateParameter[]
}

export interface TemplateParameter {
  readonly name: string
  readonly mandatory: boolean
  readonly fallback: string | undefined
}

/** An endpoint with parameters: gives the endpoint for one set of values. */
export interface EndpointTemplate {
  readonly name: string
  readonly parameters: readonly string[]
  instantiate(values: ReadonlyMap<string, string>, linker: Linker): Endpoint
}

/** The kinds of artifact that others can refer to by name. */
export interface ArtifactMap {
  readonly sequence: Sequence
  readonly endpoint: Endpoint
  readonly template: Template
  readonly endpointTemplate: EndpointTemplate
  readonly localEntry: LocalEntry
}

/** A link to an artifact by name. */
export interface Reference<A> {
  /** As written; an expression in braces when `dynamic`. */
  readonly text: string
  readonly dynamic: boolean
  /** The artifact of the deployment the message belongs to. Throws a Fault when a dynamic name finds nothing. */
  get(ctx: MessageContext): A
}

/** Something a home or its registry holds under a key. */
export interface Resource {
  readonly key: string
  /** Shown in diagnostics. */
  readonly file: string
  readonly bytes: Buffer
  /** The element where it was written, when the key is a local entry with XML in it. */
  readonly element?: XmlElement | undefined
  readonly mediaType: string | undefined
  readonly properties: ReadonlyMap<string, string>
}

/**
 * Handed to definitions while a configuration is compiled. References and resources are declared here, so that loading has no
 * side effects and everything missing is found before anything starts.
 */
export interface Linker {
  readonly report: Report
  readonly services: BusServices
  /** Links by name; `{…}` makes it dynamic. Dead static references are reported after all files are read. */
  reference<K extends keyof ArtifactMap>(kind: K, text: string, reading: Reading): Reference<ArtifactMap[K]>
  /** Replaces `$SYSTEM:NAME`, `$FILE:NAME`, `${configs.NAME}`; reports `parameter-unresolved`. */
  parameter(text: string, at: Span): string
  /** A local entry, registry resource (`conf:`, `gov:`, `local:`, none) or `file:` as it is now; undefined when it does not exist. */
  resource(key: string): Resource | undefined
  /** Compiles mediators inside `parent` (or of a sequence element from elsewhere). */
  pipeline(elements: readonly XmlElement[], path: string): Mediator
  /** Compiles an element by a definition that is not looked up by name; undefined when something in it is wrong. */
  compile<P>(definition: PartDefinition<P>, element: XmlElement, path: string): P | undefined
  /** Likewise for a mediator, wrapped as every mediator is. */
  mediator(definition: AnyMediatorDefinition, element: XmlElement, path: string): Mediator | undefined
  /** Compiles an `<endpoint>` element. */
  endpoint(element: XmlElement, path: string): Endpoint | undefined
  /**
   * A class named in the configuration, resolved as in the contract, section 5. Reports `class-unknown`, unless it is the name
   * of one that the caller has itself (`builtIn`, without package).
   */
  module(name: string, at: Span, builtIn?: ReadonlySet<string>): ModuleExport | undefined
  /** Modules whose classes extend one of the bus: what its `extension` says. */
  extensions(extension: string): readonly ModuleExport[]
  /** What another room offers, made once per deployment; undefined where the language has none. */
  facility<K extends keyof FacilityMap>(name: K): FacilityMap[K] | undefined
  /** State that survives reloads: made once per bus under `name`, kept while a deployment asks for it with an equal `fingerprint`. */
  state<T extends object>(name: string, fingerprint: string, create: () => T): T
  /** Runs when every artifact is compiled and references are bound. It may compile and report more. */
  onLinked(then: () => void): void
  /** Runs before the deployment takes messages; a failure refuses the deployment. */
  onStart(start: () => void | Promise<void>): void
  /** Runs after the last message of the deployment has left. */
  onStop(stop: () => void | Promise<void>): void
}
