import type { AnyMediatorDefinition, PartDefinition } from '../artifact.ts'
import type { Compiler } from '../compiler.ts'
import type { MessageContext } from '../context.ts'
import type { Deployment } from '../deployment.ts'
import type { Diagnostics, Report, Span } from '../diagnostic.ts'
import type { Endpoint } from '../endpoint.ts'
import { Definitions } from '../definitions.ts'
import { Facilities, type FacilityDefinition, type FacilityMap } from '../facility.ts'
import { compileValue } from '../expression/path.ts'
import { Fault, type FaultCode } from '../fault.ts'
import type { ArtifactMap, Linker, Reference, Resource } from '../linker.ts'
import type { Mediator } from '../mediator.ts'
import type { ModuleExport } from '../modules/module-exports.ts'
import { type Modules, noModules } from '../modules/modules.ts'
import type { Reading } from '../schema.ts'
import type { XmlElement } from '../xml/tree.ts'

/** How a test compiles `<endpoint>` elements, and the modules it has instead of a `mediators/` folder. */
export interface LinkerParts {
  readonly endpoint?: (element: XmlElement, path: string, compiler: Compiler) => Endpoint | undefined
  readonly modules?: Modules
  /** What other rooms would offer. */
  readonly facilities?: readonly FacilityDefinition[]
}

type Kind = keyof ArtifactMap
interface Link {
  readonly kind: Kind
  readonly name: string
  readonly at: Span
}

/** Links snippets against a deployment that exists already. The linker of homes lives with their loader. */
export class TestLinker implements Linker {
  readonly report: Report
  readonly #deployment: Deployment
  readonly #parts: LinkerParts
  readonly #facilities: Facilities
  readonly #links: Link[] = []
  readonly #unfinished: (() => void)[] = []
  readonly started: (() => void | Promise<void>)[] = []
  readonly stopped: (() => void | Promise<void>)[] = []
  compiler: Compiler | undefined

  constructor(deployment: Deployment, { report }: Diagnostics, parts: LinkerParts) {
    this.report = report
    this.#deployment = deployment
    this.#parts = parts
    this.#facilities = new Facilities(Definitions.of(parts.facilities ?? []))
  }

  get services() {
    return this.#deployment.services
  }

  reference<K extends Kind>(kind: K, text: string, reading: Reading): Reference<ArtifactMap[K]> {
    const value = compileValue(text, reading)
    const { literal } = value
    if (literal !== undefined) this.#links.push({ kind, name: literal, at: reading.at })
    return {
      text,
      dynamic: literal === undefined,
      get: (ctx: MessageContext) => {
        const name = literal ?? value.string(ctx)
        const artifact = this.#deployment.find(kind, name)
        if (artifact === undefined) throw new Fault(missingCode(kind), `there is no ${kind} "${name}"`)
        return artifact
      },
    }
  }

  /** Reports every static reference that leads nowhere. */
  link(): void {
    for (const finish of this.#unfinished) finish()
    for (const { kind, name, at } of this.#links) {
      if (this.#deployment.find(kind, name) === undefined)
        this.report('reference-unresolved', at, `there is no ${kind} "${name}"`)
    }
  }

  parameter(text: string, at: Span): string {
    if (!text.startsWith('$SYSTEM:')) return text
    const value = this.services.environment(text.slice('$SYSTEM:'.length))
    if (value === undefined) this.report('parameter-unresolved', at, `${text} is not set`)
    return value ?? ''
  }

  resource(key: string): Resource | undefined {
    return this.#deployment.resource(key)
  }

  pipeline(elements: readonly XmlElement[], path: string): Mediator {
    return this.#compiler.pipeline(elements, path)
  }

  compile<P>(definition: PartDefinition<P>, element: XmlElement, path: string): P | undefined {
    return this.#compiler.compile(definition, element, path)
  }

  mediator(definition: AnyMediatorDefinition, element: XmlElement, path: string): Mediator | undefined {
    return this.#compiler.mediator(definition, element, path)
  }

  endpoint(element: XmlElement, path: string): Endpoint | undefined {
    return this.#parts.endpoint?.(element, path, this.#compiler)
  }

  module(name: string, at: Span, builtIn?: ReadonlySet<string>): ModuleExport | undefined {
    const found = (this.#parts.modules ?? noModules).find(name)
    if (found === undefined && builtIn?.has(name.slice(name.lastIndexOf('.') + 1)) !== true)
      this.report('class-unknown', at, `there is no module "${name}"`)
    return found
  }

  extensions(): readonly ModuleExport[] {
    return []
  }

  facility<K extends keyof FacilityMap>(name: K): FacilityMap[K] | undefined {
    return this.#facilities.get(name, this)
  }

  state<T extends object>(name: string, fingerprint: string, create: () => T): T {
    return this.services.stores.borrow(name, fingerprint, create)
  }

  onLinked(then: () => void): void {
    this.#unfinished.push(then)
  }

  onStart(start: () => void | Promise<void>): void {
    this.started.push(start)
  }

  onStop(stop: () => void | Promise<void>): void {
    this.stopped.push(stop)
  }

  get #compiler(): Compiler {
    if (this.compiler === undefined) throw new Error('the linker has no compiler yet')
    return this.compiler
  }
}

const missingCode = (kind: Kind): FaultCode =>
  kind === 'sequence' || kind === 'template' ? 'sequence-not-found' : 305100
