import { didYouMean, type Report } from 'viaduct'
import type { PolicyNode, PolicyReference } from './model.ts'

/** The policies that references can name: every document, in any number of versions. */
export class PolicyLibrary {
  readonly #byId = new Map<string, PolicyNode[]>()

  constructor(policies: readonly PolicyNode[]) {
    for (const policy of policies) this.#byId.set(policy.id, [...(this.#byId.get(policy.id) ?? []), policy])
  }

  /** The newest version that a reference allows; undefined after a report when there is none. */
  find(reference: PolicyReference, report: Report): PolicyNode | undefined {
    const { id, to, at } = reference
    const candidates = (this.#byId.get(id) ?? []).filter(({ kind }) => kind === to)
    const allowed = candidates.filter(({ version }) => isAllowed(version, reference))
    const newest = allowed.toSorted((a, b) => compareVersions(b.version, a.version))[0]
    if (newest !== undefined) return newest
    const what = to === 'policy' ? 'policy' : 'policy set'
    const versions = candidates.map(({ version }) => version).join(', ')
    const rest = versions === '' ? didYouMean(id, this.#byId.keys()) : `; there is version ${versions}`
    report('reference-unresolved', at, `there is no ${what} "${id}" that this could mean${rest}`)
    return undefined
  }
}

function isAllowed(version: string, { version: exact, earliest, latest }: PolicyReference): boolean {
  if (exact !== undefined && !matchesPattern(version, exact)) return false
  if (earliest !== undefined && compareToPattern(version, earliest) < 0) return false
  return latest === undefined || compareToPattern(version, latest) <= 0
}

/** `*` stands for one number, `+` for any number of them (XACML 3.0 section 5.13). */
function matchesPattern(version: string, pattern: string): boolean {
  const numbers = version.split('.')
  const parts = pattern.split('.')
  for (const [i, part] of parts.entries()) {
    if (part === '+') return true
    if (numbers[i] === undefined || (part !== '*' && Number(part) !== Number(numbers[i]))) return false
  }
  return numbers.length === parts.length
}

export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

/** Wildcards compare equal to whatever stands there. */
function compareToPattern(version: string, pattern: string): number {
  const numbers = version.split('.')
  for (const [i, part] of pattern.split('.').entries()) {
    if (part === '+') return 0
    const number = numbers[i]
    if (number === undefined) return -1
    if (part !== '*' && Number(number) !== Number(part)) return Number(number) - Number(part)
  }
  return numbers.length > pattern.split('.').length ? 1 : 0
}
