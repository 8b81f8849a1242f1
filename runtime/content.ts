import { spanOf } from './compiler.ts'
import type { Site } from './mediator.ts'
import { InvalidValue, type Reading } from './schema.ts'
import { parseXml } from './xml/parse.ts'
import { printXml } from './xml/print.ts'
import { ELEMENT, type XmlElement } from './xml/tree.ts'

/**
 * Reads the text of an element as the text of an attribute is read: what `read` finds wrong is reported at the element and
 * gives undefined.
 */
export function readContent<T>(element: XmlElement, site: Site, read: (reading: Reading) => T): T | undefined {
  const at = spanOf(element)
  try {
    return read({ element, at, linker: site.linker })
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    site.fail(error.code, `<${element.name}>: ${error.message}`, at)
    return undefined
  }
}

/**
 * An element of a configuration as content for messages: a copy with the namespace declarations that it uses, and without those
 * around it that it does not. Each message needs a copy of its own.
 */
export function literalElement(element: XmlElement): XmlElement {
  const { root } = parseXml(printXml(element))
  dropIdleDefaults(root, '')
  return root
}

/** `xmlns=""` where there is no default namespace: configurations need it to leave their own, messages do not. */
function dropIdleDefaults(element: XmlElement, around: string): void {
  const own = element.declarations.find(({ prefix }) => prefix === '')?.namespace
  if (own === '' && around === '') element.declarations = element.declarations.filter(({ prefix }) => prefix !== '')
  for (const child of element.children) if (child.type === ELEMENT) dropIdleDefaults(child, own ?? around)
}
