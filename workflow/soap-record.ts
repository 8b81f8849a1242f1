import { XmlElement, XmlText } from 'viaduct'

/** An element with one child for every field, all in its namespace; values are text, whatever they hold. */
export function recordElement(name: string, namespace: string, fields: Readonly<Record<string, string>>): XmlElement {
  const record = new XmlElement(name, namespace, 'wor')
  record.declarations = [{ prefix: 'wor', namespace }]
  for (const [field, value] of Object.entries(fields)) {
    const child = new XmlElement(field, namespace, 'wor', record)
    child.children.push(new XmlText(value, child))
    record.children.push(child)
  }
  return record
}
