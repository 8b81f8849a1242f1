import type { AnyDefinition } from './artifact.ts'
import { didYouMean, type Report, type Span } from './diagnostic.ts'
import type { Endpoint } from './endpoint.ts'
import type { Linker } from './linker.ts'
import { type Mediator, SYNAPSE } from './mediator.ts'
import { type Attribute, type Attributes, type Child, type Children, InvalidValue, type Shape } from './schema.ts'
import { ELEMENT, TEXT, type XmlAttribute, type XmlElement } from './xml/tree.ts'

/** Attributes every element may carry: documentation and Synapse's switches for tracing, which layers read from the element. */
export const EVERYWHERE: ReadonlySet<string> = new Set(['description', 'statistics', 'trace', 'traceFilter', 'id'])

type Form = Shape | AnyDefinition
type Values = Record<string, unknown>
type Declared<T> = ReadonlyMap<string, readonly [key: string, declared: T]>

/** Makes of an element what its definition declares: every attribute read, every child read, mediators compiled. */
export class ElementReader {
  readonly #linker: Linker
  readonly #report: Report
  readonly #pipeline: (elements: readonly XmlElement[], path: string) => Mediator
  /** Declarations by XML name, found once per form: a large home has thousands of elements of few forms. */
  readonly #attributesOf = new WeakMap<Attributes, Declared<Attribute<unknown>>>()
  readonly #childrenOf = new WeakMap<Children, Declared<Child>>()

  constructor(linker: Linker, report: Report, pipeline: (elements: readonly XmlElement[], path: string) => Mediator) {
    this.#linker = linker
    this.#report = report
    this.#pipeline = pipeline
  }

  /** Reads as much as can be read; what is wrong is reported and left out. */
  read(form: Form, element: XmlElement, path: string): Values {
    const values: Values = { node: element, text: '', pipeline: undefined, endpoint: undefined, endpoints: [] }
    this.#readAttributes(form.attributes, element, values)
    const steps = this.#readChildren(form, element, path, values)
    if (form.content === 'pipeline' && steps.length > 0) values['pipeline'] = this.#pipeline(steps, path)
    if (form.content === 'endpoint' || form.content === 'endpoints')
      this.#endpoints(form.content, element, path, values)
    return values
  }

  #readAttributes(attributes: Attributes, element: XmlElement, values: Values): void {
    const declared = this.#declaredAttributes(attributes)
    for (const attribute of element.attributes) {
      if (attribute.namespace !== '') continue
      const [key, known] = declared.get(attribute.name) ?? []
      if (key !== undefined && known !== undefined) this.#readAttribute(key, known, attribute, element, values)
      else if (!EVERYWHERE.has(attribute.name)) {
        const reason = `<${element.name}> has no attribute "${attribute.name}"${didYouMean(attribute.name, declared.keys())}`
        this.#report('attribute-unknown', attribute.at ?? spanOf(element), reason)
      }
    }
    for (const [name, [key, attribute]] of declared) {
      if (element.attributes.some((given) => given.name === name && given.namespace === '')) continue
      if (attribute.fallback !== undefined) {
        values[key] = attribute.read(attribute.fallback, { element, at: spanOf(element), linker: this.#linker })
      } else if (attribute.mandatory) {
        this.#report('attribute-missing', spanOf(element), `<${element.name}> needs the attribute "${name}"`)
      }
    }
  }

  #readAttribute(
    key: string,
    known: Attribute<unknown>,
    { name, value, valueAt }: XmlAttribute,
    element: XmlElement,
    values: Values,
  ): void {
    const at = valueAt ?? spanOf(element)
    try {
      values[key] = known.read(value, { element, at, linker: this.#linker })
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      this.#report(error.code, at, `${name}="${value}": ${error.message}`)
    }
  }

  /** Reads declared children; gives the others that may be mediators. */
  #readChildren(form: Form, element: XmlElement, path: string, values: Values): XmlElement[] {
    const declared = this.#declaredChildren(form.children)
    for (const [key, child] of declared.values()) values[key] = child.many ? [] : undefined
    const steps: XmlElement[] = []
    let text = ''
    for (const node of element.children) {
      if (node.type === TEXT) text += node.value
      if (node.type !== ELEMENT) continue
      const related = node.namespace === element.namespace || node.namespace === SYNAPSE
      const [key, child] = (related ? declared.get(node.name) : undefined) ?? []
      if (key !== undefined && child !== undefined) this.#readChild(key, child, node, path, values)
      else this.#undeclared(form, element, node, declared, steps)
    }
    this.#readText(form, element, text, values)
    for (const [key, child] of declared.values()) {
      if (child.mandatory && values[key] === undefined) {
        this.#report('element-missing', spanOf(element), `<${element.name}> needs a <${child.element}>`)
      }
    }
    return steps
  }

  #readChild(key: string, child: Child, node: XmlElement, path: string, values: Values): void {
    const siblings = values[key]
    if (Array.isArray(siblings))
      siblings.push(this.read(child, node, `${path}/${child.element}[${siblings.length + 1}]`))
    else if (siblings !== undefined) {
      this.#report('element-repeated', spanOf(node), `<${child.element}> may appear only once`)
    } else values[key] = this.read(child, node, `${path}/${child.element}`)
  }

  #undeclared(form: Form, parent: XmlElement, node: XmlElement, declared: Declared<Child>, steps: XmlElement[]): void {
    if (node.name === 'description' && node.namespace === SYNAPSE) return
    if (form.content === 'pipeline') {
      steps.push(node)
      return
    }
    if (form.content === 'xml') return
    if ((form.content === 'endpoint' || form.content === 'endpoints') && isEndpoint(node)) return
    const where = node.namespace === '' ? 'in no namespace' : `in the namespace "${node.namespace}"`
    const hint = declared.has(node.name) ? ` ${where}` : didYouMean(node.name, declared.keys())
    this.#report('element-unknown', spanOf(node), `<${parent.name}> has no child <${node.name}>${hint}`)
  }

  #readText(form: Form, element: XmlElement, text: string, values: Values): void {
    const trimmed = text.trim()
    values['text'] = trimmed
    if (trimmed === '' || form.content === 'text' || form.content === 'xml') return
    const shown = trimmed.slice(0, 40)
    this.#report('text-invalid', spanOf(element), `<${element.name}> holds no text, but "${shown}" stands in it`)
  }

  #endpoints(content: 'endpoint' | 'endpoints', element: XmlElement, path: string, values: Values): void {
    const found = element.children.filter((node): node is XmlElement => node.type === ELEMENT && isEndpoint(node))
    const endpoints = found.flatMap((node, i): Endpoint[] => {
      if (content === 'endpoint' && i > 0) {
        this.#report('element-repeated', spanOf(node), '<endpoint> may appear only once')
      }
      const endpoint = this.#linker.endpoint(node, `${path}/endpoint[${i + 1}]`)
      return endpoint === undefined ? [] : [endpoint]
    })
    values['endpoints'] = endpoints
    values['endpoint'] = endpoints[0]
  }

  #declaredAttributes(attributes: Attributes): Declared<Attribute<unknown>> {
    let declared = this.#attributesOf.get(attributes)
    if (declared === undefined) {
      declared = new Map(
        Object.entries(attributes).map(([key, attribute]) => [attribute.xml ?? key, [key, attribute] as const]),
      )
      this.#attributesOf.set(attributes, declared)
    }
    return declared
  }

  #declaredChildren(children: Children): Declared<Child> {
    let declared = this.#childrenOf.get(children)
    if (declared === undefined) {
      declared = new Map(Object.entries<Child>(children).map(([key, child]) => [child.element, [key, child] as const]))
      this.#childrenOf.set(children, declared)
    }
    return declared
  }
}

/** Whether an expression among the attributes of an element or its declared children looks into the body. */
export function readsBody(values: Readonly<Values>): boolean {
  for (const [key, value] of Object.entries(values)) {
    if (typeof value !== 'object' || value === null || NOT_READ.has(key)) continue
    if ('contentAware' in value) {
      if (value.contentAware === true) return true
    } else if (Array.isArray(value) ? value.some(isReading) : isReading(value)) return true
  }
  return false
}

const NOT_READ: ReadonlySet<string> = new Set(['node', 'pipeline', 'endpoint', 'endpoints'])

const isReading = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'node' in value && readsBody(value)

const isEndpoint = ({ name, namespace }: XmlElement): boolean => name === 'endpoint' && namespace === SYNAPSE

/** Where an element was written; elements made in memory have no place. */
export const spanOf = (element: XmlElement): Span => element.at ?? NOWHERE

const NOWHERE: Span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 }
