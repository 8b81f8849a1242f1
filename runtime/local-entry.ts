import type { Resource } from './linker.ts'
import type { XmlElement } from './xml/tree.ts'

/** A named text or XML element of the configuration. */
export interface LocalEntry {
  readonly key: string
  readonly text: string
  /** The element, when the entry holds XML. */
  readonly element: XmlElement | undefined
  /** Where the content was written, for diagnostics of what is compiled from it. */
  readonly file: string
}

/** The entry as what its key stands for. */
export function entryResource({ key, file, text, element }: LocalEntry): Resource {
  const mediaType = element === undefined ? undefined : 'application/xml'
  const placed = element?.at === undefined ? undefined : element
  return { key, file, bytes: Buffer.from(text), element: placed, mediaType, properties: new Map() }
}
