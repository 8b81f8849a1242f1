import { cloneDocument, escapeAttribute, printXml, XmlAttribute, type XmlDocument, type XmlElement } from 'viaduct'
import { descendants, elementsOf, importAttribute, isAddress, isPolicy, WSDL2 } from './names.ts'

export interface Publication {
  /** Path of the service. */
  readonly path: string
  /** Whether port addresses become those of the bus. */
  readonly rewritesAddresses: boolean
  readonly keepsPolicies: boolean
  /** For a location in this document: the query under which the bus gives that document; undefined when it does not. */
  readonly queryFor: (location: string) => string | undefined
}

/** Stands for scheme, host and port, which are known only when somebody asks. */
const ORIGIN = 'viaduct-origin:'

/** A document as text with holes for the address of the bus: made once, filled for every request. */
export class PublishedDocument {
  readonly #pieces: readonly string[]

  constructor(document: XmlDocument, publication: Publication) {
    const copy = cloneDocument(document)
    for (const element of descendants(copy)) rewrite(element, publication)
    removeChildren(copy, publication.keepsPolicies ? isSecret : (each) => isPolicy(each) || isSecret(each))
    this.#pieces = printXml(copy).split(ORIGIN)
  }

  /** `origin` is `http://host:port`. */
  text(origin: string): string {
    return this.#pieces.join(escapeAttribute(origin))
  }
}

function rewrite(element: XmlElement, { path, rewritesAddresses, queryFor }: Publication): void {
  if (rewritesAddresses && isAddress(element)) setAttribute(element, 'location', ORIGIN + path)
  if (rewritesAddresses && element.namespace === WSDL2 && element.name === 'endpoint')
    setAttribute(element, 'address', ORIGIN + path)
  const attribute = importAttribute(element)
  const location = attribute && element.attributes.find(({ name }) => name === attribute)?.value
  const query = location === undefined ? undefined : queryFor(location)
  if (attribute !== undefined && query !== undefined) setAttribute(element, attribute, `${ORIGIN}${path}?${query}`)
}

function setAttribute(element: XmlElement, name: string, value: string): void {
  const found = element.attributes.find((attribute) => attribute.name === name)
  if (found === undefined) element.attributes = [...element.attributes, new XmlAttribute(name, value, '', '', element)]
  else found.value = value
}

/** What a server says of its own keys and users in a policy is nobody's business. */
const SECRETS: ReadonlySet<string> = new Set([
  'http://ws.apache.org/rampart/policy',
  'http://www.wso2.org/products/carbon/security',
])

const isSecret = ({ namespace }: XmlElement): boolean => SECRETS.has(namespace)

function removeChildren(document: XmlDocument, unwanted: (element: XmlElement) => boolean): void {
  for (const element of descendants(document)) {
    const gone = new Set<unknown>(elementsOf(element).filter(unwanted))
    if (gone.size > 0) element.children = element.children.filter((child) => !gone.has(child))
  }
}
