import {
  ATTRIBUTE,
  attributeValue,
  COMMENT,
  DOCUMENT,
  ELEMENT,
  inScopeNamespaces,
  INSTRUCTION,
  TEXT,
  xpath,
  type XmlElement,
} from 'viaduct'
import type { CompileInstruction } from '../body-compiler.ts'
import type { Node, Run, Value } from '../run.ts'
import { compileAttributeSets } from './attribute-sets.ts'
import { required } from './templates.ts'

/** Section 7.5. */
export const copy: CompileInstruction = (site) => {
  const { element, names, compiler } = site
  const sets = compileAttributeSets(site, attributeValue(element, 'use-attribute-sets'))
  const body = compiler.content(element, names)
  return (run, node, position, size) => {
    if (node.type === ELEMENT) {
      run.out.start(node.name, node.namespace, node.prefix, undefined)
      declareAll(run, node)
      sets?.(run, node, position, size)
      body(run, node, position, size)
      run.out.end()
    } else if (node.type === DOCUMENT) body(run, node, position, size)
    else copyLeaf(run, node)
  }
}

/** Section 11.3. */
export const copyOf: CompileInstruction = ({ element, names }) => {
  const { value } = names.compile(required(element, 'select'))
  return (run, node, position, size) => copyValue(run, value(node, position, size, run.evaluation))
}

function copyValue(run: Run, value: Value): void {
  if (!Array.isArray(value)) {
    run.out.text(xpath.toString(value, run.evaluation))
    return
  }
  for (const node of value) {
    run.step()
    if (node.type === ELEMENT || node.type === DOCUMENT) run.out.copy(node)
    else copyLeaf(run, node)
  }
}

function copyLeaf(run: Run, node: Node): void {
  if (node.type === TEXT) run.out.text(run.evaluation.stringValue(node))
  else if (node.type === ATTRIBUTE) run.out.attribute(node.name, node.namespace, node.prefix, node.value)
  else if (node.type === COMMENT) run.out.comment(node.value)
  else if (node.type === INSTRUCTION) run.out.instruction(node.name, node.value)
  else if (node instanceof xpath.XPathNamespace && node.name !== 'xml') run.out.declare(node.name, node.value)
}

/** An element is copied with its namespace nodes: all that are in scope of it. */
function declareAll(run: Run, element: XmlElement): void {
  run.out.declare(element.prefix, element.namespace)
  for (const [prefix, namespace] of inScopeNamespaces(element)) if (prefix !== 'xml') run.out.declare(prefix, namespace)
}
