import {
  ELEMENT,
  XmlAttribute,
  type XmlDocument,
  XML_NAMESPACE,
  XmlElement,
  type XmlNode,
  XmlText,
} from '../xml/tree.ts'
import { cloneNode } from '../xml/edit.ts'
import { adopt, bodyChild, isSoapNamespace, SOAP12, soapNamespace, type SoapVersion } from './envelope.ts'

/** A qualified name as content: code and subcode of a fault. */
export interface FaultName {
  readonly name: string
  readonly namespace: string
  readonly prefix?: string | undefined
}

/** What a SOAP fault says, in either version. */
export interface SoapFault {
  /** `Sender`, `Receiver`, `VersionMismatch`, `MustUnderstand` in a SOAP namespace, or any name (SOAP 1.1 allows that). */
  readonly code: FaultName
  readonly subcode?: FaultName | undefined
  readonly reason: string
  readonly language?: string | undefined
  /** SOAP 1.2 only. */
  readonly node?: string | undefined
  /** SOAP 1.1 calls it actor. */
  readonly role?: string | undefined
  readonly detail?: readonly XmlNode[] | undefined
}

const TO_12: ReadonlyMap<string, string> = new Map([
  ['Client', 'Sender'],
  ['Server', 'Receiver'],
])
const TO_11: ReadonlyMap<string, string> = new Map([
  ['Sender', 'Client'],
  ['Receiver', 'Server'],
])

/** The fault in the body of an envelope; undefined when there is none. Nodes of `detail` stay where they are. */
export function readFault(tree: XmlDocument): SoapFault | undefined {
  const fault = bodyChild(tree)
  if (fault === undefined || fault.name !== 'Fault' || !isSoapNamespace(fault.namespace)) return undefined
  return fault.namespace === SOAP12 ? readFault12(fault) : readFault11(fault)
}

/** The fault is the caller's mistake: answered with HTTP 400 in SOAP 1.2 (SOAP 1.2 part 2, section 7.4.2). */
export function isSenderFault(tree: XmlDocument): boolean {
  const code = readFault(tree)?.code
  return code !== undefined && isSoapNamespace(code.namespace) && (code.name === 'Sender' || code.name === 'Client')
}

/** A Fault element for a Body whose prefix is `prefix`. Nodes of `detail` are taken over; those that have a parent are copied. */
export function createFault(version: SoapVersion, fault: SoapFault, prefix = 'soapenv'): XmlElement {
  const element = new XmlElement('Fault', soapNamespace(version), prefix)
  return version === '1.1' ? writeFault11(element, fault) : writeFault12(element, fault)
}

function readFault11(fault: XmlElement): SoapFault {
  const detail = inner(fault, 'detail', '')
  return {
    code: readName(inner(fault, 'faultcode', '')),
    reason: text(inner(fault, 'faultstring', '')),
    role: optional(inner(fault, 'faultactor', '')),
    detail: detail?.children,
  }
}

function readFault12(fault: XmlElement): SoapFault {
  const code = inner(fault, 'Code', SOAP12)
  const subcode = inner(code, 'Subcode', SOAP12)
  const reason = inner(inner(fault, 'Reason', SOAP12), 'Text', SOAP12)
  return {
    code: readName(inner(code, 'Value', SOAP12)),
    subcode: subcode && readName(inner(subcode, 'Value', SOAP12)),
    reason: text(reason),
    language: reason?.attributes.find(({ name }) => name === 'lang')?.value,
    node: optional(inner(fault, 'Node', SOAP12)),
    role: optional(inner(fault, 'Role', SOAP12)),
    detail: inner(fault, 'Detail', SOAP12)?.children,
  }
}

function writeFault11(fault: XmlElement, { code, subcode, reason, role, detail }: SoapFault): XmlElement {
  // SOAP 1.1 has one level of codes: the more exact one is kept (SOAP 1.2 part 0, section 6 has no rule for it).
  writeName(add(fault, 'faultcode'), translated(subcode ?? code, '1.1'))
  addText(add(fault, 'faultstring'), reason)
  if (role !== undefined) addText(add(fault, 'faultactor'), role)
  if (detail !== undefined && detail.length > 0) take(add(fault, 'detail'), detail)
  return fault
}

function writeFault12(
  fault: XmlElement,
  { code, subcode, reason, language, node, role, detail }: SoapFault,
): XmlElement {
  const { prefix } = fault
  const main = translated(code, '1.2')
  const standard = main.namespace === SOAP12
  const codeElement = add(fault, 'Code', SOAP12, prefix)
  writeName(
    add(codeElement, 'Value', SOAP12, prefix),
    standard ? main : { name: 'Receiver', namespace: SOAP12, prefix },
  )
  const inner = standard ? subcode : main
  if (inner !== undefined) writeName(add(add(codeElement, 'Subcode', SOAP12, prefix), 'Value', SOAP12, prefix), inner)
  const textElement = add(add(fault, 'Reason', SOAP12, prefix), 'Text', SOAP12, prefix)
  textElement.attributes = [new XmlAttribute('lang', language ?? 'en', XML_NAMESPACE, 'xml', textElement)]
  addText(textElement, reason)
  if (node !== undefined) addText(add(fault, 'Node', SOAP12, prefix), node)
  if (role !== undefined) addText(add(fault, 'Role', SOAP12, prefix), role)
  if (detail !== undefined && detail.length > 0) take(add(fault, 'Detail', SOAP12, prefix), detail)
  return fault
}

function translated(code: FaultName, version: SoapVersion): FaultName {
  if (!isSoapNamespace(code.namespace)) return code
  const name = (version === '1.1' ? TO_11 : TO_12).get(code.name) ?? code.name
  const namespace = soapNamespace(version)
  return name === code.name && namespace === code.namespace ? code : { name, namespace }
}

/** Writes a QName as text: with the prefix it brings, else with one that an enclosing fault declares, else with one of its own. */
function writeName(element: XmlElement, { name, namespace, prefix = '' }: FaultName): void {
  if (namespace === '') {
    addText(element, name)
    return
  }
  const used = prefix === '' ? (enclosing(element, namespace) ?? 'fc') : prefix
  if (resolvePrefix(element, used) !== namespace) element.declarations = [{ prefix: used, namespace }]
  addText(element, `${used}:${name}`)
}

function enclosing(element: XmlElement, namespace: string): string | undefined {
  const hidden = new Set<string>()
  for (let at: XmlElement | null = element; at !== null; at = at.parent?.type === ELEMENT ? at.parent : null) {
    if (at.namespace === namespace && at.prefix !== '' && !hidden.has(at.prefix)) return at.prefix
    for (const declaration of at.declarations) {
      if (declaration.namespace === namespace && declaration.prefix !== '' && !hidden.has(declaration.prefix))
        return declaration.prefix
      hidden.add(declaration.prefix)
    }
  }
  return undefined
}

function readName(element: XmlElement | undefined): FaultName {
  const value = text(element).trim()
  const colon = value.indexOf(':')
  const prefix = colon < 0 ? '' : value.slice(0, colon)
  return { name: value.slice(colon + 1), namespace: resolvePrefix(element, prefix), prefix }
}

/** The namespace that a prefix in the content of `element` stands for; '' when it is not declared. */
export function resolvePrefix(element: XmlElement | undefined, prefix: string): string {
  for (let at: XmlElement | null = element ?? null; at !== null; at = at.parent?.type === ELEMENT ? at.parent : null) {
    for (const declaration of at.declarations) if (declaration.prefix === prefix) return declaration.namespace
    if (at.prefix === prefix) return at.namespace
  }
  return ''
}

function inner(parent: XmlElement | undefined, name: string, namespace: string): XmlElement | undefined {
  for (const child of parent?.children ?? []) {
    if (child.type === ELEMENT && child.name === name && child.namespace === namespace) return child
  }
  return undefined
}

function text(element: XmlElement | undefined): string {
  let value = ''
  for (const child of element?.children ?? []) if (child instanceof XmlText) value += child.value
  return value
}

const optional = (element: XmlElement | undefined): string | undefined =>
  element === undefined ? undefined : text(element)

function add(parent: XmlElement, name: string, namespace = '', prefix = ''): XmlElement {
  const element = new XmlElement(name, namespace, prefix, parent)
  parent.children.push(element)
  return element
}

function addText(element: XmlElement, value: string): void {
  element.children.push(new XmlText(value, element))
}

function take(parent: XmlElement, nodes: readonly XmlNode[]): void {
  for (const node of nodes) adopt(parent, node.type === ELEMENT && node.parent !== null ? cloneNode(node) : node)
}
