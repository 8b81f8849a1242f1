import { namespaceOf, xpath, type XmlElement } from 'viaduct'
import { compileFunction } from './functions.ts'
import { expanded } from './names.ts'
import type { Run } from './run.ts'
import { StylesheetError } from './stylesheet-error.ts'

/** How a variable of the stylesheet is read. */
export type ReadVariable = (run: Run) => unknown

/** Variables of a template: each has a slot of the frame. Names are visible behind their declaration, in the same block and inside. */
export class LocalVariables {
  readonly #outer: LocalVariables | undefined
  readonly #slots = new Map<string, number>()
  readonly #counter: { slots: number }

  constructor(outer?: LocalVariables) {
    this.#outer = outer
    this.#counter = outer === undefined ? { slots: 0 } : outer.#counter
  }

  /** How many slots the template needs; known when all of it is compiled. */
  get slots(): number {
    return this.#counter.slots
  }

  declare(name: string): number {
    const slot = this.#counter.slots++
    this.#slots.set(name, slot)
    return slot
  }

  find(name: string): number | undefined {
    return this.#slots.get(name) ?? this.#outer?.find(name)
  }
}

/** What names mean at one element of a stylesheet: prefixes, variables, functions. */
export class Names {
  readonly element: XmlElement
  readonly locals: LocalVariables
  readonly globals: ReadonlyMap<string, ReadVariable>
  readonly host: xpath.XPathHost<Run>

  constructor(element: XmlElement, locals: LocalVariables, globals: ReadonlyMap<string, ReadVariable>) {
    this.element = element
    this.locals = locals
    this.globals = globals
    this.host = {
      namespaces: (prefix) => (prefix === '' ? undefined : namespaceOf(prefix, element)),
      variable: (name) => this.#variable(this.expand(name.prefix, name.local)),
      function: (name, count) =>
        compileFunction(this, name.prefix === '' ? '' : this.namespace(name.prefix), name.local, count),
    }
  }

  /** Throws when the prefix is not declared. */
  namespace(prefix: string): string {
    const namespace = namespaceOf(prefix, this.element)
    if (namespace === undefined) throw new StylesheetError(`the prefix "${prefix}" is not declared`, this.element)
    return namespace
  }

  /** A QName of the stylesheet; the default namespace does not count. */
  expand(prefix: string, local: string): string {
    return expanded(prefix === '' ? '' : this.namespace(prefix), local)
  }

  qname(text: string): string {
    const [first = '', second] = text.trim().split(':', 2)
    return second === undefined ? this.expand('', first) : this.expand(first, second)
  }

  compile(text: string): xpath.Compiled<Run> {
    try {
      return xpath.compileExpression(xpath.parseXPath(text, this.host.namespaces), this.host)
    } catch (thrown) {
      if (!(thrown instanceof xpath.XPathError)) throw thrown
      throw new StylesheetError(`"${text}": ${thrown.message} (at character ${thrown.offset + 1})`, this.element)
    }
  }

  #variable(name: string): ReadVariable | undefined {
    const slot = this.locals.find(name)
    if (slot !== undefined) return (run) => run.frame[slot]
    return this.globals.get(name)
  }
}
