import { attributeValue, type XmlElement } from 'viaduct'
import { BodyCompiler } from './body-compiler.ts'
import type { Documents } from './documents.ts'
import { type KeyDefinition, KeyIndexes } from './keys.ts'
import { type Declaration, isSimplified, type LoadStylesheet, readModules, type StylesheetSource } from './modules.ts'
import { expanded, XSL } from './names.ts'
import { LocalVariables, Names, type ReadVariable } from './names-in-scope.ts'
import { type DecimalFormat, readDecimalFormat } from './number-format.ts'
import { type OutputSettings, readOutputSettings } from './output-settings.ts'
import { anyOf, compilePattern } from './pattern.ts'
import { Run, type Instruction, type Node, type RunLimits, type Value } from './run.ts'
import { StylesheetError } from './stylesheet-error.ts'
import { RuleIndex } from './template-rules.ts'
import { compileStripping, type Strip } from './white-space.ts'

/** A template that is called by its name. */
export interface NamedTemplate {
  readonly body: Instruction
  readonly slots: () => number
}

/** A stylesheet as closures; holds no state of a transformation. */
export interface CompiledSheet {
  readonly output: OutputSettings
  readonly strip: Strip | undefined
  start(source: Node, parameters: ReadonlyMap<string, Value>, documents: Documents, limits: RunLimits): Run
}

/** Compiles a stylesheet with what it imports. Throws StylesheetError. */
export function compileSheet(source: StylesheetSource, load: LoadStylesheet): CompiledSheet {
  return new SheetCompiler(readModules(source, load)).compile()
}

class SheetCompiler {
  readonly #declarations: readonly Declaration[]
  readonly #globals = new Map<string, ReadVariable>()
  readonly #compute: ((run: Run) => Value)[] = []
  readonly #modes = new Map<string, RuleIndex>()
  readonly #named = new Map<string, NamedTemplate>()
  readonly #keys = new Map<string, KeyDefinition[]>()
  readonly #formats = new Map<string, DecimalFormat>()
  readonly #body: BodyCompiler
  #order = 0

  constructor(declarations: readonly Declaration[]) {
    this.#declarations = declarations
    this.#body = new BodyCompiler({
      attributeSets: this.#of('attribute-set').map(({ element }) => element),
      aliases: this.#aliases(),
      named: this.#named,
      mode: (name) => this.#mode(name),
      namesAt: (element, locals) => new Names(element, locals, this.#globals),
    })
  }

  compile(): CompiledSheet {
    this.#declareGlobals()
    for (const { element } of this.#of('decimal-format')) {
      const name = attributeValue(element, 'name')
      this.#formats.set(name === undefined ? '' : this.#names(element).qname(name), readDecimalFormat(element))
    }
    for (const { element } of this.#of('key')) this.#key(element)
    for (const declaration of this.#declarations) this.#template(declaration)
    for (const rules of this.#modes.values()) rules.seal()
    const initial = this.#mode('')
    const { builtIn } = this.#body
    const output = readOutputSettings(
      this.#of('output').map(({ element }) => element),
      (text, element, useDefault) => this.#elementName(text, element, useDefault),
    )
    return {
      output,
      strip: compileStripping(this.#declarations, (element) => this.#names(element)),
      start: (source, parameters, documents, limits) => {
        const run = new Run({
          source,
          parameters,
          documents,
          limits,
          globals: this.#compute,
          keys: new KeyIndexes(this.#keys),
          decimalFormats: this.#formats,
        })
        builtIn.apply(run, initial, '', [source], undefined)
        return run
      },
    }
  }

  #of(name: string): Declaration[] {
    return this.#declarations.filter(({ element }) => element.namespace === XSL && element.name === name)
  }

  #names(element: XmlElement): Names {
    return new Names(element, new LocalVariables(), this.#globals)
  }

  #elementName(text: string, element: XmlElement, useDefault: boolean): string {
    const names = this.#names(element)
    if (!useDefault || text.includes(':')) return names.qname(text)
    return expanded(names.namespace(''), text)
  }

  #mode(name: string): RuleIndex {
    let mode = this.#modes.get(name)
    if (mode === undefined) this.#modes.set(name, (mode = new RuleIndex()))
    return mode
  }

  #aliases(): ReadonlyMap<string, { readonly prefix: string; readonly namespace: string }> {
    const aliases = new Map<string, { prefix: string; namespace: string }>()
    for (const { element } of this.#of('namespace-alias')) {
      const read = (name: string): string => {
        const prefix = attributeValue(element, name) ?? ''
        return prefix === '#default' ? '' : prefix
      }
      const names = this.#names(element)
      const result = read('result-prefix')
      aliases.set(names.namespace(read('stylesheet-prefix')), { prefix: result, namespace: names.namespace(result) })
    }
    return aliases
  }

  /** All names first: variables may use those that follow. Of one name the highest precedence counts, then the last one. */
  #declareGlobals(): void {
    const globals = this.#declarations.filter(
      ({ element }) => element.namespace === XSL && (element.name === 'variable' || element.name === 'param'),
    )
    const chosen = new Map<string, XmlElement>()
    for (const { element } of globals) chosen.set(this.#nameOf(element), element)
    for (const name of chosen.keys()) {
      const index = this.#compute.length
      this.#compute.push(() => '')
      this.#globals.set(name, (run) => run.global(index))
    }
    let index = 0
    for (const [name, element] of chosen) {
      const locals = new LocalVariables()
      const value = this.#body.value(element, locals)
      const compute = (run: Run): Value => {
        run.frame = Array.from({ length: locals.slots })
        return value(run, run.source, 1, 1)
      }
      this.#compute[index++] = element.name === 'param' ? (run) => run.parameters.get(name) ?? compute(run) : compute
    }
  }

  #nameOf(element: XmlElement): string {
    const name = attributeValue(element, 'name')
    if (name === undefined) throw new StylesheetError(`xsl:${element.name} needs a name`, element)
    return this.#names(element).qname(name)
  }

  #key(element: XmlElement): void {
    const [match, use] = [attributeValue(element, 'match'), attributeValue(element, 'use')]
    if (match === undefined || use === undefined) throw new StylesheetError('xsl:key needs match and use', element)
    const names = this.#names(element)
    const definition = { match: anyOf(this.#pattern(match, names)), use: names.compile(use) }
    const name = this.#nameOf(element)
    this.#keys.set(name, [...(this.#keys.get(name) ?? []), definition])
  }

  #pattern(text: string, names: Names) {
    return this.#body.located(names.element, () => compilePattern(text, names))
  }

  #template({ element, precedence }: Declaration): void {
    if (isSimplified(element)) this.#rule('/', '', precedence, undefined, element, this.#body.simplified(element))
    if (element.namespace !== XSL || element.name !== 'template') return
    const [match, name] = [attributeValue(element, 'match'), attributeValue(element, 'name')]
    if (match === undefined && name === undefined)
      throw new StylesheetError('xsl:template needs match or name', element)
    const template = this.#body.template(element)
    // Declarations come with the lowest precedence first, so that the last one stays.
    if (name !== undefined) this.#named.set(this.#names(element).qname(name), template)
    if (match === undefined) return
    const mode = attributeValue(element, 'mode')
    const priority = attributeValue(element, 'priority')
    this.#rule(
      match,
      mode === undefined ? '' : this.#names(element).qname(mode),
      precedence,
      priority === undefined ? undefined : Number(priority),
      element,
      template,
    )
  }

  #rule(
    match: string,
    mode: string,
    precedence: number,
    priority: number | undefined,
    element: XmlElement,
    { body, slots }: NamedTemplate,
  ): void {
    for (const alternative of this.#pattern(match, this.#names(element)))
      this.#mode(mode).add({
        alternative,
        priority: priority ?? alternative.priority,
        precedence,
        order: this.#order++,
        body,
        slots,
      })
  }
}
