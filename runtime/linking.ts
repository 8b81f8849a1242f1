import type { AnyMediatorDefinition, PartDefinition } from './artifact.ts'
import type { BusServices } from './bus.ts'
import { Compiler } from './compiler.ts'
import { Diagnostics, formatDiagnostic, type Report, type Span } from './diagnostic.ts'
import type { Endpoint } from './endpoint.ts'
import { Facilities, type FacilityMap } from './facility.ts'
import { compileValue } from './expression/path.ts'
import type { Language } from './language.ts'
import { qualified } from './definitions.ts'
import type { ArtifactMap, Linker, Reference, Resource } from './linker.ts'
import { ArtifactNames, type Declaration } from './loading/artifact-names.ts'
import { entryResource, type LocalEntry } from './local-entry.ts'
import { type Layer, type Mediator, SYNAPSE } from './mediator.ts'
import type { ModuleExport, Modules } from './modules/index.ts'
import { type ParameterSources, resolveParameters } from './loading/parameters.ts'
import { parseSource } from './loading/parse-source.ts'
import { ReferenceGraph } from './loading/reference-graph.ts'
import { DynamicReference, KIND_WORDS, missing, StaticReference } from './loading/references.ts'
import type { Link, ReferableKind } from './loading/references.ts'
import type { Reading } from './schema.ts'
import type { XmlElement } from './xml/tree.ts'

export interface LinkingParts {
  readonly language: Language
  readonly services: BusServices
  readonly diagnostics: Diagnostics
  readonly modules: Modules
  readonly layers: readonly Layer[]
  readonly parameters: ParameterSources
  /** Registry, files and URLs; local entries are looked up before. */
  readonly resource: (key: string) => Resource | undefined
}

/** More artifacts than a home sensibly has in its registry: a bound for names computed from messages. */
const MOST_EXTERNAL = 1000

/**
 * The linker of one deployment. Artifacts are declared, then compiled, then linked; names computed for a message are
 * looked up afterwards, and what they find outside the deployed artifacts is compiled once.
 */
export class Linking implements Linker {
  readonly services: BusServices
  readonly artifacts = new Map<string, Map<string, unknown>>()
  readonly starts: (() => void | Promise<void>)[] = []
  readonly stops: (() => void | Promise<void>)[] = []
  /** Names of state that was asked for. */
  readonly states = new Set<string>()
  readonly #parts: LinkingParts
  readonly #compiler: Compiler
  readonly #names = new ArtifactNames()
  readonly #graph = new ReferenceGraph()
  readonly #links: Link[] = []
  readonly #unfinished: (() => void)[] = []
  readonly #malformed: Buffer[] = []
  readonly #facilities: Facilities
  /** Compiled from local entries and the registry; undefined while or after that failed. */
  readonly #external = new Map<string, unknown>()
  #diagnostics: Diagnostics
  #owner: Declaration | undefined
  #sealed = false

  constructor(parts: LinkingParts) {
    this.#parts = parts
    this.services = parts.services
    this.#diagnostics = parts.diagnostics
    this.#compiler = new Compiler(parts.language, this, parts.layers)
    this.#facilities = new Facilities(parts.language.facilities)
  }

  readonly report: Report = (code, at, message) => this.#diagnostics.report(code, at, message)

  /** Takes the name of an artifact; false when it is taken already, which is reported. */
  declare(declaration: Declaration): boolean {
    return this.#names.declare(declaration, this.report)
  }

  /** Remembers a file that could not be read: what it names may be in it, and is not missed as well. */
  malformed(bytes: Buffer): void {
    this.#malformed.push(bytes)
  }

  declared({ kind, name }: Declaration): boolean {
    return this.#names.get(kind, name) !== undefined
  }

  /** Compiles a declared artifact and keeps it under its name. */
  add(declaration: Declaration): void {
    const artifact = this.#compileOwned(declaration)
    if (artifact !== undefined) this.#named(declaration.kind).set(declaration.name, artifact)
  }

  /** Binds every static reference; reports those that lead nowhere, and circles. */
  link(): void {
    this.#bind()
    this.#graph.reportCircles(this.report)
  }

  /** From now on only names computed for messages are compiled; what they open is opened at once. */
  seal(): void {
    this.#sealed = true
  }

  reference<K extends ReferableKind>(kind: K, text: string, reading: Reading): Reference<ArtifactMap[K]> {
    const value = compileValue(text, reading)
    const { literal } = value
    if (literal === undefined) {
      // It may lead into the registry, and what is compiled for a message cannot wait.
      this.#parts.language.want()
      return new DynamicReference(value, (name) => this.#lookup(kind, name))
    }
    const reference = new StaticReference<ArtifactMap[K]>(kind, literal)
    this.#links.push({ kind, reference, at: reading.at })
    if (this.#owner !== undefined && !this.#sealed) this.#graph.note(this.#owner, kind, literal, reading)
    return reference
  }

  parameter(text: string, at: Span): string {
    return resolveParameters(text, this.#parts.parameters, (reason) => this.report('parameter-unresolved', at, reason))
  }

  resource(key: string): Resource | undefined {
    const entry = this.artifacts.get('localEntry')?.get(key) as LocalEntry | undefined
    return entry === undefined ? this.#parts.resource(key) : entryResource(entry)
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
    const definition = this.#parts.language.artifacts.get(qualified(SYNAPSE, 'endpoint'))
    return definition && (this.#compiler.compile(definition, element, path) as Endpoint | undefined)
  }

  module(name: string, at: Span, builtIn: ReadonlySet<string> = NO_NAMES): ModuleExport | undefined {
    const { modules } = this.#parts
    const found = modules.find(name)
    const reason = found === undefined ? modules.missing(name, builtIn) : undefined
    if (reason !== undefined) this.report('class-unknown', at, reason)
    return found
  }

  extensions(extension: string): readonly ModuleExport[] {
    return this.#parts.modules.all.filter((each) => each.kind === 'extension' && each.extension === extension)
  }

  facility<K extends keyof FacilityMap>(name: K): FacilityMap[K] | undefined {
    return this.#facilities.get(name, this)
  }

  state<T extends object>(name: string, fingerprint: string, create: () => T): T {
    this.states.add(name)
    return this.services.stores.borrow(name, fingerprint, create)
  }

  onLinked(then: () => void): void {
    this.#unfinished.push(then)
  }

  onStart(start: () => void | Promise<void>): void {
    if (this.#sealed) void this.#startLate(start)
    else this.starts.push(start)
  }

  onStop(stop: () => void | Promise<void>): void {
    this.stops.push(stop)
  }

  async #startLate(start: () => void | Promise<void>): Promise<void> {
    try {
      await start()
    } catch (failure) {
      const reason = failure instanceof Error ? failure.message : 'unknown'
      this.services.log.log('ERROR', 'deployment', `what a message asked for cannot be opened: ${reason}`)
    }
  }

  #named(kind: string): Map<string, unknown> {
    let named = this.artifacts.get(kind)
    if (named === undefined) this.artifacts.set(kind, (named = new Map()))
    return named
  }

  #compileOwned(owner: Declaration): unknown {
    const outer = this.#owner
    this.#owner = owner
    try {
      return this.#compiler.compile(owner.definition, owner.element, `${owner.kind}:${owner.name}`)
    } finally {
      this.#owner = outer
    }
  }

  #bind(): void {
    do {
      for (let link = this.#links.pop(); link !== undefined; link = this.#links.pop()) {
        const { kind, reference, at } = link
        const artifact = this.#find(kind, reference.text, at)
        if (artifact !== undefined) reference.bind(artifact)
      }
      this.#unfinished.shift()?.()
    } while (this.#links.length > 0 || this.#unfinished.length > 0)
  }

  #find(kind: ReferableKind, name: string, at: Span): unknown {
    const artifact = this.artifacts.get(kind)?.get(name)
    if (artifact !== undefined) return artifact
    // What is declared but was not compiled has been reported where it stands.
    const declared = this.#names.get(kind, name)
    if (declared !== undefined && this.artifacts.get(declared.kind)?.get(name) === undefined) return undefined
    const found = this.#fromElsewhere(kind, name, at)
    if (found !== undefined) return found.artifact
    if (this.#malformed.some((bytes) => bytes.includes(`"${name}"`) || bytes.includes(`'${name}'`))) return undefined
    const code = this.services.settings.references === 'late' ? 'reference-late' : 'reference-unresolved'
    this.report(code, at, this.#names.unresolved(kind, name))
    return undefined
  }

  /** A local entry or registry resource under that name, compiled as `kind`; undefined when there is neither. */
  #fromElsewhere(kind: ReferableKind, name: string, at: Span): { readonly artifact: unknown } | undefined {
    const key = `${kind} ${name}`
    if (this.#external.has(key)) return { artifact: this.#external.get(key) }
    const element = this.#elementOf(kind, name)
    if (element === undefined) return undefined
    if (this.#external.size >= MOST_EXTERNAL) this.#external.clear()
    this.#external.set(key, undefined)
    const artifact = element === 'malformed' ? undefined : this.#compileExternal(kind, name, element, at)
    this.#external.set(key, artifact)
    return { artifact }
  }

  #elementOf(kind: ReferableKind, name: string): XmlElement | 'malformed' | LocalEntry | undefined {
    const entry = this.artifacts.get('localEntry')?.get(name) as LocalEntry | undefined
    if (entry !== undefined) return this.#placed(entry)
    const resource = this.#parts.resource(name)
    if (resource === undefined) return undefined
    if (kind === 'localEntry') {
      return { key: name, text: resource.bytes.toString('utf8'), element: undefined, file: resource.file }
    }
    return parseSource(resource, this.report)?.root ?? 'malformed'
  }

  /** The element of a local entry with places, also when the entry was read from somewhere else. */
  #placed({ element, text, file }: LocalEntry): XmlElement | 'malformed' | undefined {
    if (element === undefined || element.at !== undefined) return element
    return parseSource({ file, bytes: Buffer.from(text) }, this.report)?.root ?? 'malformed'
  }

  #compileExternal(kind: ReferableKind, name: string, element: XmlElement | LocalEntry, at: Span): unknown {
    if (!('children' in element)) return element
    const definition = this.#parts.language.artifacts.get(qualified(element.namespace, element.name))
    if (definition !== undefined && (definition.kindOf?.(element) ?? definition.kind) === kind) {
      return this.#compileOwned({ definition, kind, name, element, at: element.at ?? at })
    }
    this.report('reference-unresolved', at, `"${name}" holds <${element.name}>, which is no ${KIND_WORDS[kind]}`)
    return undefined
  }

  #lookup<K extends ReferableKind>(kind: K, name: string): ArtifactMap[K] {
    const artifact = this.artifacts.get(kind)?.get(name) ?? this.#external.get(`${kind} ${name}`)
    if (artifact !== undefined) return artifact as ArtifactMap[K]
    return this.#compileLate(kind, name) as ArtifactMap[K]
  }

  /** Compiles what a computed name found outside the deployed artifacts. Its mistakes become the cause of a fault. */
  #compileLate(kind: ReferableKind, name: string): unknown {
    const diagnostics = new Diagnostics(this.#diagnostics.strict)
    const outer = this.#diagnostics
    this.#diagnostics = diagnostics
    try {
      const found = this.#fromElsewhere(kind, name, NOWHERE)
      this.#bind()
      if (found?.artifact !== undefined && !diagnostics.failed) return found.artifact
    } finally {
      this.#diagnostics = outer
    }
    this.#external.delete(`${kind} ${name}`)
    throw missing(
      kind,
      name,
      diagnostics.failed ? new Error(diagnostics.found.map(formatDiagnostic).join('\n')) : undefined,
    )
  }
}

/** A Java name is compared whole and by its class alone. */
const NO_NAMES: ReadonlySet<string> = new Set()

const NOWHERE: Span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 }
