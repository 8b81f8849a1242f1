import { Fault } from '../fault.ts'
import { createEnvelope, isEnvelope, isSoapNamespace, SOAP12, type SoapVersion } from '../soap/envelope.ts'
import { VersionMismatch } from '../soap/version-mismatch.ts'
import { decodeXml } from '../xml/decode.ts'
import { parseXml } from '../xml/parse.ts'
import { ELEMENT, INSTRUCTION, TEXT, type XmlDocument, type XmlElement, type XmlParent } from '../xml/tree.ts'
import { XmlError } from '../xml/xml-error.ts'
import type { Content, Infoset } from './infoset.ts'
import { parameterOf } from './media-type.ts'

/** What the Content-Type and SOAPAction promise: an envelope of a version, one of SOAP 1.1 or plain XML, or plain XML. */
export type Expected = SoapVersion | 'any' | 'none'

/** SOAP header blocks of one message (reliability 5.3). */
export const HEADER_BLOCKS = 500

/** The infoset of an XML body: the envelope itself, or one around plain XML. */
export function buildXml(bytes: Buffer, { contentType }: Pick<Content, 'contentType'>, expected: Expected): Infoset {
  const { text, tree } = readXml(bytes, parameterOf(contentType, 'charset'))
  const { root } = tree
  if (isEnvelope(root)) {
    checkVersion(root, expected)
    checkEnvelope(tree)
    if (text.includes('<?', 2)) refuseInstructions(tree)
    return { tree, rest: false }
  }
  if (root.name === 'Envelope' && expected !== 'none') {
    throw new VersionMismatch(
      'the namespace of the envelope is that of no SOAP version',
      expected === '1.2' ? '1.2' : '1.1',
    )
  }
  if (expected === '1.1' || expected === '1.2')
    throw new Fault(601000, 'the body is no SOAP envelope, although the request says so')
  return { tree: createEnvelope('1.1', [root]), rest: true }
}

/** Parses an XML body. Throws Fault 601000 with the reason and the place. */
export function readXml(
  bytes: Buffer,
  charset: string | undefined,
): { readonly text: string; readonly tree: XmlDocument } {
  try {
    const text = decodeXml(bytes, charset)
    return { text, tree: parseXml(text) }
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause
    throw new Fault(601000, `the XML body is malformed: ${cause.message}`, { cause })
  }
}

function checkVersion({ namespace }: XmlElement, expected: Expected): void {
  const version: SoapVersion = namespace === SOAP12 ? '1.2' : '1.1'
  const wanted = expected === 'any' ? '1.1' : expected
  if (wanted !== 'none' && wanted !== version) {
    throw new VersionMismatch(`the envelope is of SOAP ${version}, the Content-Type of SOAP ${wanted}`, wanted)
  }
}

/** One Body, at most one Header before it (SOAP 1.1 section 4, SOAP 1.2 part 1 section 5.1). */
function checkEnvelope({ root }: XmlDocument): void {
  const parts: XmlElement[] = []
  for (const child of root.children) {
    if (child.type === ELEMENT) parts.push(child)
    else if (child.type === TEXT && child.value.trim() !== '')
      throw new Fault(601000, 'there is text between Envelope and Body')
  }
  const isPart = (part: XmlElement | undefined, name: string): boolean =>
    part?.name === name && part.namespace === root.namespace
  const header = isPart(parts[0], 'Header') ? parts.shift() : undefined
  if (!isPart(parts.shift(), 'Body')) throw new Fault(601000, 'the envelope has no Body where it belongs')
  const surplus = parts.find(({ namespace }) => isSoapNamespace(namespace) || root.namespace === SOAP12)
  if (surplus !== undefined)
    throw new Fault(601000, `the envelope has an element "${surplus.name.slice(0, 40)}" behind its Body`)
  const blocks = header?.children.filter(({ type }) => type === ELEMENT).length ?? 0
  if (blocks > HEADER_BLOCKS) throw new Fault(601000, `the message has more than ${HEADER_BLOCKS} SOAP header blocks`)
}

/** SOAP messages hold no processing instructions (SOAP 1.1 section 3). */
function refuseInstructions(tree: XmlDocument): void {
  const open: XmlParent[] = [tree]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of next.children) {
      if (child.type === INSTRUCTION) throw new Fault(601000, 'a SOAP message must not hold processing instructions')
      if (child.type === ELEMENT) open.push(child)
    }
  }
}
