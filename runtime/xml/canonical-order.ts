import type { XmlAttribute } from './tree.ts'

/** Attributes by namespace, then name (Canonical XML 1.0 section 2.2). */
export function sortedAttributes(attributes: readonly XmlAttribute[]): readonly XmlAttribute[] {
  for (let i = 1; i < attributes.length; i++) {
    const before = attributes[i - 1]
    const after = attributes[i]
    if (before !== undefined && after !== undefined && compare(before, after) > 0) return attributes.toSorted(compare)
  }
  return attributes
}

function compare(a: XmlAttribute, b: XmlAttribute): number {
  return compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.name, b.name)
}

/** Order by code points, which differs from that of UTF-16 units above U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** Surrogates come after all other units. */
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)
