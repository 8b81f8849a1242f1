import { setImmediate } from 'node:timers/promises'
import type { AnyArtifactDefinition } from './artifact.ts'
import type { BusServices } from './bus.ts'
import { declarationsOf } from './loading/declarations.ts'
import { Deployment, type Entrance } from './deployment.ts'
import { type Diagnostic, Diagnostics } from './diagnostic.ts'
import type { HostedService } from './hosted-service.ts'
import type { Language } from './language.ts'
import { qualified } from './definitions.ts'
import type { Declaration } from './loading/artifact-names.ts'
import { Linking } from './linking.ts'
import type { Resource, Sequence } from './linker.ts'
import type { ParameterSources } from './loading/parameters.ts'
import type { Layer } from './mediator.ts'
import { type Modules, noModules } from './modules/index.ts'
import { parseSource } from './loading/parse-source.ts'
import { preMediated } from './loading/pre-mediation.ts'
import { REFERABLE, type ReferableKind } from './loading/references.ts'
import { validation } from './loading/validation.ts'
import { sequence } from './sequence.ts'
import { RemoteResources } from './loading/remote-resources.ts'
import type { SourceFile } from './loading/source-file.ts'
import { ELEMENT, type XmlElement } from './xml/tree.ts'

export interface LoadOptions {
  readonly number?: number
  /** Looks up registry and `file:` resources. */
  readonly resource?: (key: string) => Resource | undefined
  /** `file.properties` of the home, for `$FILE:` and `${configs.…}`. */
  readonly fileProperties?: ReadonlyMap<string, string>
  readonly modules?: Modules
  readonly layers?: readonly Layer[]
  /** Makes warnings errors. */
  readonly strict?: boolean
  /** What the load before this one has read from URLs: a change is not refused because a server far away is down. */
  readonly remote?: RemoteResources | undefined
  /** Diagnostics found before, by reading the home: they count, so that all mistakes come in one list. */
  readonly found?: readonly Diagnostic[]
}

/** What came of loading: a deployment that has not been started, or at least one error. */
export interface Loaded {
  readonly deployment: Deployment | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Names of the state it uses in `Stores`. */
  readonly states: ReadonlySet<string>
  readonly remote: RemoteResources
}

/** How long loading may keep the event loop from messages, milliseconds. */
const SLICE = 10

/** Rounds of fetching: a document behind a URL may name another one (WSDL, schema). */
const MOST_ROUNDS = 4

/**
 * Reads, compiles and links configuration files. Nothing is started and nothing changes but the state that definitions ask
 * for by name. All mistakes of all files are found in one run.
 */
export async function load(
  files: readonly SourceFile[],
  language: Language,
  services: BusServices,
  options: LoadOptions = {},
): Promise<Loaded> {
  const remote = new RemoteResources(services, options.remote)
  for (let round = 1; ; round++) {
    const loading = new Loading(files, language, services, options, remote)
    const loaded = await loading.run()
    if (!loading.incomplete(round)) return loaded
    // Compiling has no effects, so what named something that nobody had read yet is simply compiled again.
    await loading.fetch()
  }
}

/** One pass over all files. */
class Loading {
  readonly #files: readonly SourceFile[]
  readonly #language: Language
  readonly #services: BusServices
  readonly #options: LoadOptions
  readonly #diagnostics: Diagnostics
  readonly #linking: Linking
  readonly #parameters: ParameterSources
  readonly #remote: RemoteResources
  /** Roots of `<registry>` elements: where keys without a prefix may lead to besides the registry of the home. */
  readonly #roots: string[] = []
  #turned = performance.now()

  constructor(
    files: readonly SourceFile[],
    language: Language,
    services: BusServices,
    options: LoadOptions,
    remote: RemoteResources,
  ) {
    const { fileProperties, layers = [], modules = noModules, strict = false } = options
    this.#files = files
    this.#services = services
    this.#options = options
    this.#remote = remote
    this.#diagnostics = new Diagnostics(strict)
    this.#language = this.#withModules(language, modules)
    const { environment, settings } = services
    this.#parameters = {
      environment,
      file: (name) => fileProperties?.get(name),
      configuration: (name) =>
        fileProperties?.get(name) ?? environment(name) ?? services.system.get(name) ?? settings.properties[name],
    }
    this.#linking = new Linking({
      language: this.#language,
      services,
      diagnostics: this.#diagnostics,
      modules,
      layers,
      parameters: this.#parameters,
      resource: (key) => this.#resource(key),
    })
  }

  /** Whether something was asked for that has to be read first. URLs may lead to URLs without end. */
  incomplete(round: number): boolean {
    return this.#language.wanting || (round < MOST_ROUNDS && this.#remote.wanting)
  }

  /** Reads what was asked for; the next pass finds it. */
  async fetch(): Promise<void> {
    await this.#remote.fetch()
    await this.#language.fetch()
  }

  async run(): Promise<Loaded> {
    const declarations = await this.#declare()
    const order = [...declarations.filter(isLocalEntry), ...declarations.filter((each) => !isLocalEntry(each))]
    for (const declaration of order) {
      this.#linking.add(declaration)
      await this.#turn()
    }
    const hosted = this.#language.services.for(this.#linking).flatMap(({ create }) => create(this.#linking) ?? [])
    this.#linking.link()
    const deployment = this.#deployment(hosted)
    this.#linking.seal()
    const diagnostics = [...(this.#options.found ?? []), ...this.#diagnostics.found]
    const failed = diagnostics.some(({ severity }) => severity === 'error')
    return {
      deployment: failed ? undefined : deployment,
      diagnostics: inOrder(diagnostics),
      states: this.#linking.states,
      remote: this.#remote,
    }
  }

  async #declare(): Promise<Declaration[]> {
    const declared: Declaration[] = []
    for (const file of this.#files) {
      declared.push(...this.#declarationsOf(file))
      await this.#turn()
    }
    for (const file of this.#language.defaults) {
      const missing = this.#declarationsOf(file, (each) => !this.#linking.declared(each))
      declared.push(...missing)
    }
    // Most of what a home uses it names in its files, so that one pass is enough.
    for (const { element } of declared) wantAll(element, this.#language.mediators)
    await this.#language.fetch()
    return declared
  }

  #declarationsOf(file: SourceFile, wanted: (declaration: Declaration) => boolean = () => true): Declaration[] {
    const { report } = this.#diagnostics
    const document = parseSource(file, report)
    if (document === undefined) {
      this.#linking.malformed(file.bytes)
      return []
    }
    const { declarations, roots } = declarationsOf(document, this.#language, report)
    this.#roots.push(...roots)
    return declarations.filter((each) => wanted(each) && this.#linking.declare(each))
  }

  #deployment(hosted: readonly HostedService[]): Deployment {
    const linking = this.#linking
    return new Deployment({
      number: this.#options.number ?? 1,
      services: this.#services,
      artifacts: linking.artifacts,
      entrances: this.#entrances(hosted),
      resource: (key) => linking.resource(key),
      facility: (name) => linking.facility(name),
      pages: hosted.flatMap(({ pages = [] }) => pages),
      parameters: this.#parameters,
      start: linking.starts,
      stop: linking.stops,
    })
  }

  /** Artifacts of the home first, then what the bus serves itself, then what takes everything (`main`). */
  #entrances(hosted: readonly HostedService[]): Entrance[] {
    const definitions = [...this.#language.artifacts.values()]
    const last = ({ kind }: AnyArtifactDefinition) => REFERABLE.includes(kind as ReferableKind)
    const of = ({ kind, entrance }: AnyArtifactDefinition): Entrance[] => {
      const named = this.#linking.artifacts.get(kind) ?? new Map<string, unknown>()
      return [entrance?.(named as never, this.#linking) ?? []].flat()
    }
    const entrances = [
      ...definitions.filter((each) => !last(each)).flatMap(of),
      ...hosted.flatMap(({ entrance }) => entrance ?? []),
      ...definitions.filter(last).flatMap(of),
    ]
    const before = this.#linking.artifacts.get('sequence')?.get('pre-mediate') as Sequence | undefined
    const steps = [validation(this.#services.settings), before?.mediator].filter((step) => step !== undefined)
    return steps.length === 0 ? entrances : entrances.map((entrance) => preMediated(entrance, sequence(steps)))
  }

  #resource(key: string): Resource | undefined {
    const { resource } = this.#options
    if (RemoteResources.covers(key)) return this.#remote.get(key)
    const found = resource?.(key)
    if (found !== undefined || /^\w+:/.test(key)) return found
    for (const root of this.#roots) {
      const below = root + key
      const other = RemoteResources.covers(below) ? this.#remote.get(below) : resource?.(below)
      if (other !== undefined) return other
    }
    return undefined
  }

  #withModules(language: Language, modules: Modules): Language {
    const taken = new Set<string>()
    const fresh = modules.mediators().filter(({ namespace, name }) => {
      const key = qualified(namespace, name)
      if (!taken.has(key) && !language.mediators.has(key)) return taken.add(key)
      const file = modules.all.find((each) => each.kind === 'definition' && each.definition.name === name)?.file ?? ''
      this.#diagnostics.report(
        'module-failed',
        { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
        `there is a mediator <${name}> already; give yours another name or a namespace of its own`,
      )
      return false
    })
    return language.with(fresh)
  }

  /** Lets messages through when loading has kept the event loop for a while. */
  async #turn(): Promise<void> {
    if (performance.now() - this.#turned < SLICE) return
    await setImmediate()
    this.#turned = performance.now()
  }
}

/** Asks for the mediators that an element and all within it may name. */
function wantAll(element: XmlElement, mediators: Language['mediators']): void {
  mediators.get(qualified(element.namespace, element.name))
  for (const node of element.children) if (node.type === ELEMENT) wantAll(node, mediators)
}

const isLocalEntry = ({ kind }: Declaration): boolean => kind === 'localEntry'

const inOrder = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  diagnostics.toSorted(
    ({ at: a }, { at: b }) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  )
