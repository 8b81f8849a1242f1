import { attributeValue, ELEMENT, TEXT, XML_NAMESPACE, type XmlElement, type XmlDocument, cloneNode } from 'viaduct'
import type { Declaration } from './modules.ts'
import type { Names } from './names-in-scope.ts'
import { XSL } from './names.ts'

/** Takes white space out of a source document, which stays as it is: a copy is given back (XSLT 1.0, section 3.4). */
export type Strip = (document: XmlDocument) => XmlDocument

interface NameTest {
  readonly namespace: string | undefined
  readonly local: string | undefined
  readonly strips: boolean
  readonly rank: number
}

/** Undefined when the stylesheet strips nothing. */
export function compileStripping(
  declarations: readonly Declaration[],
  namesAt: (element: XmlElement) => Names,
): Strip | undefined {
  const tests = declarations
    .filter(
      ({ element: { namespace, name } }) => namespace === XSL && (name === 'strip-space' || name === 'preserve-space'),
    )
    .flatMap(({ element, precedence }) => testsOf(element, precedence, namesAt(element)))
  if (!tests.some(({ strips }) => strips)) return undefined
  const ordered = tests.toReversed().toSorted((a, b) => b.rank - a.rank)
  const strips = ({ name, namespace }: XmlElement): boolean =>
    ordered.find((test) => (test.local ?? name) === name && (test.namespace ?? namespace) === namespace)?.strips ===
    true
  return (document) => {
    const copy = cloneNode(document)
    for (const child of copy.children) if (child.type === ELEMENT) stripIn(child, strips, false)
    return copy
  }
}

function testsOf(element: XmlElement, precedence: number, names: Names): NameTest[] {
  return (attributeValue(element, 'elements') ?? '')
    .split(/\s+/)
    .filter((each) => each !== '')
    .map((each) => {
      const [first = '', second] = each.split(':', 2)
      const strips = element.name === 'strip-space'
      if (each === '*') return { namespace: undefined, local: undefined, strips, rank: precedence * 4 }
      if (second === '*')
        return { namespace: names.namespace(first), local: undefined, strips, rank: precedence * 4 + 1 }
      const namespace = second === undefined ? '' : names.namespace(first)
      return { namespace, local: second ?? first, strips, rank: precedence * 4 + 2 }
    })
}

function stripIn(element: XmlElement, strips: (element: XmlElement) => boolean, preserved: boolean): void {
  const space = attributeValue(element, 'space', XML_NAMESPACE)
  const preserve = space === undefined ? preserved : space === 'preserve'
  if (!preserve && strips(element))
    element.children = element.children.filter((child) => child.type !== TEXT || /[^\t\n\r ]/.test(child.value))
  for (const child of element.children) if (child.type === ELEMENT) stripIn(child, strips, preserve)
}
