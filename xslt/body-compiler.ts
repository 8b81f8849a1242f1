import { attributeValue, ELEMENT, TEXT, xpath, XML_NAMESPACE, type XmlElement, type XmlNode } from 'viaduct'
import { BuiltInRules } from './built-in-rules.ts'
import { INSTRUCTIONS } from './instructions/index.ts'
import { compileLiteralElement } from './instructions/literal-element.ts'
import { XSL } from './names.ts'
import { LocalVariables, type Names } from './names-in-scope.ts'
import type { NamedTemplate } from './compile-stylesheet.ts'
import type { NamespaceList } from './result-builder.ts'
import type { Instruction, Node, Run, Value } from './run.ts'
import { StylesheetError } from './stylesheet-error.ts'
import type { RuleIndex } from './template-rules.ts'

/** What bodies need to know of the whole stylesheet. */
export interface BodySurroundings {
  readonly attributeSets: readonly XmlElement[]
  readonly aliases: ReadonlyMap<string, { readonly prefix: string; readonly namespace: string }>
  readonly named: ReadonlyMap<string, NamedTemplate>
  readonly mode: (name: string) => RuleIndex
  readonly namesAt: (element: XmlElement, locals: LocalVariables) => Names
}

/** What one instruction is compiled with. */
export interface InstructionSite {
  readonly element: XmlElement
  readonly names: Names
  readonly compiler: BodyCompiler
}

export type CompileInstruction = (site: InstructionSite) => Instruction

export type Compute = (run: Run, node: Node, position: number, size: number) => Value

/** Children that say more about their instruction and are no instructions themselves. */
const PARTS: ReadonlySet<string> = new Set(['param', 'with-param', 'sort', 'when', 'otherwise', 'fallback'])

/** Compiles the content of templates and instructions. */
export class BodyCompiler {
  readonly surroundings: BodySurroundings
  readonly builtIn = new BuiltInRules()
  /** Namespace lists of literal elements: those with the same ones share one. */
  readonly namespaces = new Map<XmlElement, NamespaceList>()

  constructor(surroundings: BodySurroundings) {
    this.surroundings = surroundings
  }

  template(element: XmlElement): NamedTemplate {
    const locals = new LocalVariables()
    const body = this.sequence(element.children, locals, true)
    return { body, slots: () => locals.slots }
  }

  /** A literal result element that is a stylesheet by itself. */
  simplified(element: XmlElement): NamedTemplate {
    const locals = new LocalVariables()
    return { body: this.sequence([element], locals), slots: () => locals.slots }
  }

  /** The content of an element as a block: variables in it are not seen behind it. */
  content(element: XmlElement, names: Names): Instruction {
    return this.sequence(element.children, new LocalVariables(names.locals))
  }

  sequence(nodes: readonly XmlNode[], locals: LocalVariables, takesParameters = false): Instruction {
    const steps: Instruction[] = []
    for (const node of nodes) {
      if (node.type === TEXT) {
        const step = literalText(node.value, node.parent)
        if (step !== undefined) steps.push(step)
      } else if (node.type === ELEMENT) {
        const isParameter = node.namespace === XSL && node.name === 'param'
        if (node.namespace === XSL && PARTS.has(node.name) && !(takesParameters && isParameter)) continue
        steps.push(this.#instruction(node, locals))
      }
    }
    return inOrder(steps)
  }

  /** The value of a variable, parameter or passed value: of `select`, else the content as a fragment. */
  value(element: XmlElement, locals: LocalVariables): Compute {
    const names = this.surroundings.namesAt(element, locals)
    const select = attributeValue(element, 'select')
    if (select !== undefined) {
      const { value } = names.compile(select)
      return (run, node, position, size) => value(node, position, size, run.evaluation)
    }
    if (element.children.length === 0) return () => ''
    const body = this.content(element, names)
    return (run, node, position, size) => [run.fragment(body, node, position, size)]
  }

  /** Runs a compilation; errors of XPath get the place of the element. */
  located<T>(element: XmlElement, compile: () => T): T {
    try {
      return compile()
    } catch (thrown) {
      if (thrown instanceof xpath.XPathError) throw new StylesheetError(thrown.message, element)
      throw thrown instanceof StylesheetError && thrown.at === undefined
        ? new StylesheetError(thrown.message, element)
        : thrown
    }
  }

  #instruction(element: XmlElement, locals: LocalVariables): Instruction {
    const names = this.surroundings.namesAt(element, locals)
    const site = { element, names, compiler: this }
    if (element.namespace !== XSL) return this.located(element, () => compileLiteralElement(site))
    const compile = INSTRUCTIONS.get(element.name)
    if (compile === undefined) return this.#unknown(site)
    return this.located(element, () => compile(site))
  }

  /** Of a later version: its fallback, or an error when it would run (section 2.5). */
  #unknown({ element, names }: InstructionSite): Instruction {
    const fallbacks = element.children.filter(
      (child) => child.type === ELEMENT && child.namespace === XSL && child.name === 'fallback',
    )
    if (fallbacks.length === 0) throw new StylesheetError(`there is no instruction xsl:${element.name}`, element)
    return inOrder(fallbacks.map((each) => this.content(each as XmlElement, names)))
  }
}

function literalText(text: string, parent: XmlElement | null): Instruction | undefined {
  if (!/[^\t\n\r ]/.test(text) && !preservesSpace(parent)) return undefined
  return (run) => run.out.text(text)
}

function preservesSpace(element: XmlElement | null): boolean {
  for (let at = element; at !== null; at = at.parent?.type === ELEMENT ? at.parent : null) {
    const space = attributeValue(at, 'space', XML_NAMESPACE)
    if (space !== undefined) return space === 'preserve'
  }
  return false
}

const nothing: Instruction = () => {}

function inOrder(steps: readonly Instruction[]): Instruction {
  const [first, second] = steps
  if (first === undefined) return nothing
  if (second === undefined) return first
  if (steps.length === 2)
    return (run, node, position, size) => {
      first(run, node, position, size)
      second(run, node, position, size)
    }
  return (run, node, position, size) => {
    for (const step of steps) step(run, node, position, size)
  }
}
