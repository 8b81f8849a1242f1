import { elements, ELEMENT, type XmlElement, type XmlParent } from 'viaduct'
import type { ElementSelector } from '../plan.ts'
import type { Decryption, SecurityResults, VerifiedSignature } from '../security-results.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { PartsCheck } from './compile-check.ts'
import type { HeaderPart } from './parts.ts'

/** Nodes that one signature covers, or that were encrypted. Two nodes are the same only when they are the same object. */
export interface Coverage {
  readonly nodes: ReadonlySet<XmlElement>
  readonly attachments: ReadonlySet<string>
}

/** What one signature covers. */
export const signedBy = ({ covered }: VerifiedSignature): Coverage => ({
  nodes: new Set(covered.flatMap(({ node, token }) => node ?? token?.element ?? [])),
  attachments: new Set(covered.flatMap(({ attachment }) => attachment ?? [])),
})

/** What was encrypted: elements that stand where ciphertext stood, and elements whose content did. */
export interface EncryptedNodes extends Coverage {
  readonly content: ReadonlySet<XmlElement>
}

export function encryptedIn(decryptions: readonly Decryption[]): EncryptedNodes {
  const whole = decryptions.filter(({ kind }) => kind === 'element' || kind === 'header')
  return {
    nodes: new Set(whole.flatMap(({ node }) => node ?? [])),
    content: new Set(decryptions.filter(({ kind }) => kind === 'content').flatMap(({ node }) => node ?? [])),
    attachments: new Set(decryptions.flatMap(({ attachment }) => attachment ?? [])),
  }
}

/** Throws when a part that must be signed is not covered. Headers that the message does not have are nobody's business. */
export function requireSigned(parts: PartsCheck, coverage: Coverage, results: SecurityResults): void {
  const { nodes } = coverage
  if (parts.body && !nodes.has(results.body)) throw new SecurityFailure('part-unsigned', 'Soap Body must be signed')
  for (const header of headersIn(results, parts))
    if (!nodes.has(header)) throw new SecurityFailure('part-unsigned', `Soap Header must be signed : ${header.name}`)
  for (const element of selected(parts.elements, results))
    if (!isInside(element, nodes))
      throw new SecurityFailure('part-unsigned', `Element must be signed : ${element.name}`)
  requireAttachments(parts, coverage, results, 'part-unsigned')
}

/** Throws when a part that must be encrypted came readable. */
export function requireEncrypted(parts: PartsCheck, coverage: EncryptedNodes, results: SecurityResults): void {
  const { nodes, content } = coverage
  if (parts.body && !content.has(results.body))
    throw new SecurityFailure('part-unencrypted', 'Soap Body is not encrypted')
  for (const header of headersIn(results, parts))
    if (!nodes.has(header))
      throw new SecurityFailure('part-unencrypted', `Soap Header is not encrypted : ${header.name}`)
  for (const element of selected(parts.elements, results)) {
    if (!isInside(element, nodes) && !isInsideContent(element, content))
      throw new SecurityFailure('part-unencrypted', `Element is not encrypted : ${element.name}`)
  }
  for (const element of selected(parts.content, results)) {
    if (!content.has(element) && !isInside(element, nodes) && !isInsideContent(element, content))
      throw new SecurityFailure('part-unencrypted', `the content of the element is not encrypted : ${element.name}`)
  }
  requireAttachments(parts, coverage, results, 'part-unencrypted')
}

function requireAttachments(
  { attachments }: PartsCheck,
  coverage: Coverage,
  results: SecurityResults,
  reason: 'part-unsigned' | 'part-unencrypted',
): void {
  if (!attachments) return
  for (const { contentId } of results.attachments) {
    if (contentId === undefined || !coverage.attachments.has(contentId))
      throw new SecurityFailure(reason, `the attachment ${contentId ?? 'without Content-ID'} is not protected`)
  }
}

/** Header blocks that the parts name; the Security header protects itself. */
function headersIn({ header, security }: SecurityResults, { headers, everyHeader }: PartsCheck): XmlElement[] {
  if (header === undefined || (!everyHeader && headers.length === 0)) return []
  return elements(header).filter(
    (block) => block !== security && (everyHeader || headers.some((part) => isNamed(block, part))),
  )
}

/** Throws when a header or element that must be there is not. */
export function requirePresent(
  headers: readonly HeaderPart[],
  required: readonly ElementSelector[],
  results: SecurityResults,
): void {
  const blocks = results.header === undefined ? [] : elements(results.header)
  for (const part of headers) {
    if (!blocks.some((block) => isNamed(block, part)))
      throw new SecurityFailure('part-missing', `the header ${part.name ?? `of ${part.namespace}`}`)
  }
  for (const select of required)
    if (select(results.envelope).length === 0)
      throw new SecurityFailure('part-missing', 'an element that the policy requires')
}

const isNamed = (block: XmlElement, { name, namespace }: HeaderPart): boolean =>
  block.namespace === namespace && (name === undefined || block.name === name)

const selected = (selectors: readonly ElementSelector[], { envelope }: SecurityResults): XmlElement[] =>
  selectors.flatMap((select) => select(envelope))

/** The element is one of the nodes, or stands in one. */
function isInside(element: XmlElement, nodes: ReadonlySet<XmlElement>): boolean {
  for (let at: XmlParent | null = element; at?.type === ELEMENT; at = at.parent) if (nodes.has(at)) return true
  return false
}

const isInsideContent = (element: XmlElement, content: ReadonlySet<XmlElement>): boolean =>
  element.parent?.type === ELEMENT && isInside(element.parent, content)
