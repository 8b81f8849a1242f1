import type { AnyDefinition, AnyMediatorDefinition, PartDefinition } from './artifact.ts'
import { type DiagnosticCode, didYouMean, type Report, type Span } from './diagnostic.ts'
import type { Endpoint } from './endpoint.ts'
import { guardedBuild, located } from './flow.ts'
import { type Language, qualified } from './language.ts'
import type { Linker } from './linker.ts'
import { type Layer, type Mediator, type Site, SYNAPSE } from './mediator.ts'
import {
  type Attribute,
  type Attributes,
  type Child,
  type Children,
  InvalidValue,
  type Reading,
  type Shape,
} from './schema.ts'
import { sequence } from './sequence.ts'
import { COMMENT, ELEMENT, INSTRUCTION, TEXT, type XmlAttribute, type XmlElement } from './xml/tree.ts'

/** Attributes every element may carry: documentation and Synapse's switches for tracing, which layers read from the element. */
const EVERYWHERE = new Set(['description', 'statistics', 'trace', 'traceFilter', 'id'])

/** Reads elements against their definitions and compiles them, reporting every mistake with its place. */
export class Compiler {
  readonly #language: Language
  readonly #linker: Linker
  readonly #layers: readonly Layer[]
  #failures = 0

  constructor(language: Language, linker: Linker, layers: readonly Layer[]) {
    this.#language = language
    this.#linker = linker
    this.#layers = layers
  }

  /** Compiles one element; undefined when anything in it is wrong (which has been reported). */
  compile<P>(definition: PartDefinition<P>, element: XmlElement, path: string): P | undefined {
    const before = this.#failures
    const site = this.#site(element, path)
    const config = this.#config(definition, element, path)
    if (this.#failures === before) definition.check?.(config as never, site)
    if (this.#failures !== before) return undefined
    return definition.compile(config as never, site)
  }

  /** Compiles mediators in order; wrong ones are reported and left out. */
  pipeline(elements: readonly XmlElement[], path: string): Mediator {
    const steps: Mediator[] = []
    const counts = new Map<string, number>()
    let ended: string | undefined
    for (const element of elements) {
      const count = (counts.get(element.name) ?? 0) + 1
      counts.set(element.name, count)
      if (ended !== undefined)
        this.#report(
          'flow-unreachable',
          spanOf(element),
          `<${element.name}> never runs: <${ended}> before it ends the sequence`,
        )
      const definition = this.#mediator(element)
      if (definition === undefined) continue
      const step = this.mediator(definition, element, `${path}/${element.name}[${count}]`)
      if (step !== undefined) steps.push(step)
      ended = definition.ends === true && this.#linker.services.settings.dialect === 'wso2' ? element.name : undefined
    }
    return sequence(steps)
  }

  /** Compiles one mediator by its definition, with the wrapping that every mediator has. */
  mediator(definition: AnyMediatorDefinition, element: XmlElement, path: string): Mediator | undefined {
    const before = this.#failures
    const site = this.#site(element, path)
    const config = this.#config(definition, element, path)
    if (this.#failures === before) definition.check?.(config as never, site)
    if (this.#failures !== before) return undefined
    const mediator = definition.compile(config as never, site)
    const builds =
      readsBody(config) ||
      (typeof definition.builds === 'function' ? definition.builds(config as never) : definition.builds === true)
    const inner = located(builds ? guardedBuild(mediator) : mediator, site.at)
    return this.#layers.reduceRight((wrapped, layer) => layer(wrapped, site), inner)
  }

  #mediator(element: XmlElement): AnyMediatorDefinition | undefined {
    const definition = this.#language.mediators.get(qualified(element.namespace, element.name))
    if (definition !== undefined) return definition
    const pending = element.namespace === SYNAPSE ? this.#language.pending.get(element.name) : undefined
    if (pending !== undefined) {
      this.#report('element-unsupported', spanOf(element), `<${element.name}> is not supported yet: ${pending}`)
    } else if (element.namespace !== SYNAPSE) {
      this.#report(
        'element-unknown',
        spanOf(element),
        `there is no mediator <${element.name}> in the namespace "${element.namespace}"; Synapse elements need xmlns="${SYNAPSE}"`,
      )
    } else {
      this.#report(
        'element-unknown',
        spanOf(element),
        `there is no mediator <${element.name}>${this.#language.suggestMediator(element.name)}`,
      )
    }
    return undefined
  }

  #config(shape: Shape | AnyDefinition, element: XmlElement, path: string): Record<string, unknown> {
    const config: Record<string, unknown> = {
      node: element,
      text: '',
      pipeline: undefined,
      endpoint: undefined,
      endpoints: [],
    }
    this.#attributes(shape.attributes, element, config)
    const steps = this.#children(shape, element, path, config)
    if (shape.content === 'pipeline' && steps.length > 0) config['pipeline'] = this.pipeline(steps, path)
    if (shape.content === 'endpoint' || shape.content === 'endpoints')
      this.#endpoints(shape.content, element, path, config)
    return config
  }

  #children(
    shape: Shape | AnyDefinition,
    element: XmlElement,
    path: string,
    config: Record<string, unknown>,
  ): XmlElement[] {
    const declared = new Map<string, [string, Child]>()
    for (const [key, child] of Object.entries<Child>(shape.children)) {
      declared.set(child.element, [key, child])
      config[key] = child.many ? [] : undefined
    }
    const steps: XmlElement[] = []
    let text = ''
    for (const node of element.children) {
      if (node.type === TEXT) text += node.value
      if (node.type === TEXT || node.type === COMMENT || node.type === INSTRUCTION) continue
      const [key, child] =
        (node.namespace === element.namespace || node.namespace === SYNAPSE ? declared.get(node.name) : undefined) ?? []
      if (key !== undefined && child !== undefined) this.#child(key, child, node, path, config)
      else this.#undeclared(shape, element, node, declared.keys(), steps)
    }
    this.#text(shape, element, text, config)
    for (const [key, child] of declared.values()) {
      if (child.mandatory && config[key] === undefined)
        this.#report('element-missing', spanOf(element), `<${element.name}> needs a <${child.element}>`)
    }
    return steps
  }

  #child(key: string, child: Child, node: XmlElement, path: string, config: Record<string, unknown>): void {
    const siblings = config[key]
    if (Array.isArray(siblings))
      siblings.push(this.#config(child, node, `${path}/${child.element}[${siblings.length + 1}]`))
    else if (siblings !== undefined)
      this.#report('element-repeated', spanOf(node), `<${child.element}> may appear only once`)
    else config[key] = this.#config(child, node, `${path}/${child.element}`)
  }

  #undeclared(
    shape: Shape | AnyDefinition,
    parent: XmlElement,
    node: XmlElement,
    known: Iterable<string>,
    steps: XmlElement[],
  ): void {
    if (node.name === 'description' && node.namespace === SYNAPSE) return
    if (shape.content === 'pipeline') {
      steps.push(node)
      return
    }
    if (shape.content === 'xml') return
    if ((shape.content === 'endpoint' || shape.content === 'endpoints') && node.name === 'endpoint') return
    this.#report(
      'element-unknown',
      spanOf(node),
      `<${parent.name}> has no child <${node.name}>${didYouMean(node.name, known)}`,
    )
  }

  #text(shape: Shape | AnyDefinition, element: XmlElement, text: string, config: Record<string, unknown>): void {
    const trimmed = text.trim()
    config['text'] = trimmed
    if (trimmed === '' || shape.content === 'text' || shape.content === 'xml') return
    this.#report(
      'text-invalid',
      spanOf(element),
      `<${element.name}> holds no text, but "${trimmed.slice(0, 40)}" stands in it`,
    )
  }

  #endpoints(
    content: 'endpoint' | 'endpoints',
    element: XmlElement,
    path: string,
    config: Record<string, unknown>,
  ): void {
    const found = element.children.filter(
      (node): node is XmlElement => node.type === ELEMENT && node.name === 'endpoint' && node.namespace === SYNAPSE,
    )
    const endpoints = found.flatMap((node, i): Endpoint[] => {
      if (content === 'endpoint' && i > 0)
        this.#report('element-repeated', spanOf(node), '<endpoint> may appear only once')
      const endpoint = this.#linker.endpoint(node, `${path}/endpoint[${i + 1}]`)
      return endpoint === undefined ? [] : [endpoint]
    })
    config['endpoints'] = endpoints
    config['endpoint'] = endpoints[0]
  }

  #attributes(attributes: Attributes, element: XmlElement, config: Record<string, unknown>): void {
    const declared = new Map(
      Object.entries(attributes).map(([key, attribute]) => [attribute.xml ?? key, [key, attribute] as const]),
    )
    const given = new Set<string>()
    for (const attribute of element.attributes) {
      if (attribute.namespace !== '') continue
      given.add(attribute.name)
      const known = declared.get(attribute.name)
      if (known !== undefined) this.#read(known[0], known[1], attribute, element, config)
      else if (!EVERYWHERE.has(attribute.name)) {
        this.#report(
          'attribute-unknown',
          attribute.at ?? spanOf(element),
          `<${element.name}> has no attribute "${attribute.name}"${didYouMean(attribute.name, declared.keys())}`,
        )
      }
    }
    for (const [name, [key, attribute]] of declared) {
      if (given.has(name)) continue
      if (attribute.fallback !== undefined)
        config[key] = attribute.read(attribute.fallback, this.#reading(element, spanOf(element)))
      else if (attribute.mandatory)
        this.#report('attribute-missing', spanOf(element), `<${element.name}> needs the attribute "${name}"`)
    }
  }

  #read(
    key: string,
    known: Attribute<unknown>,
    { name, value, valueAt }: XmlAttribute,
    element: XmlElement,
    config: Record<string, unknown>,
  ): void {
    const at = valueAt ?? spanOf(element)
    try {
      config[key] = known.read(value, this.#reading(element, at))
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      this.#report(error.code, at, `${name}="${value}": ${error.message}`)
    }
  }

  #reading(element: XmlElement, at: Span): Reading {
    return { element, at, linker: this.#linker }
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
    this.#failures++
    this.#linker.report(code, at, message)
  }
}

/** Whether an expression among the attributes of an element or its declared children looks into the body. */
function readsBody(config: Record<string, unknown>): boolean {
  for (const [key, value] of Object.entries(config)) {
    if (
      key === 'node' ||
      key === 'pipeline' ||
      key === 'endpoint' ||
      key === 'endpoints' ||
      typeof value !== 'object' ||
      value === null
    )
      continue
    if ('contentAware' in value) {
      if (value.contentAware === true) return true
    } else if (Array.isArray(value)) {
      if (
        value.some(
          (each: unknown) =>
            typeof each === 'object' && each !== null && 'node' in each && readsBody(each as Record<string, unknown>),
        )
      )
        return true
    } else if ('node' in value && readsBody(value as Record<string, unknown>)) return true
  }
  return false
}

/** Where an element was written; elements made in memory have no place. */
export const spanOf = (element: XmlElement): Span => element.at ?? NOWHERE

const NOWHERE: Span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 }

export type { Children }
