import { attributeValue, elements, type XmlElement } from 'viaduct'
import type { CompileInstruction, Compute, InstructionSite } from '../body-compiler.ts'
import { XSL } from '../names.ts'
import type { Node, Run, Value } from '../run.ts'
import { compileSorter, type Sorter } from '../sort.ts'
import { StylesheetError } from '../stylesheet-error.ts'

/** Section 5.4. */
export const applyTemplates: CompileInstruction = (site) => {
  const { element, names, compiler } = site
  const selected = attributeValue(element, 'select')
  const select = selected === undefined ? undefined : names.compile(selected)
  const modeName = attributeValue(element, 'mode')
  const mode = modeName === undefined ? '' : names.qname(modeName)
  const rules = compiler.surroundings.mode(mode)
  const passing = compilePassing(site)
  const sort = sorterOf(site)
  return (run, node, position, size) => {
    const nodes =
      select === undefined ? childrenOf(node) : nodeSet(select.value(node, position, size, run.evaluation), element)
    const sorted = sort === undefined ? nodes : sort(run, nodes, node, position, size)
    compiler.builtIn.apply(run, rules, mode, sorted, passing?.(run, node, position, size))
  }
}

/** Section 5.6. */
export const applyImports: CompileInstruction = ({ element, compiler }) => {
  return (run, node, position, size) => {
    const { rule } = run
    if (rule === undefined) throw new StylesheetError('xsl:apply-imports runs in no template rule', element)
    const rules = compiler.surroundings.mode(rule.mode)
    compiler.builtIn.applyOne(run, rules, rule.mode, node, position, size, undefined, rule.precedence)
  }
}

/** Section 6. */
export const callTemplate: CompileInstruction = (site) => {
  const { element, names, compiler } = site
  const name = names.qname(required(element, 'name'))
  const passing = compilePassing(site)
  const { named } = compiler.surroundings
  return (run, node, position, size) => {
    const template = named.get(name)
    if (template === undefined) throw new StylesheetError(`there is no template "${name}"`, element)
    run.enter(template.body, template.slots(), node, position, size, passing?.(run, node, position, size))
  }
}

/** Section 11.6: a parameter takes what was passed, else its own value. */
export const parameter: CompileInstruction = ({ element, names, compiler }) => {
  const name = names.qname(required(element, 'name'))
  const value = compiler.value(element, names.locals)
  const slot = names.locals.declare(name)
  return (run, node, position, size) => {
    run.frame[slot] = run.passed?.get(name) ?? value(run, node, position, size)
  }
}

/** Section 11. */
export const variable: CompileInstruction = ({ element, names, compiler }) => {
  const value = compiler.value(element, names.locals)
  const slot = names.locals.declare(names.qname(required(element, 'name')))
  return (run, node, position, size) => {
    run.frame[slot] = value(run, node, position, size)
  }
}

type Passing = (run: Run, node: Node, position: number, size: number) => ReadonlyMap<string, Value>

/** `xsl:with-param`s; undefined when there are none. */
function compilePassing({ element, names, compiler }: InstructionSite): Passing | undefined {
  const values = elements(element)
    .filter((child) => child.namespace === XSL && child.name === 'with-param')
    .map((child): readonly [string, Compute] => [
      names.qname(required(child, 'name')),
      compiler.value(child, names.locals),
    ])
  if (values.length === 0) return undefined
  return (run, node, position, size) => new Map(values.map(([name, value]) => [name, value(run, node, position, size)]))
}

/** The `xsl:sort`s of an instruction. */
export function sorterOf({ element, names, compiler }: InstructionSite): Sorter | undefined {
  const sorts = elements(element).filter((child) => child.namespace === XSL && child.name === 'sort')
  if (sorts.length === 0) return undefined
  return compileSorter(sorts, (sort) => compiler.surroundings.namesAt(sort, names.locals))
}

export function nodeSet(value: Value, element: XmlElement): readonly Node[] {
  if (Array.isArray(value)) return value
  throw new StylesheetError(`xsl:${element.name} selects no node-set`, element)
}

export function required(element: XmlElement, name: string): string {
  const value = attributeValue(element, name)
  if (value === undefined) throw new StylesheetError(`xsl:${element.name} needs ${name}`, element)
  return value
}

const childrenOf = (node: Node): readonly Node[] => ('children' in node ? node.children : [])
