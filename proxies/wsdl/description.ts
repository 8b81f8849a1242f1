import { type XmlDocument } from 'viaduct'
import { descendants, importAttribute, WSDL2, XSD } from './names.ts'
import { type Operations, readOperations } from './operations.ts'
import { PublishedDocument } from './published-document.ts'

/** A WSDL with everything it imports, by the location under which it is imported. */
export interface Sources {
  readonly root: XmlDocument
  readonly imported: ReadonlyMap<string, XmlDocument>
}

export interface DescriptionOptions {
  readonly path: string
  readonly rewritesAddresses: boolean
  readonly keepsPolicies: boolean
}

/** What a proxy tells about itself: the documents of `?wsdl`, `?wsdl=…` and `?xsd=…`, and its operations. */
export class Description {
  readonly operations: Operations
  readonly version: '1.1' | '2.0'
  readonly #root: PublishedDocument
  readonly #imported: ReadonlyMap<string, PublishedDocument>
  readonly #firstSchema: string | undefined

  constructor({ root, imported }: Sources, options: DescriptionOptions) {
    const queryFor = (location: string): string | undefined => {
      const document = imported.get(location)
      return document && `${isSchema(document) ? 'xsd' : 'wsdl'}=${encodeURIComponent(location)}`
    }
    const publish = (document: XmlDocument) => new PublishedDocument(document, { ...options, queryFor })
    this.#root = publish(root)
    this.#imported = new Map([...imported].map(([location, document]) => [location, publish(document)]))
    this.#firstSchema = [...imported].find(([, document]) => isSchema(document))?.[0]
    this.operations = readOperations([root, ...imported.values()])
    this.version = root.root.namespace === WSDL2 ? '2.0' : '1.1'
  }

  /** The description itself. */
  text(origin: string): string {
    return this.#root.text(origin)
  }

  /** An imported document; undefined when there is none of that location. */
  imported(location: string, origin: string): string | undefined {
    return this.#imported.get(location)?.text(origin)
  }

  /** `?xsd` without a name. */
  firstSchema(origin: string): string | undefined {
    return this.#firstSchema === undefined ? undefined : this.imported(this.#firstSchema, origin)
  }
}

const isSchema = ({ root }: XmlDocument): boolean => root.namespace === XSD

/** Locations that a document imports, in the order they are written. */
export function importsOf(document: XmlDocument): string[] {
  const locations: string[] = []
  for (const element of descendants(document)) {
    const attribute = importAttribute(element)
    const location = attribute && element.attributes.find(({ name }) => name === attribute)?.value
    if (location !== undefined && location !== '') locations.push(location)
  }
  return locations
}
