import { attributeValue, namespaceOf, type XmlDocument, type XmlElement } from 'viaduct'
import { descendants, XSD } from './names.ts'

const XMIME = ['http://www.w3.org/2005/05/xmlmime', 'http://www.w3.org/2004/11/xmlmime']

/** Elements whose content is base64Binary, as `{namespace}name`: what MTOM sends as attachments. */
export function binaryElements(documents: Iterable<XmlDocument>): ReadonlySet<string> {
  const found = new Set<string>()
  for (const document of documents) {
    let schema: XmlElement | undefined
    for (const element of descendants(document)) {
      if (element.namespace !== XSD) continue
      if (element.name === 'schema') schema = element
      const name = element.name === 'element' ? attributeValue(element, 'name') : undefined
      if (schema === undefined || name === undefined || !isBinary(element)) continue
      const namespace = attributeValue(schema, 'targetNamespace') ?? ''
      const qualified = element.parent === schema || attributeValue(schema, 'elementFormDefault') === 'qualified'
      found.add(`{${qualified ? namespace : ''}}${name}`)
    }
  }
  return found
}

function isBinary(element: XmlElement): boolean {
  if (XMIME.some((namespace) => attributeValue(element, 'expectedContentTypes', namespace) !== undefined)) return true
  const [prefix, local] = (attributeValue(element, 'type') ?? '').split(':')
  if (local === undefined) return prefix === 'base64Binary' && namespaceOf('', element) === XSD
  const namespace = namespaceOf(prefix ?? '', element)
  return local === 'base64Binary' && (namespace === XSD || XMIME.includes(namespace ?? ''))
}
