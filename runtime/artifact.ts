import type { Entrance } from './deployment.ts'
import { type ElementDefinition, elementDefaults, type Mediator, type Site } from './mediator.ts'
import type { Linker } from './linker.ts'
import type { Attributes, Children, Config, ContentKind } from './schema.ts'
import type { XmlElement } from './xml/tree.ts'

/** A kind of top-level element: what its file looks like, where it lies in a home, and how it becomes a running part. */
export interface ArtifactDefinition<
  A = unknown,
  S extends Attributes = Attributes,
  C extends Children = Children,
> extends ElementDefinition<S, C> {
  /** Name of the map it goes into; artifacts of different elements may share one (`sequence`, `endpoint` …). */
  readonly kind: string
  /** Decides by what the element holds, when elements of one name make different things (`template`). */
  readonly kindOf?: (element: XmlElement) => string
  /** Folders of the short layout and of `synapse-configs/<name>/`. */
  readonly folders: readonly string[]
  /** The attribute that names it. */
  readonly nameAttribute: 'name' | 'key'
  /** Undefined when the artifact is not deployed (pinned to other servers …) or was reported as wrong. */
  readonly compile: (config: Config<S, C>, site: Site) => A | undefined
  /** How arrivals find artifacts of this kind. Asked in the order of the language, those that others refer to (`main`) last. */
  readonly entrance?: (artifacts: ReadonlyMap<string, A>, linker: Linker) => Entrance
}

interface ArtifactOptions<A, S extends Attributes, C extends Children> {
  readonly name: string
  readonly namespace?: string
  readonly kind?: string
  readonly kindOf?: (element: XmlElement) => string
  readonly folders: readonly string[]
  readonly nameAttribute?: 'name' | 'key'
  readonly summary: string
  readonly attributes?: S
  readonly children?: C
  readonly content?: ContentKind
  readonly check?: (config: Config<S, C>, site: Site) => void
  readonly compile: (config: Config<S, C>, site: Site) => A | undefined
  readonly entrance?: (artifacts: ReadonlyMap<string, A>, linker: Linker) => Entrance
}

/** Declares a kind of artifact. */
export function defineArtifact<A, const S extends Attributes = {}, const C extends Children = {}>(
  definition: ArtifactOptions<A, S, C>,
): ArtifactDefinition<A, S, C> {
  return { kind: definition.name, nameAttribute: 'name', ...elementDefaults(definition) }
}

/** A definition whose form has been erased, as collections hold it: every definition is assignable to it. */
export interface AnyDefinition {
  readonly name: string
  readonly namespace: string
  readonly summary: string
  readonly attributes: Attributes
  readonly children: Children
  readonly content: ContentKind
  readonly check?: (config: never, site: Site) => void
}

export interface AnyMediatorDefinition extends AnyDefinition {
  readonly builds?: boolean | ((config: never) => boolean)
  readonly ends?: boolean | 'only'
  readonly compile: (config: never, site: Site) => Mediator
}

export interface AnyArtifactDefinition extends AnyDefinition {
  readonly kind: string
  readonly kindOf?: (element: XmlElement) => string
  readonly folders: readonly string[]
  readonly nameAttribute: 'name' | 'key'
  readonly compile: (config: never, site: Site) => unknown
  readonly entrance?: (artifacts: never, linker: Linker) => Entrance
}

/** Something else that is compiled from an element, such as a kind of endpoint. */
export interface PartDefinition<P> extends AnyDefinition {
  readonly compile: (config: never, site: Site) => P | undefined
}
