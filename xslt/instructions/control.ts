import { elements } from 'viaduct'
import type { CompileInstruction } from '../body-compiler.ts'
import { XSL } from '../names.ts'
import { StylesheetError } from '../stylesheet-error.ts'
import { nodeSet, required, sorterOf } from './templates.ts'

/** Section 8. */
export const forEach: CompileInstruction = (site) => {
  const { element, names, compiler } = site
  const { value } = names.compile(required(element, 'select'))
  const sort = sorterOf(site)
  const body = compiler.content(element, names)
  return (run, node, position, size) => {
    const selected = nodeSet(value(node, position, size, run.evaluation), element)
    const nodes = sort === undefined ? selected : sort(run, selected, node, position, size)
    const { current, rule } = run
    run.rule = undefined
    for (let index = 0; index < nodes.length; index++) {
      const each = nodes[index]
      if (each === undefined) continue
      run.step()
      run.current = each
      body(run, each, index + 1, nodes.length)
    }
    run.current = current
    run.rule = rule
  }
}

/** Section 9.1. */
export const ifInstruction: CompileInstruction = ({ element, names, compiler }) => {
  const { boolean } = names.compile(required(element, 'test'))
  const body = compiler.content(element, names)
  return (run, node, position, size) => {
    if (boolean(node, position, size, run.evaluation)) body(run, node, position, size)
  }
}

/** Section 9.2. */
export const choose: CompileInstruction = ({ element, names, compiler }) => {
  const parts = elements(element).filter(({ namespace }) => namespace === XSL)
  const branches = parts
    .filter(({ name }) => name === 'when')
    .map((when) => ({
      test: compiler.surroundings.namesAt(when, names.locals).compile(required(when, 'test')),
      body: compiler.content(when, names),
    }))
  if (branches.length === 0) throw new StylesheetError('xsl:choose needs an xsl:when', element)
  const last = parts.find(({ name }) => name === 'otherwise')
  const otherwise = last === undefined ? undefined : compiler.content(last, names)
  return (run, node, position, size) => {
    for (const { test, body } of branches)
      if (test.boolean(node, position, size, run.evaluation)) {
        body(run, node, position, size)
        return
      }
    otherwise?.(run, node, position, size)
  }
}
