import type { AnyDefinition, AnyMediatorDefinition, PartDefinition } from './artifact.ts'
import { ElementReader, readsBody, spanOf } from './element-reader.ts'
import { qualified } from './definitions.ts'
import { type DiagnosticCode, DIAGNOSTICS, type Report } from './diagnostic.ts'
import { guardedBuild, located } from './flow.ts'
import type { Language } from './language.ts'
import type { Linker } from './linker.ts'
import { type Layer, type Mediator, type Site, SYNAPSE } from './mediator.ts'
import { InvalidValue } from './schema.ts'
import { sequence } from './sequence.ts'
import type { XmlElement } from './xml/tree.ts'

/** Reads elements against their definitions and compiles them, reporting every mistake with its place. */
export class Compiler {
  readonly #language: Language
  readonly #linker: Linker
  readonly #layers: readonly Layer[]
  readonly #reader: ElementReader
  /** Errors so far. What has only warnings is compiled. */
  #failures = 0

  constructor(language: Language, linker: Linker, layers: readonly Layer[]) {
    this.#language = language
    this.#linker = linker
    this.#layers = layers
    this.#reader = new ElementReader(linker, this.#report, (elements, path) => this.pipeline(elements, path))
  }

  /** Compiles one element; undefined when anything in it is wrong (which has been reported). */
  compile<P>(definition: PartDefinition<P>, element: XmlElement, path: string): P | undefined {
    const site = this.#site(element, path)
    const config = this.#config(definition, element, site)
    if (config === undefined) return undefined
    return this.#attempt(definition.name, site, () => definition.compile(config as never, site))
  }

  /** Compiles mediators in order; wrong ones are reported and left out. */
  pipeline(elements: readonly XmlElement[], path: string): Mediator {
    const steps: Mediator[] = []
    const counts = new Map<string, number>()
    let ended: string | undefined
    for (const element of elements) {
      const count = (counts.get(element.name) ?? 0) + 1
      counts.set(element.name, count)
      const definition = this.#mediator(element)
      // `<send/><drop/>` is how Synapse configurations have always been written; it hides nothing.
      if (ended !== undefined && definition?.ends !== 'only') {
        const reason = `<${element.name}> never runs: <${ended}> before it ends the sequence`
        this.#report('flow-unreachable', spanOf(element), reason)
        // Once is enough for all that follows.
        ended = undefined
      }
      if (definition === undefined) continue
      const step = this.mediator(definition, element, `${path}/${element.name}[${count}]`)
      if (step !== undefined) steps.push(step)
      if (endsFlow(definition, this.#linker.services.settings.dialect)) ended ??= element.name
    }
    return sequence(steps)
  }

  /** Compiles one mediator by its definition, with the wrapping that every mediator has. */
  mediator(definition: AnyMediatorDefinition, element: XmlElement, path: string): Mediator | undefined {
    const site = this.#site(element, path)
    const config = this.#config(definition, element, site)
    if (config === undefined) return undefined
    const mediator = this.#attempt(definition.name, site, () => definition.compile(config as never, site))
    if (mediator === undefined) return undefined
    const { builds } = definition
    const whole = readsBody(config) || (typeof builds === 'function' ? builds(config as never) : builds === true)
    const inner = located(whole ? guardedBuild(mediator) : mediator, site.at)
    return this.#layers.reduceRight((wrapped, layer) => layer(wrapped, site), inner)
  }

  /** The element as its definition sees it; undefined when it is wrong. */
  #config(definition: AnyDefinition, element: XmlElement, site: Site): Record<string, unknown> | undefined {
    const before = this.#failures
    const config = this.#reader.read(definition, element, site.path)
    if (this.#failures === before) this.#attempt(definition.name, site, () => definition.check?.(config as never, site))
    return this.#failures === before ? config : undefined
  }

  /** Runs a part of a definition. What it throws is a mistake of the configuration, or a module that is itself wrong. */
  #attempt<T>(name: string, site: Site, work: () => T): T | undefined {
    try {
      return work()
    } catch (thrown) {
      if (thrown instanceof InvalidValue) site.fail(thrown.code, thrown.message)
      else
        site.fail(
          'module-failed',
          `<${name}> cannot be set up: ${thrown instanceof Error ? thrown.message : 'unknown'}`,
        )
      return undefined
    }
  }

  #mediator(element: XmlElement): AnyMediatorDefinition | undefined {
    const { name, namespace } = element
    const key = qualified(namespace, name)
    const definition = this.#language.mediators.get(key)
    // What is not loaded yet is compiled again when it is.
    if (definition !== undefined || this.#language.mediators.has(key)) return definition
    const at = spanOf(element)
    const pending = namespace === SYNAPSE ? this.#pending(name) : undefined
    if (pending !== undefined) this.#report('element-unsupported', at, `<${name}> is not supported yet: ${pending}`)
    else if (namespace === SYNAPSE) {
      this.#report('element-unknown', at, `there is no mediator <${name}>${this.#language.suggestMediator(name)}`)
    } else {
      const where = namespace === '' ? 'in no namespace' : `in the namespace "${namespace}"`
      const hint = `Synapse elements need xmlns="${SYNAPSE}"`
      this.#report('element-unknown', at, `there is no mediator <${name}> ${where}; ${hint}`)
    }
    return undefined
  }

  #pending(name: string): string | undefined {
    const pending = this.#language.pending.get(name)
    if (pending !== undefined || !name.includes('.')) return pending
    return 'operations of connectors come with the whole language'
  }

  #site(element: XmlElement, path: string): Site {
    const at = spanOf(element)
    return {
      element: element.name,
      at,
      node: element,
      path,
      linker: this.#linker,
      fail: (code: DiagnosticCode, message: string, where = at) => this.#report(code, where, message),
    }
  }

  readonly #report: Report = (code, at, message) => {
    if (DIAGNOSTICS[code].severity === 'error') this.#failures++
    this.#linker.report(code, at, message)
  }
}

/** In Apache's dialect the flow goes on after `send`; only what does nothing else than to end surely ends there. */
const endsFlow = ({ ends = false }: AnyMediatorDefinition, dialect: 'wso2' | 'apache'): boolean =>
  ends === 'only' || (ends && dialect === 'wso2')

export { spanOf }
