import {
  type DecisionAttribute,
  type DecisionCategory,
  type DecisionValue,
  escapeAttribute,
  escapeText,
  printXml,
} from 'viaduct'

/** An XML attribute; '' when there is no value. */
export const xmlAttribute = (name: string, value: string | undefined): string =>
  value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`

/** ` DataType="…"`, and what a path needs to be read again. */
export function valueAttributes({ type, xpath }: DecisionValue): string {
  if (xpath === undefined) return xmlAttribute('DataType', type)
  const declarations = [...xpath.namespaces]
    .filter(([prefix]) => prefix !== '')
    .map(([prefix, namespace]) => xmlAttribute(`xmlns:${prefix}`, namespace))
  return `${xmlAttribute('DataType', type)}${xmlAttribute('XPathCategory', xpath.category)}${declarations.join('')}`
}

/** `<Attributes>` of XACML 3.0, in requests and results alike. */
export function writeCategory({ category, id, content, attributes }: DecisionCategory): string {
  const inner = [
    content === undefined ? '' : `<Content>${printXml(content)}</Content>`,
    ...attributes.map(writeAttribute),
  ].join('')
  return `<Attributes${xmlAttribute('xml:id', id)}${xmlAttribute('Category', category)}>${inner}</Attributes>`
}

function writeAttribute({ id, issuer, includeInResult = false, values }: DecisionAttribute): string {
  const inner = values.map(
    (value) => `<AttributeValue${valueAttributes(value)}>${escapeText(value.text)}</AttributeValue>`,
  )
  const own = `${xmlAttribute('AttributeId', id)}${xmlAttribute('Issuer', issuer)} IncludeInResult="${includeInResult}"`
  return `<Attribute${own}>${inner.join('')}</Attribute>`
}
