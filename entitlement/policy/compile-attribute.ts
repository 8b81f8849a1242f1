import {
  append,
  ATTRIBUTE,
  cloneNode,
  ELEMENT,
  type MissingAttribute,
  TEXT,
  textOf,
  XmlDocument,
  type XPath,
  type XPathNode,
} from 'viaduct'
import { type DataType, type XPathExpression, xpathExpression } from '../data-types/index.ts'
import { type AttributeKey, type EvaluationContext, parseValue } from '../evaluation/context.ts'
import { Indeterminate, MISSING_ATTRIBUTE, syntaxError } from '../evaluation/indeterminate.ts'
import { selectNodes } from '../evaluation/select-nodes.ts'
import type { Compilation } from './compilation.ts'
import { compilePath } from './compile-path.ts'
import type { Designator, Selector } from './model.ts'

export type Bag = readonly unknown[]

/** A designator or selector, compiled. */
export interface CompiledAttribute {
  readonly type: DataType
  readonly evaluate: (context: EvaluationContext) => Bag
  /** What a designator looks up; undefined for selectors. */
  readonly key: AttributeKey | undefined
  readonly mustBePresent: boolean
}

/** Undefined after a report. */
export function compileAttribute(node: Designator | Selector, compilation: Compilation): CompiledAttribute | undefined {
  return node.kind === 'designator' ? compileDesignator(node, compilation) : compileSelector(node, compilation)
}

function compileDesignator(node: Designator, compilation: Compilation): CompiledAttribute | undefined {
  const type = compilation.dataType(node.type)
  if (type === undefined) return undefined
  const { category, id, issuer, mustBePresent } = node
  const key = compilation.key(category, id, type, issuer)
  const missing = { category, id, type: type.id, issuer }
  // An exception costs most when it is made: once is enough.
  let failure: Indeterminate | undefined
  const evaluate = (context: EvaluationContext): Bag => {
    const bag = context.bag(key)
    if (bag.length > 0) return bag
    context.missing?.add(missing)
    if (mustBePresent) throw (failure ??= missingAttribute(missing, `the attribute ${id} is missing`))
    return bag
  }
  return { type, evaluate, key, mustBePresent }
}

const missingAttribute = (missing: MissingAttribute, message: string): Indeterminate =>
  new Indeterminate({ code: MISSING_ATTRIBUTE, message, missing: [missing] })

function compileSelector(node: Selector, compilation: Compilation): CompiledAttribute | undefined {
  const type = compilation.dataType(node.type)
  const pathFor = compilePath(node, compilation)
  if (type === undefined || pathFor === undefined) return undefined
  const { category, contextSelector, mustBePresent } = node
  const missing = { category: category ?? '', id: node.path, type: type.id }
  let failure: Indeterminate | undefined
  const from =
    contextSelector === undefined
      ? undefined
      : compilation.key(category ?? '', contextSelector, xpathExpression, undefined)
  const evaluate = (context: EvaluationContext): Bag => {
    const { path, breadth } = pathFor(context)
    const nodes =
      from === undefined
        ? selectNodes(path, breadth, category, context)
        : selectFrom(contextNode(from, context), path, breadth, category, context)
    if (nodes.length > 0) return nodes.map((each) => parseValue(type, { type: type.id, text: textOfNode(each) }))
    context.missing?.add(missing)
    if (mustBePresent) throw (failure ??= missingAttribute(missing, `the path ${node.path} selects nothing`))
    return []
  }
  return { type, evaluate, key: undefined, mustBePresent }
}

/** The one node that a content selector names (section 5.30). */
function contextNode(key: AttributeKey, context: EvaluationContext): XPathNode {
  const [selector, other] = context.bag(key) as readonly XPathExpression[]
  if (selector === undefined || other !== undefined)
    throw syntaxError(`the content selector ${key.id} must have exactly one value`)
  const { path, breadth } = selector
  const [node, more] = selectNodes(path, breadth, key.category, context)
  if (node === undefined || more !== undefined) throw syntaxError(`the content selector ${key.id} must select one node`)
  return node
}

/**
 * COMPAT xacml-content-root: an absolute path starts at the node of the content selector as a document of its own, which is
 * all that Balana looks at; only what it does not find there is looked for in the whole content (section 7.3.7).
 */
function selectFrom(
  start: XPathNode,
  path: XPath,
  breadth: number,
  category: string | undefined,
  context: EvaluationContext,
): readonly XPathNode[] {
  if (start.type === ELEMENT && isAbsolute(path)) {
    const document = new XmlDocument()
    append(document, cloneNode(start))
    const nodes = selectNodes(path, breadth, category, context, document)
    if (nodes.length > 0) return nodes
  }
  return selectNodes(path, breadth, category, context, start)
}

const isAbsolute = ({ syntax }: XPath): boolean => syntax.kind === 'path' && syntax.start === 'root'

function textOfNode(node: XPathNode): string {
  if (node.type === ELEMENT || node.type === TEXT || node.type === ATTRIBUTE) return textOf(node)
  return 'value' in node ? node.value : textOf(node)
}
