import {
  append,
  ATTRIBUTE,
  type DecisionAttribute,
  type DecisionCategory,
  ELEMENT,
  XmlDocument,
  type XPathNode,
} from 'viaduct'
import { LexicalError, xpathExpression } from '../data-types/index.ts'
import { syntaxError } from '../evaluation/indeterminate.ts'
import { selectIn } from '../evaluation/select-nodes.ts'
import type { Question } from './questions.ts'

/** Names the nodes about which to ask, one question for each (Balana and others leave out `profile`). */
const MULTIPLE_SELECTORS: ReadonlySet<string> = new Set([
  'urn:oasis:names:tc:xacml:3.0:profile:multiple:content-selector',
  'urn:oasis:names:tc:xacml:3.0:multiple:content-selector',
])
const SELECTOR = 'urn:oasis:names:tc:xacml:3.0:content-selector'
const MOST_NODES = 1000

/** Section 2.3 of the multiple decision profile. Throws Indeterminate. */
export function contentQuestions(question: Question): Question[] {
  const owner = question.find(({ attributes }) => attributes.some(({ id }) => MULTIPLE_SELECTORS.has(id)))
  const selector = owner?.attributes.find(({ id }) => MULTIPLE_SELECTORS.has(id))
  if (owner === undefined || selector === undefined) return [question]
  const nodes = selected(owner, selector)
  if (nodes.length === 0) throw syntaxError('the content selector selects no nodes')
  if (nodes.length > MOST_NODES) throw syntaxError(`the content selector selects more than ${MOST_NODES} nodes`)
  const others = owner.attributes.filter((attribute) => attribute !== selector)
  const asked = nodes.map((node) => {
    const value = {
      type: xpathExpression.id,
      text: pathTo(node),
      xpath: { category: owner.category, namespaces: new Map() },
    }
    const one: DecisionAttribute = { ...selector, id: SELECTOR, values: [value] }
    return question.map((category) => (category === owner ? { ...owner, attributes: [...others, one] } : category))
  })
  // Other categories may have selectors of their own, whose nodes multiply.
  const all: Question[] = []
  for (const one of asked) {
    all.push(...contentQuestions(one))
    if (all.length > MOST_NODES)
      throw syntaxError(`the content selectors select more than ${MOST_NODES} nodes together`)
  }
  return all
}

function selected({ content }: DecisionCategory, { values }: DecisionAttribute): readonly XPathNode[] {
  if (content === undefined) throw syntaxError('there is no content for the content selector to look into')
  const document = content.parent instanceof XmlDocument ? content.parent : new XmlDocument()
  if (content.parent !== document) append(document, content)
  return values.flatMap((value) => {
    try {
      const { path, breadth } = xpathExpression.parse(value.text, value)
      return selectIn(document, document, path, breadth)
    } catch (error) {
      if (error instanceof LexicalError) throw syntaxError(error.message)
      throw error
    }
  })
}

/** The path of a node that needs no prefixes: `/*[1]/*[2]`. */
function pathTo(node: XPathNode): string {
  if (node.parent === null) return '/'
  const parent = node.parent.parent === null ? '' : pathTo(node.parent)
  if (node.type === ATTRIBUTE)
    return `${parent}/@*[local-name()="${node.name}" and namespace-uri()="${node.namespace}"]`
  if (node.type === ELEMENT) {
    const siblings = node.parent.children.filter(({ type }) => type === ELEMENT)
    return `${parent}/*[${siblings.indexOf(node) + 1}]`
  }
  const position = 'children' in node.parent ? node.parent.children.indexOf(node as never) + 1 : 1
  return `${parent}/node()[${position}]`
}
