import { spanOf } from './compiler.ts'
import type { Site } from './mediator.ts'
import { InvalidValue, type Reading } from './schema.ts'
import type { XmlElement } from './xml/tree.ts'

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
