import { ELEMENT, type XmlDocument, XmlElement, XmlText } from '../xml/tree.ts'
import { headerOf, requireHeader } from './envelope.ts'

export const WSA_FINAL = 'http://www.w3.org/2005/08/addressing'
export const WSA_SUBMISSION = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'

/** Occurs in both namespaces: a message without it has no addressing headers. */
export const WSA_HINT = '/08/addressing'

export type AddressingVersion = 'final' | 'submission'

export const ANONYMOUS: Readonly<Record<AddressingVersion, string>> = {
  final: `${WSA_FINAL}/anonymous`,
  submission: `${WSA_SUBMISSION}/role/anonymous`,
}

/** Message addressing properties, as far as the bus handles them. */
export interface AddressingHeaders {
  to?: string | undefined
  action?: string | undefined
  messageId?: string | undefined
  replyTo?: string | undefined
  from?: string | undefined
  faultTo?: string | undefined
  relatesTo?: string | undefined
}

const FIELDS: ReadonlyMap<string, keyof AddressingHeaders> = new Map([
  ['To', 'to'],
  ['Action', 'action'],
  ['MessageID', 'messageId'],
  ['ReplyTo', 'replyTo'],
  ['From', 'from'],
  ['FaultTo', 'faultTo'],
  ['RelatesTo', 'relatesTo'],
])

export const isAddressingNamespace = (namespace: string): boolean =>
  namespace === WSA_FINAL || namespace === WSA_SUBMISSION

/** The addressing headers of an envelope, of both versions of the standard; the first of each name counts. */
export function readAddressing(tree: XmlDocument): AddressingHeaders {
  const found: AddressingHeaders = {}
  for (const block of headerOf(tree)?.children ?? []) {
    if (block.type !== ELEMENT || !isAddressingNamespace(block.namespace)) continue
    const field = FIELDS.get(block.name)
    if (field === undefined || found[field] !== undefined) continue
    found[field] = isReference(field) ? addressOf(block) : textOf(block)
  }
  return found
}

/** Removes the addressing headers of both versions. Returns whether there were any. */
export function removeAddressing(tree: XmlDocument): boolean {
  const header = headerOf(tree)
  if (header === undefined || !hasAddressing(tree)) return false
  header.children = header.children.filter((child) => !isAddressingBlock(child))
  return true
}

export function hasAddressing(tree: XmlDocument): boolean {
  return headerOf(tree)?.children.some(isAddressingBlock) ?? false
}

/** Writes the headers given in front of the other blocks; those of either version that were there go. */
export function writeAddressing(tree: XmlDocument, version: AddressingVersion, headers: AddressingHeaders): void {
  removeAddressing(tree)
  const header = requireHeader(tree)
  const namespace = version === 'final' ? WSA_FINAL : WSA_SUBMISSION
  const blocks = addressingBlocks(version, headers)
  for (const block of blocks) block.parent = header
  header.children.unshift(...blocks)
  if (blocks.length > 0 && !header.declarations.some(({ prefix }) => prefix === 'wsa')) {
    header.declarations = [...header.declarations, { prefix: 'wsa', namespace }]
  }
}

/** The header blocks for these values. */
export function addressingBlocks(version: AddressingVersion, headers: AddressingHeaders): XmlElement[] {
  const namespace = version === 'final' ? WSA_FINAL : WSA_SUBMISSION
  const blocks: XmlElement[] = []
  for (const [name, field] of FIELDS) {
    const value = headers[field]
    if (value === undefined || value === '') continue
    const block = new XmlElement(name, namespace, 'wsa')
    const holder = isReference(field) ? child(block, 'Address', namespace) : block
    holder.children.push(new XmlText(value, holder))
    blocks.push(block)
  }
  return blocks
}

const isReference = (field: keyof AddressingHeaders): boolean =>
  field === 'replyTo' || field === 'from' || field === 'faultTo'

const isAddressingBlock = (node: { readonly type: number }): boolean =>
  node instanceof XmlElement && isAddressingNamespace(node.namespace) && FIELDS.has(node.name)

function addressOf(reference: XmlElement): string {
  for (const inner of reference.children) {
    if (inner.type === ELEMENT && inner.name === 'Address' && inner.namespace === reference.namespace)
      return textOf(inner)
  }
  return ''
}

function textOf(element: XmlElement): string {
  let text = ''
  for (const inner of element.children) if (inner instanceof XmlText) text += inner.value
  return text.trim()
}

function child(parent: XmlElement, name: string, namespace: string): XmlElement {
  const element = new XmlElement(name, namespace, 'wsa', parent)
  parent.children.push(element)
  return element
}
