import { ATTRIBUTE, attributeValue, ELEMENT, xpath } from 'viaduct'
import { compileAttributeTemplate } from '../attribute-template.ts'
import type { CompileInstruction, InstructionSite } from '../body-compiler.ts'
import { formatNumbers } from '../numbering.ts'
import { anyOf, compilePattern, type Pattern } from '../pattern.ts'
import type { Node, Run } from '../run.ts'

/** Section 7.7. */
export const number: CompileInstruction = (site) => {
  const { element, names } = site
  const template = (name: string, otherwise: string) =>
    compileAttributeTemplate(attributeValue(element, name) ?? otherwise, names).evaluate
  const format = template('format', '1')
  const separator = template('grouping-separator', '')
  const groupSize = template('grouping-size', '0')
  const given = attributeValue(element, 'value')
  const value = given === undefined ? undefined : names.compile(given)
  const count = value === undefined ? compileCounting(site) : undefined
  return (run, node, position, size) => {
    const numbers =
      value === undefined
        ? (count?.(run, node) ?? [])
        : [Math.round(value.number(node, position, size, run.evaluation))]
    const grouping = {
      separator: separator(run, node, position, size),
      size: Number(groupSize(run, node, position, size)),
    }
    const isPlain = numbers.every((each) => Number.isFinite(each) && each >= 0)
    run.out.text(
      isPlain
        ? formatNumbers(numbers, format(run, node, position, size), grouping.separator === '' ? undefined : grouping)
        : numbers.map((each) => xpath.formatNumber(each)).join(''),
    )
  }
}

type Counting = (run: Run, node: Node) => number[]

function compileCounting({ element, names }: InstructionSite): Counting {
  const level = attributeValue(element, 'level') ?? 'single'
  const countText = attributeValue(element, 'count')
  const fromText = attributeValue(element, 'from')
  const counted = countText === undefined ? undefined : anyOf(compilePattern(countText, names))
  const from = fromText === undefined ? undefined : anyOf(compilePattern(fromText, names))
  const countOf = (node: Node): Pattern => counted ?? ((_run, other) => isAlike(node, other))
  if (level === 'any') return (run, node) => anyLevel(run, node, countOf(node), from)
  return (run, node) => {
    const counts = countOf(node)
    const targets = ancestorsOrSelf(run, node, from).filter((each) => counts(run, each))
    const chosen = level === 'multiple' ? targets.toReversed() : targets.slice(0, 1)
    return chosen.map((each) => 1 + siblingsBefore(each).filter((other) => counts(run, other)).length)
  }
}

/** Upwards from the node, up to and without the first that `from` matches. */
function ancestorsOrSelf(run: Run, node: Node, from: Pattern | undefined): Node[] {
  const found: Node[] = []
  for (let at: Node | null = node; at !== null; at = at.parent) {
    if (from?.(run, at) === true && at !== node) break
    found.push(at)
  }
  return found
}

function siblingsBefore(node: Node): readonly Node[] {
  const { parent } = node
  if (parent === null || node.type === ATTRIBUTE || !('children' in parent)) return []
  const siblings: readonly Node[] = parent.children
  return siblings.slice(0, siblings.indexOf(node))
}

/** All nodes before it in the document that count, behind the last that `from` matches. */
function anyLevel(run: Run, node: Node, counts: Pattern, from: Pattern | undefined): number[] {
  let total = 0
  let over = false
  const visit = (at: Node): void => {
    if (over) return
    if (from?.(run, at) === true) total = 0
    if (counts(run, at)) total++
    if (at === node) {
      over = true
      return
    }
    if ('children' in at) for (const child of at.children) visit(child)
  }
  let root: Node = node.type === ATTRIBUTE && node.parent !== null ? node.parent : node
  const target = root
  for (let up: Node | null = root; up !== null; up = up.parent) root = up
  if (target !== node && counts(run, node)) total++
  visit(root)
  return total === 0 ? [] : [total]
}

const isAlike = (a: Node, b: Node): boolean =>
  a.type === b.type &&
  (a.type !== ELEMENT || b.type !== ELEMENT || (a.name === b.name && a.namespace === b.namespace)) &&
  (a.type !== ATTRIBUTE || b.type !== ATTRIBUTE || (a.name === b.name && a.namespace === b.namespace))
