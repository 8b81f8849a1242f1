import { didYouMean, type Report, type Span } from 'viaduct'
import type { PolicyNode, PolicyReference } from './model.ts'

const NOWHERE: Span = { file: 'policies', line: 1, column: 1, endLine: 1, endColumn: 1 }

/**
 * The policies that decide: those named, else those that no other policy refers to, in the order of the documents. Of several
 * versions of one policy the last document counts. Documents with the same policy and version are reported.
 */
export function rootPolicies(
  policies: readonly PolicyNode[],
  roots: readonly string[] | undefined,
  report: Report,
): readonly PolicyNode[] {
  reportRepeated(policies, report)
  if (roots !== undefined && roots.length > 0)
    return roots.flatMap((id) => {
      const found = policies.findLast((policy) => policy.id === id)
      if (found === undefined) {
        const known = didYouMean(
          id,
          policies.map((policy) => policy.id),
        )
        report('reference-unresolved', NOWHERE, `there is no policy "${id}" to start with${known}`)
      }
      return found ?? []
    })
  const referred = new Set(policies.flatMap(referencesOf).map(({ id }) => id))
  const free = policies.filter(({ id }) => !referred.has(id))
  // Where all refer to each other there is no root: the circle is reported when they are compiled.
  return free.length === 0 ? policies : free
}

function reportRepeated(policies: readonly PolicyNode[], report: Report): void {
  const seen = new Map<string, PolicyNode>()
  const visit = (node: PolicyNode): void => {
    const name = `${node.kind}\n${node.id}\n${node.version}`
    const other = seen.get(name)
    if (other === undefined) seen.set(name, node)
    else
      report(
        'name-duplicate',
        node.at,
        `"${node.id}" in version ${node.version} is also at ${other.at.file}:${other.at.line}:${other.at.column}`,
      )
    if (node.kind === 'policySet') for (const child of node.children) if (child.kind !== 'reference') visit(child)
  }
  for (const policy of policies) visit(policy)
}

function referencesOf(node: PolicyNode): PolicyReference[] {
  if (node.kind === 'policy') return []
  return node.children.flatMap((child) => (child.kind === 'reference' ? [child] : referencesOf(child)))
}
