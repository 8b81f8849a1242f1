import { attributeValue, didYouMean, type DiagnosticCode, type Span, spanOf } from 'viaduct'
import { isAddressing, isSecurityPolicy, RAMPART_POLICY, SECURITY_POLICY_12 } from './names.ts'
import type { Assertion } from './normalize.ts'

/** How readers of assertions tell about mistakes; one that stands in several alternatives is told once. */
export class PolicyReports {
  readonly #fail: (code: DiagnosticCode, message: string, at: Span) => void
  readonly #told = new Map<unknown, Set<string>>()

  constructor(fail: (code: DiagnosticCode, message: string, at: Span) => void) {
    this.#fail = fail
  }

  /** Reports a mistake at an assertion. */
  at({ element }: Pick<Assertion, 'element'>, code: DiagnosticCode, message: string): void {
    const told = this.#told.get(element) ?? new Set()
    this.#told.set(element, told)
    if (told.has(message)) return
    told.add(message)
    this.#fail(code, message, spanOf(element))
  }

  /** An assertion that stands where it has no meaning. */
  unknown(assertion: Assertion, inside: string, known: Iterable<string>): void {
    const { name } = assertion
    this.at(assertion, 'element-unknown', `${inside} has no assertion <${name}>${didYouMean(name, known)}`)
  }
}

/** The names of the security assertions in a nested policy; others, but those of `beside`, are reported. */
export function optionsOf(
  assertion: Assertion,
  known: Iterable<string>,
  reports: PolicyReports,
  beside: readonly string[] = [],
): ReadonlySet<string> {
  const names = new Set(known)
  const found = new Set<string>()
  for (const option of assertion.nested ?? []) {
    if (option.namespace === RAMPART_POLICY || beside.includes(option.name)) continue
    if (!isSecurityPolicy(option.namespace) || !names.has(option.name)) {
      if (!isAddressing(option.namespace)) reports.unknown(option, `<${assertion.name}>`, names)
    } else found.add(option.name)
  }
  return found
}

/** The first assertion of that name in a nested policy. */
export const nestedAssertion = ({ nested = [] }: Assertion, name: string): Assertion | undefined =>
  nested.find((each) => each.name === name && isSecurityPolicy(each.namespace))

/** An attribute that is written with the prefix of its element, or without. */
export const assertionAttribute = ({ element }: Pick<Assertion, 'element'>, name: string): string | undefined =>
  attributeValue(element, name, element.namespace) ??
  attributeValue(element, name) ??
  // WS-SecurityPolicy 1.3 keeps the attribute of 1.2.
  attributeValue(element, name, SECURITY_POLICY_12)
