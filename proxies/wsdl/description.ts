import type { PolicyAttachment, Span, XmlDocument, XmlElement } from 'viaduct'
import { descendants, importAttribute, WSDL2, XSD } from './names.ts'
import { type Operations, readOperations } from './operations.ts'
import { PublishedDocument } from './published-document.ts'
import { attachPolicies } from './attach-policies.ts'
import { binaryElements } from './binary-elements.ts'
import { wsdlPolicies } from './wsdl-policies.ts'

/** A WSDL with everything it imports, by the location under which it is imported. */
export interface Sources {
  readonly root: XmlDocument
  readonly imported: ReadonlyMap<string, XmlDocument>
}

export interface DescriptionOptions {
  readonly path: string
  readonly rewritesAddresses: boolean
  readonly keepsPolicies: boolean
  /** Where the configuration names the description. */
  readonly at: Span
}

/** What a proxy tells about itself: the documents of `?wsdl`, `?wsdl=…` and `?xsd=…`, and its operations. */
export class Description {
  readonly operations: Operations
  readonly version: '1.1' | '2.0'
  /** What the description attaches to the service. */
  readonly policies: readonly PolicyAttachment[]
  /** Elements that hold base64Binary, as `{namespace}name`. */
  readonly binaryElements: ReadonlySet<string>
  readonly #root: PublishedDocument
  readonly #imported: ReadonlyMap<string, PublishedDocument>
  readonly #firstSchema: string | undefined
  readonly #document: XmlDocument
  readonly #publish: (document: XmlDocument) => PublishedDocument
  readonly #keepsPolicies: boolean
  #secured: PublishedDocument | undefined

  constructor({ root, imported }: Sources, options: DescriptionOptions) {
    const queryFor = (location: string): string | undefined => {
      const document = imported.get(location)
      return document && `${isSchema(document) ? 'xsd' : 'wsdl'}=${encodeURIComponent(location)}`
    }
    const publish = (document: XmlDocument) => new PublishedDocument(document, { ...options, queryFor })
    this.#document = root
    this.#publish = publish
    this.#keepsPolicies = options.keepsPolicies
    this.#root = publish(root)
    this.#imported = new Map([...imported].map(([location, document]) => [location, publish(document)]))
    this.#firstSchema = [...imported].find(([, document]) => isSchema(document))?.[0]
    this.operations = readOperations([root, ...imported.values()])
    this.policies = [root, ...imported.values()].flatMap((document) => wsdlPolicies(document, options.at))
    this.binaryElements = binaryElements([root, ...imported.values()])
    this.version = root.root.namespace === WSDL2 ? '2.0' : '1.1'
  }

  /** The description itself, with the policies that the proxy brings. */
  text(origin: string, policies: readonly XmlElement[] = []): string {
    if (policies.length === 0 || this.version === '2.0' || !this.#keepsPolicies) return this.#root.text(origin)
    this.#secured ??= this.#publish(attachPolicies(this.#document, policies))
    return this.#secured.text(origin)
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
