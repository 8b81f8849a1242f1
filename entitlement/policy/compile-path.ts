import { compileXPath, inScopeNamespaces, type XPath, XPathError } from 'viaduct'
import { xpathBreadth } from '../data-types/xpath-breadth.ts'
import type { EvaluationContext } from '../evaluation/context.ts'
import { syntaxError } from '../evaluation/indeterminate.ts'
import type { Compilation } from './compilation.ts'
import type { Selector } from './model.ts'

/** A path of a policy, ready for one request. */
export interface CompiledPath {
  readonly path: XPath
  readonly breadth: number
}

export type PathFor = (context: EvaluationContext) => CompiledPath

/**
 * Compiles the path of a selector. Undefined after a report when it is wrong.
 *
 * COMPAT xacml-undeclared-prefix: a prefix that the policy does not declare means what the content of the request declares it
 * to be, as in Balana; the path is then compiled when a request comes.
 */
export function compilePath(node: Selector, { report }: Compilation): PathFor | undefined {
  const undeclared = new Set<string>()
  try {
    const path = compileXPath(node.path, {
      namespaces: (prefix) => {
        const namespace = prefix === '' ? undefined : node.namespaces.get(prefix)
        if (namespace !== undefined || prefix === '') return namespace
        undeclared.add(prefix)
        return ''
      },
    })
    const compiled = { path, breadth: xpathBreadth(path.syntax) }
    if (undeclared.size === 0) return () => compiled
  } catch (error) {
    if (!(error instanceof XPathError)) throw error
    report('expression-invalid', node.pathAt, `${error.message} (at character ${error.offset + 1})`)
    return undefined
  }
  const names = [...undeclared].join(', ')
  report('policy-prefix', node.pathAt, `the prefix ${names} is not declared in the policy; requests will have to`)
  return lateCompiled(node)
}

/** Remembers the last one: requests of one kind declare the same. */
function lateCompiled(node: Selector): PathFor {
  let last: { readonly declared: string; readonly compiled: CompiledPath } | undefined
  return (context) => {
    const document = node.category === undefined ? context.requestTree() : context.content(node.category)
    const outer = document === undefined ? new Map<string, string>() : inScopeNamespaces(document.root)
    const declared = JSON.stringify([...outer])
    if (last?.declared === declared) return last.compiled
    const compiled = compileFor(node, outer)
    last = { declared, compiled }
    return compiled
  }
}

function compileFor(node: Selector, outer: ReadonlyMap<string, string>): CompiledPath {
  try {
    const path = compileXPath(node.path, {
      namespaces: (prefix) => (prefix === '' ? undefined : (node.namespaces.get(prefix) ?? outer.get(prefix))),
    })
    return { path, breadth: xpathBreadth(path.syntax) }
  } catch (error) {
    if (!(error instanceof XPathError)) throw error
    throw syntaxError(`the path ${node.path}: ${error.message}`)
  }
}
