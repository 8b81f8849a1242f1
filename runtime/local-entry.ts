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
