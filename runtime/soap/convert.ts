import { ELEMENT, XmlAttribute, type XmlDocument, type XmlElement } from '../xml/tree.ts'
import {
  adopt,
  bodyOf,
  headerOf,
  isFault,
  SOAP11,
  SOAP12,
  soapNamespace,
  soapVersion,
  type SoapVersion,
} from './envelope.ts'
import { createFault, readFault } from './fault.ts'

/** What the actor or role attribute says in both versions (SOAP 1.2 part 0, section 6). */
const NEXT: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/actor/next',
  '1.2': `${SOAP12}/role/next`,
}

/** Turns the envelope into the other version, in place: envelope, header attributes and fault. The payload is not touched. */
export function convertEnvelope(tree: XmlDocument, version: SoapVersion): void {
  const from = soapVersion(tree)
  if (from === version) return
  const namespace = soapNamespace(version)
  const fault = isFault(tree) ? readFault(tree) : undefined
  const envelope = tree.root
  const header = headerOf(tree)
  const body = bodyOf(tree)
  for (const element of [envelope, header, body]) if (element !== undefined) rename(element, namespace)
  for (const block of header?.children ?? []) if (block.type === ELEMENT) convertBlock(block, version)
  if (fault !== undefined) {
    body.children = []
    adopt(body, createFault(version, fault, body.prefix))
  }
}

function rename(element: XmlElement, namespace: string): void {
  const old = element.namespace
  element.namespace = namespace
  if (element.declarations.some((declaration) => declaration.namespace === old)) {
    element.declarations = element.declarations.map((declaration) =>
      declaration.namespace === old ? { prefix: declaration.prefix, namespace } : declaration,
    )
  }
}

function convertBlock(block: XmlElement, version: SoapVersion): void {
  const other = version === '1.1' ? SOAP12 : SOAP11
  if (!block.attributes.some(({ namespace }) => namespace === other)) return
  const namespace = soapNamespace(version)
  const prefix = block.parent?.type === ELEMENT ? block.parent.prefix || 'soapenv' : 'soapenv'
  block.attributes = block.attributes.flatMap((attribute) => {
    if (attribute.namespace !== other) return [attribute]
    const converted = convertAttribute(attribute.name, attribute.value, version)
    return converted === undefined ? [] : [new XmlAttribute(converted.name, converted.value, namespace, prefix, block)]
  })
}

/** `relay` has no counterpart in SOAP 1.1 and is dropped. */
function convertAttribute(
  name: string,
  value: string,
  version: SoapVersion,
): { name: string; value: string } | undefined {
  switch (name) {
    case 'mustUnderstand': {
      const required = value.trim() === '1' || value.trim() === 'true'
      return { name, value: version === '1.1' ? (required ? '1' : '0') : String(required) }
    }
    case 'actor':
    case 'role': {
      const from = version === '1.1' ? NEXT['1.2'] : NEXT['1.1']
      return { name: version === '1.1' ? 'actor' : 'role', value: value === from ? NEXT[version] : value }
    }
    case 'relay':
      return undefined
    default:
      return { name, value }
  }
}
