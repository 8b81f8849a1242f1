import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { ELEMENT, elements, textOf, type XmlElement } from 'viaduct'

export const THROTTLE = 'http://www.wso2.org/products/wso2commons/throttle'

/** What callers of a group may do. */
export type Allowance =
  | { readonly kind: 'allow' | 'deny' }
  | {
      readonly kind: 'control'
      readonly most: number
      /** Milliseconds. */
      readonly unit: number
      /** Milliseconds that a caller is refused after too many; 0: until the unit is over. */
      readonly prohibit: number
    }

export interface CallerGroup {
  readonly by: 'address' | 'domain'
  /** More specific groups are asked first. */
  readonly rank: 0 | 1 | 2
  readonly covers: (caller: string) => boolean
  readonly allowance: Allowance
}

export interface ThrottlePolicy {
  /** 0: no limit. */
  readonly concurrent: number
  readonly groups: readonly CallerGroup[]
}

/** A throttle policy cannot be read. `element` is the one that is wrong. */
export class ThrottlePolicyError extends Error {
  readonly element: XmlElement

  constructor(message: string, element: XmlElement) {
    super(message)
    this.element = element
  }
}

/**
 * Reads both generations of throttle policies: with `Control` in nested policies, or with `IsAllow` in alternatives. Throws
 * {@link ThrottlePolicyError}.
 */
export function readPolicy(policy: XmlElement): ThrottlePolicy {
  const assertions = [...named(policy, 'ThrottleAssertion'), ...named(policy, 'MediatorThrottleAssertion')]
  const [assertion] = assertions
  if (assertion === undefined) throw new ThrottlePolicyError('the policy has no throttle assertion', policy)
  const [concurrent] = named(assertion, 'MaximumConcurrentAccess')
  const groups = named(assertion, 'ID').map(groupOf)
  return {
    concurrent: concurrent === undefined ? 0 : numberIn(concurrent),
    groups: groups.toSorted((a, b) => a.rank - b.rank),
  }
}

function groupOf(id: XmlElement): CallerGroup {
  const type = id.attributes.find(({ name }) => name === 'type')?.value ?? 'IP'
  if (type !== 'IP' && type !== 'DOMAIN') throw new ThrottlePolicyError(`type="${type}" is neither IP nor DOMAIN`, id)
  const by = type === 'IP' ? 'address' : 'domain'
  return { by, ...callersOf(textOf(id).trim(), by, id), allowance: allowanceOf(id) }
}

function callersOf(text: string, by: CallerGroup['by'], id: XmlElement): Pick<CallerGroup, 'rank' | 'covers'> {
  if (text.toLowerCase() === 'other') return { rank: 2, covers: () => true }
  if (by === 'domain') {
    const domain = text.toLowerCase().replace(/^\*?\./, '')
    return { rank: 1, covers: (caller) => caller === domain || caller.endsWith(`.${domain}`) }
  }
  const [first = '', last] = text.split('-').map((part) => part.trim())
  const list = new BlockList()
  try {
    if (last === undefined) list.addAddress(first, familyOf(first))
    else list.addRange(first, last, familyOf(first))
  } catch {
    throw new ThrottlePolicyError(`"${text}" is neither an address, nor a range of addresses, nor other`, id)
  }
  return {
    rank: last === undefined ? 0 : 1,
    covers: (caller) => (isIPv4(caller) || isIPv6(caller)) && list.check(caller, familyOf(caller)),
  }
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4')

function allowanceOf(id: XmlElement): Allowance {
  const around = id.parent?.type === ELEMENT ? id.parent : id
  const [allow] = named(around, 'IsAllow')
  if (named(around, 'Deny').length > 0 || (allow !== undefined && textOf(allow).trim() === 'false'))
    return { kind: 'deny' }
  const [most] = named(around, 'MaximumCount')
  if (most === undefined) {
    if (allow === undefined && named(around, 'Allow').length === 0)
      throw new ThrottlePolicyError('what callers may do is missing: Allow, Deny or MaximumCount', id)
    return { kind: 'allow' }
  }
  const [unit] = named(around, 'UnitTime')
  if (unit === undefined) throw new ThrottlePolicyError('MaximumCount needs a UnitTime', most)
  const [prohibit] = named(around, 'ProhibitTimePeriod')
  return {
    kind: 'control',
    most: numberIn(most),
    unit: numberIn(unit),
    prohibit: prohibit === undefined || textOf(prohibit).trim() === '' ? 0 : numberIn(prohibit),
  }
}

function numberIn(element: XmlElement): number {
  const text = textOf(element).trim()
  if (!/^\d{1,15}$/.test(text))
    throw new ThrottlePolicyError(`<${element.name}> needs a number, not "${text}"`, element)
  return Number(text)
}

/** Elements of throttle policies by that name, anywhere inside. */
function named(element: XmlElement, name: string): XmlElement[] {
  return elements(element).flatMap((child) => [
    ...(child.name === name && child.namespace === THROTTLE ? [child] : []),
    ...named(child, name),
  ])
}
