import { attributeValue, type DiagnosticCode, elements, type Span, spanOf, type XmlElement } from 'viaduct'
import { isPolicyNamespace, isSecurityPolicy, POLICY_12, POLICY_15, WSU } from './names.ts'

/** One requirement, in the one alternative of its nested policy that it stands for. */
export interface Assertion {
  readonly name: string
  readonly namespace: string
  readonly element: XmlElement
  /** Assertions of the nested policy; undefined when there is none. */
  readonly nested: Alternative | undefined
  /** Written with wsp:Optional: the next alternative is the one without it. */
  readonly optional: boolean
}

/** Requirements that hold together: a wsp:All of the normal form. */
export type Alternative = readonly Assertion[]

export interface PolicyReading {
  /** The policy that a wsp:PolicyReference means; undefined when there is none. */
  readonly find: (uri: string) => XmlElement | undefined
  readonly fail: (code: DiagnosticCode, message: string, at: Span) => void
}

/** Alternatives multiply: what a policy may have of them, and how deep it may nest. */
const MOST_ALTERNATIVES = 64
const DEEPEST = 64

/**
 * The normal form of policies that hold together (WS-Policy 1.5 section 4.3): alternatives in the order of preference, an
 * optional assertion present before absent. wsp:Policy, wsp:All, wsp:ExactlyOne, wsp:Optional, nested policies and references are resolved.
 */
export function normalize(policies: readonly XmlElement[], reading: PolicyReading): readonly Alternative[] {
  return new Normalizer(reading).together(policies)
}

class Normalizer {
  readonly #reading: PolicyReading
  readonly #entered = new Set<XmlElement>()
  #told = false

  constructor(reading: PolicyReading) {
    this.#reading = reading
  }

  together(policies: readonly XmlElement[]): readonly Alternative[] {
    let product: readonly Alternative[] = [[]]
    for (const policy of policies) product = this.#multiply(product, this.#all(policy, 0), policy)
    return product
  }

  /** Policy and All: one alternative of every child. */
  #all(parent: XmlElement, depth: number): readonly Alternative[] {
    let product: readonly Alternative[] = [[]]
    for (const child of elements(parent)) product = this.#multiply(product, this.#child(child, depth + 1), child)
    return product
  }

  #child(element: XmlElement, depth: number): readonly Alternative[] {
    if (depth > DEEPEST) {
      this.#fail(`the policy nests deeper than ${DEEPEST} levels`, element)
      return [[]]
    }
    if (!isPolicyNamespace(element.namespace)) return this.#assertion(element, depth)
    switch (element.name) {
      case 'Policy':
      case 'All':
        return this.#optional(element, this.#all(element, depth))
      case 'ExactlyOne':
        return this.#optional(element, this.#exactlyOne(element, depth))
      case 'PolicyReference':
        return this.#reference(element, depth)
      default:
        this.#reading.fail('element-unknown', `<${element.name}> is no operator of WS-Policy`, spanOf(element))
        return [[]]
    }
  }

  #exactlyOne(element: XmlElement, depth: number): readonly Alternative[] {
    const found: Alternative[] = []
    for (const child of elements(element)) {
      found.push(...this.#child(child, depth + 1))
      if (found.length > MOST_ALTERNATIVES) return this.#bounded(found, element)
    }
    return found
  }

  #assertion(element: XmlElement, depth: number): readonly Alternative[] {
    const { name, namespace } = element
    const optional = isOptional(element)
    const policy = nestedPolicyOf(element)
    const nested = policy === undefined ? [undefined] : this.#all(policy, depth)
    const found: Alternative[] = nested.map((each) => [{ name, namespace, element, nested: each, optional }])
    return optional ? [...found, []] : found
  }

  #optional(element: XmlElement, found: readonly Alternative[]): readonly Alternative[] {
    return isOptional(element) ? [...found, []] : found
  }

  #reference(element: XmlElement, depth: number): readonly Alternative[] {
    const uri = attributeValue(element, 'URI') ?? ''
    const policy = this.#reading.find(uri)
    if (policy === undefined || this.#entered.has(policy)) {
      const message = policy === undefined ? `there is no policy "${uri}"` : `the policy "${uri}" refers to itself`
      this.#reading.fail('reference-unresolved', message, spanOf(element))
      return [[]]
    }
    this.#entered.add(policy)
    const found = this.#all(policy, depth)
    this.#entered.delete(policy)
    return found
  }

  #multiply(left: readonly Alternative[], right: readonly Alternative[], at: XmlElement): readonly Alternative[] {
    if (right.length === 1 && right[0]?.length === 0) return left
    const product: Alternative[] = []
    for (const one of left) {
      for (const other of right) {
        product.push([...one, ...other])
        if (product.length > MOST_ALTERNATIVES) return this.#bounded(product, at)
      }
    }
    return product
  }

  #bounded(found: readonly Alternative[], at: XmlElement): readonly Alternative[] {
    this.#fail(`the policy has more than ${MOST_ALTERNATIVES} alternatives`, at)
    return found.slice(0, MOST_ALTERNATIVES)
  }

  #fail(message: string, at: XmlElement): void {
    if (!this.#told) this.#reading.fail('constraint-violated', message, spanOf(at))
    this.#told = true
  }
}

/** COMPAT sp-policy-misspelt: WSO2's own policies write sp:Policy inside assertions, where wsp:Policy is meant. */
const nestedPolicyOf = (element: XmlElement): XmlElement | undefined =>
  elements(element).find(
    ({ name, namespace }) => name === 'Policy' && (isPolicyNamespace(namespace) || isSecurityPolicy(namespace)),
  )

const isOptional = (element: XmlElement): boolean =>
  [POLICY_12, POLICY_15].some((namespace) => /^(?:true|1)$/.test(attributeValue(element, 'Optional', namespace) ?? ''))

/** The name under which a policy can be referred to: `wsu:Id` or `xml:id`. */
export const policyId = (policy: XmlElement): string | undefined =>
  attributeValue(policy, 'Id', WSU) ?? attributeValue(policy, 'id', 'http://www.w3.org/XML/1998/namespace')
