import { DOMParser } from '@xmldom/xmldom'
import { useNamespaces, type SelectReturnType } from 'xpath'

const XMLNS = 'http://www.w3.org/2000/xmlns/'
const SOAP = ['http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope']

/** Parses with a parser that the bus does not use; undefined when the text is not well-formed. */
export function parseDocument(text: string): Document | undefined {
  try {
    const onError = (level: 'warning' | 'error' | 'fatalError', message: string) => {
      if (level !== 'warning') throw new Error(message)
    }
    return new DOMParser({ onError }).parseFromString(text, 'text/xml') as unknown as Document
  } catch {
    return undefined
  }
}

/** The string value of an XPath 1.0 expression and, for a node set, of each of its nodes. */
export function evaluateXPath(
  document: Document,
  expression: string,
  namespaces: Readonly<Record<string, string>> = {},
): { value: string; nodes: string[] } {
  const result: SelectReturnType = useNamespaces({ ...namespaces })(expression, document)
  if (!Array.isArray(result)) return { value: typeof result === 'object' ? '' : String(result), nodes: [] }
  const nodes = result.map((node) => node.textContent ?? node.nodeValue ?? '')
  return { value: nodes[0] ?? '', nodes }
}

/** Whether two documents say the same when comments, white-space-only text, prefixes and declarations do not count. */
export function sameXml(left: string, right: string): boolean {
  const [a, b] = [parseDocument(left)?.documentElement, parseDocument(right)?.documentElement]
  return a !== undefined && a !== null && b !== undefined && b !== null && normalised(a) === normalised(b)
}

function normalised(node: Node): string {
  if (node.nodeType === 3 || node.nodeType === 4)
    return (node.nodeValue ?? '').trim() === '' ? '' : JSON.stringify(node.nodeValue)
  if (node.nodeType === 7) return `<?${node.nodeName} ${node.nodeValue ?? ''}?>`
  if (node.nodeType !== 1) return ''
  const element = node as Element
  const attributes = [...element.attributes]
    .filter((attribute) => attribute.namespaceURI !== XMLNS)
    .map((attribute) => `{${attribute.namespaceURI ?? ''}}${attribute.localName}=${JSON.stringify(attribute.value)}`)
  const content = mergeText([...element.childNodes].map(normalised))
  return `<{${element.namespaceURI ?? ''}}${element.localName} ${attributes.sort().join(' ')}>${content}</>`
}

/** Neighbouring texts (a CDATA section beside plain text) are one text. */
function mergeText(parts: string[]): string {
  return parts.join('').replaceAll('""', '')
}

/**
 * What Axiom prints of the first child of the SOAP body, as far as a text comparison can tell: no XML declaration, no unused
 * namespace declarations, double quotes, empty-element tags. Of a document that is no envelope, its root element.
 */
export function bodyContent(text: string): string | undefined {
  const root = parseDocument(text)?.documentElement
  if (root === undefined || root === null) return undefined
  const payload = SOAP.includes(root.namespaceURI ?? '') && root.localName === 'Envelope' ? firstOfBody(root) : root
  return payload && printElement(payload, new Map())
}

function firstOfBody(envelope: Element): Element | undefined {
  const elements = (parent: Element) => [...parent.childNodes].filter((node): node is Element => node.nodeType === 1)
  const body = elements(envelope).find((element) => element.localName === 'Body')
  return body && elements(body)[0]
}

/** Prints as Axiom does: declarations (those that are used and not in scope) before attributes. */
function printElement(element: Element, scope: ReadonlyMap<string, string>): string {
  const inner = new Map(scope)
  for (const [prefix, namespace] of namespacesOf(element))
    if ((inner.get(prefix) ?? '') !== namespace && (prefix === '' || usesPrefix(element, prefix)))
      inner.set(prefix, namespace)
  const declared = [...inner].filter(([prefix, namespace]) => scope.get(prefix) !== namespace)
  const declarations = declared.map(([prefix, namespace]) => ` xmlns${prefix && `:${prefix}`}="${escape(namespace)}"`)
  const attributes = Array.from(element.attributes)
    .filter(({ namespaceURI }) => namespaceURI !== XMLNS)
    .map(({ name, value }) => ` ${name}="${escape(value)}"`)
  const content = Array.from(element.childNodes).map((child) => {
    if (child.nodeType === 1) return printElement(child as Element, inner)
    return child.nodeType === 3 || child.nodeType === 4 ? escape(child.nodeValue ?? '', false) : ''
  })
  const head = `<${element.tagName}${declarations.join('')}${attributes.join('')}`
  return content.join('') === '' ? `${head}/>` : `${head}>${content.join('')}</${element.tagName}>`
}

/** The declarations on the element and, nearest first, those that it inherits. */
function namespacesOf(element: Element): Map<string, string> {
  const found = new Map<string, string>()
  for (let node: Node | null = element; node !== null && node.nodeType === 1; node = node.parentNode)
    for (const { namespaceURI, prefix, localName, value } of Array.from((node as Element).attributes)) {
      const declares = prefix === 'xmlns' ? localName : ''
      if (namespaceURI === XMLNS && !found.has(declares)) found.set(declares, value)
    }
  return found
}

function escape(text: string, quote = true): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return quote ? escaped.replaceAll('"', '&quot;') : escaped
}

function usesPrefix(element: Element, prefix: string): boolean {
  if (element.prefix === prefix || [...element.attributes].some((each) => each.prefix === prefix)) return true
  if ([...element.attributes].some((each) => each.namespaceURI !== XMLNS && each.value.startsWith(`${prefix}:`)))
    return true
  return [...element.childNodes].some((child) => child.nodeType === 1 && usesPrefix(child as Element, prefix))
}

/** Whether the text is a SOAP fault of either version. */
export function isSoapFault(text: string): boolean {
  const root = parseDocument(text)?.documentElement
  if (root === undefined || root === null || !SOAP.includes(root.namespaceURI ?? '')) return false
  const fault = firstOfBody(root)
  return fault !== undefined && fault.localName === 'Fault' && SOAP.includes(fault.namespaceURI ?? '')
}
