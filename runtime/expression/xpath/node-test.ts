import { ATTRIBUTE, COMMENT, ELEMENT, INSTRUCTION, TEXT } from '../../xml/tree.ts'
import { NAMESPACE, type XPathNode } from './node.ts'
import type { Axis, NodeTest } from './syntax.ts'

export type Matches = (node: XPathNode) => boolean

/** A node test on an axis. `texts`: texts can pass, so that a walk must join neighbours. `elements`: only elements can. */
export interface CompiledTest {
  readonly matches: Matches
  readonly texts: boolean
  readonly elements: boolean
}

export const ANY_NODE: CompiledTest = { matches: () => true, texts: true, elements: false }

/** `namespace` resolves the prefix of a name test. */
export function compileTest(axis: Axis, test: NodeTest, namespace: (prefix: string) => string): CompiledTest {
  switch (test.kind) {
    case 'node':
      return ANY_NODE
    case 'text':
      return { matches: (node) => node.type === TEXT, texts: true, elements: false }
    case 'comment':
      return { matches: (node) => node.type === COMMENT, texts: false, elements: false }
    case 'instruction':
      return { matches: instructionTest(test.target), texts: false, elements: false }
    case 'name':
      return { matches: nameTest(axis, test.prefix, test.local, namespace), texts: false, elements: true }
  }
}

const instructionTest =
  (target: string | undefined): Matches =>
  (node) =>
    node.type === INSTRUCTION && (target === undefined || node.name === target)

/** A name without a prefix is in no namespace, whatever the default namespace is (XPath 1.0 section 2.3). */
function nameTest(axis: Axis, prefix: string, local: string, namespaceOf: (prefix: string) => string): Matches {
  if (axis === 'namespace') {
    return (node) => node.type === NAMESPACE && (local === '*' ? prefix === '' : prefix === '' && node.name === local)
  }
  const namespace = prefix === '' ? '' : namespaceOf(prefix)
  if (axis === 'attribute') {
    if (local !== '*') return (node) => node.type === ATTRIBUTE && node.name === local && node.namespace === namespace
    if (prefix === '') return (node) => node.type === ATTRIBUTE
    return (node) => node.type === ATTRIBUTE && node.namespace === namespace
  }
  if (local !== '*') return (node) => node.type === ELEMENT && node.name === local && node.namespace === namespace
  if (prefix === '') return (node) => node.type === ELEMENT
  return (node) => node.type === ELEMENT && node.namespace === namespace
}
