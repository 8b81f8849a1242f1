import type { XmlDocument } from 'viaduct'
import { StylesheetError } from './stylesheet-error.ts'

/** Finds documents for `document()`; undefined when there is none under that key. */
export type LoadDocument = (href: string) => XmlDocument | undefined

/** Documents of one transformation: each is read once, so that its nodes are the same whenever it is asked for. */
export class Documents {
  readonly #load: LoadDocument
  readonly #known = new Map<string, XmlDocument>()

  constructor(load: LoadDocument) {
    this.#load = load
  }

  get(href: string): XmlDocument {
    const known = this.#known.get(href)
    if (known !== undefined) return known
    const document = this.#load(href)
    if (document === undefined) throw new StylesheetError(`document('${href}'): there is no such resource`)
    this.#known.set(href, document)
    return document
  }
}
