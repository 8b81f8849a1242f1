import type { MessageContext } from './context.ts'
import type { DiagnosticCode, Span } from './diagnostic.ts'
import type { Linker } from './linker.ts'
import type { XmlElement } from './xml/tree.ts'
import type { Attributes, Children, Config, ContentKind, Shape } from './schema.ts'

/** What the pipeline does after a mediator has run. */
export type Flow = 'continue' | 'stop'

/** The one verb of the bus. Sequences, branches, endpoints' onError and drop-in modules are all of this type. */
export type Mediator = (ctx: MessageContext) => Flow | Promise<Flow>

/** Ends the flow. */
export const stop = (): Flow => 'stop'

/** Where an element was written: the key for tracing, coverage, breakpoints and messages; and the way to the linker. */
export interface Site {
  readonly element: string
  readonly at: Span
  readonly node: XmlElement
  /** Stable within an artifact: `sequence:main/filter[1]/then/log[2]`. */
  readonly path: string
  readonly linker: Linker
  /** Reports a mistake of this element (or of `at` inside it). */
  readonly fail: (code: DiagnosticCode, message: string, at?: Span) => void
}

/** Wraps every mediator once, when it is compiled. Tracing, statistics, coverage and debugging live in layers. */
export type Layer = (inner: Mediator, site: Site) => Mediator

export const SYNAPSE = 'http://ws.apache.org/ns/synapse'

/** What every definition of an element has: loader, diagnostics, schema, reference and completion are made from it. */
export interface ElementDefinition<A extends Attributes, C extends Children> extends Shape<A, C> {
  readonly name: string
  readonly namespace: string
  readonly summary: string
  /** Rules between attributes and children that the shape cannot express. */
  readonly check?: (config: Config<A, C>, site: Site) => void
}

/** One mediator, whole. `compile` does all that can be done before the first message and has no side effects. */
export interface MediatorDefinition<
  A extends Attributes = Attributes,
  C extends Children = Children,
> extends ElementDefinition<A, C> {
  /** Whether the message must be in memory before the mediator runs (Synapse: content-aware). Expressions count by themselves. */
  readonly builds?: boolean | ((config: Config<A, C>) => boolean)
  /** Whether the flow always ends here, so that what follows can never run. `only`: and nothing else happens. */
  readonly ends?: boolean | 'only'
  readonly compile: (config: Config<A, C>, site: Site) => Mediator
}

interface ElementOptions<A extends Attributes, C extends Children> {
  readonly name: string
  readonly namespace?: string
  readonly summary: string
  readonly attributes?: A
  readonly children?: C
  readonly content?: ContentKind
  readonly check?: (config: Config<A, C>, site: Site) => void
}

/** Declares a mediator. Built-in ones and those in a home's `mediators/` folder use this same function. */
export function defineMediator<const A extends Attributes = {}, const C extends Children = {}>(
  definition: ElementOptions<A, C> & Pick<MediatorDefinition<A, C>, 'builds' | 'ends' | 'compile'>,
): MediatorDefinition<A, C> {
  return { ...elementDefaults(definition), compile: definition.compile }
}

/** Fills in what an element declaration leaves out. */
export function elementDefaults<A extends Attributes, C extends Children, D extends ElementOptions<A, C>>(
  definition: D,
): D & ElementDefinition<A, C> {
  return {
    namespace: SYNAPSE,
    content: 'empty',
    ...definition,
    attributes: definition.attributes ?? ({} as A),
    children: definition.children ?? ({} as C),
  }
}
