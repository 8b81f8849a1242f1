import {
  XmlBufferInputProvider,
  xmlCleanupInputProvider,
  XmlDocument,
  XmlLibError,
  xmlRegisterInputProvider,
  XmlValidateError,
  XsdValidator,
} from 'libxml2-wasm'
import { attributeValue, ELEMENT, escapeAttribute, parseXml, printXml, type Resource, type XmlElement } from 'viaduct'
import { SchemaError } from './schema-error.ts'

const XSD = 'http://www.w3.org/2001/XMLSchema'

/** Where schemas stand for the library, which knows no files. */
const PLACE = 'viaduct:/schema/'

/** More schemas than belong together. */
const MOST_SCHEMAS = 500

interface Gathered {
  readonly location: string
  readonly namespace: string | undefined
}

/** Compiles XML Schemas with all that they import and include. Throws SchemaError. */
export function compileXmlSchema(
  schemas: readonly Resource[],
  find: (location: string) => Resource | undefined,
): (element: XmlElement) => readonly string[] {
  const gathering = new Gathering(find)
  const roots = schemas.map((schema) => gathering.add(schema))
  const validator = gathering.compile(roots)
  return (element) => {
    const document = XmlDocument.fromString(printXml(element))
    try {
      validator.validate(document)
      return []
    } catch (thrown) {
      if (thrown instanceof XmlValidateError) return thrown.details.map(({ message }) => message.trim())
      throw thrown
    } finally {
      document.dispose()
    }
  }
}

/** Schemas by the places that the library will ask for; every location in them is rewritten to such a place. */
class Gathering {
  readonly #find: (location: string) => Resource | undefined
  readonly #known = new Map<string, Gathered>()
  readonly #texts: Record<string, Uint8Array> = {}

  constructor(find: (location: string) => Resource | undefined) {
    this.#find = find
  }

  add({ bytes, file, key }: Resource): Gathered {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= MOST_SCHEMAS) throw new SchemaError('the schemas import too many others')
    const root = read(bytes.toString('utf8'), file)
    const gathered = { location: `${PLACE}${this.#known.size}.xsd`, namespace: attributeValue(root, 'targetNamespace') }
    this.#known.set(key, gathered)
    for (const child of root.children) if (child.type === ELEMENT && child.namespace === XSD) this.#follow(child, file)
    this.#texts[gathered.location] = Buffer.from(printXml(root))
    return gathered
  }

  compile(roots: readonly Gathered[]): XsdValidator {
    const parts = roots.map(({ location, namespace }) =>
      namespace === undefined
        ? `<xs:include schemaLocation="${location}"/>`
        : `<xs:import namespace="${escapeAttribute(namespace)}" schemaLocation="${location}"/>`,
    )
    const text = `<xs:schema xmlns:xs="${XSD}">${parts.join('')}</xs:schema>`
    xmlRegisterInputProvider(new XmlBufferInputProvider(this.#texts))
    try {
      return XsdValidator.fromDoc(XmlDocument.fromString(text, { url: `${PLACE}all.xsd` }))
    } catch (thrown) {
      if (thrown instanceof XmlLibError) throw new SchemaError(reasonOf(thrown))
      throw thrown
    } finally {
      xmlCleanupInputProvider()
    }
  }

  #follow(element: XmlElement, file: string): void {
    const location = element.attributes.find(({ name }) => name === 'schemaLocation')
    if (location === undefined || !['import', 'include', 'redefine'].includes(element.name)) return
    const resource = this.#find(location.value)
    if (resource === undefined)
      throw new SchemaError(`${file} names "${location.value}", and there is no such resource`)
    location.value = this.add(resource).location
  }
}

function read(text: string, file: string): XmlElement {
  let root: XmlElement
  try {
    root = parseXml(text).root
  } catch (thrown) {
    throw new SchemaError(`${file}: ${thrown instanceof Error ? thrown.message : 'it is malformed'}`)
  }
  if (root.name !== 'schema' || root.namespace !== XSD)
    throw new SchemaError(`${file}: <${root.name}> is no XML Schema`)
  return root
}

const reasonOf = (error: XmlLibError): string =>
  error.details.map(({ message }) => message.trim()).join('; ') || error.message
