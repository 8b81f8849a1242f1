import { type BinaryContent, setText, TEXT, type XmlDocument, type XmlElement } from 'viaduct'
import { decodeBase64 } from '../message/read-element.ts'
import type { ElementSelector } from '../plan.ts'

/**
 * Makes bytes of the base64 in the selected elements, so that it leaves as parts of an MTOM message (Rampart's optimizeParts).
 * Only where the text is exactly what those bytes are as base64, since digests are made over the characters. Returns the
 * elements that hold bytes now.
 */
export function optimize(envelope: XmlDocument, selectors: readonly ElementSelector[]): Set<XmlElement> {
  const chosen = new Set<XmlElement>()
  for (const select of selectors) for (const element of select(envelope)) if (holdsBytes(element)) chosen.add(element)
  return chosen
}

function holdsBytes(element: XmlElement): boolean {
  const only = element.children[0]
  if (element.children.length !== 1 || only?.type !== TEXT) return false
  if (only.binary !== undefined) return true
  const bytes = decodeBase64(only.value)
  if (bytes === undefined || bytes.length === 0 || bytes.toString('base64') !== only.value) return false
  setText(element, binaryContent(bytes))
  return true
}

/** Bytes become text again in all elements but those. */
export function keepInline(candidates: Iterable<XmlElement>, chosen: ReadonlySet<XmlElement>): void {
  for (const element of candidates) {
    const only = element.children[0]
    if (!chosen.has(element) && only?.type === TEXT && only.binary !== undefined)
      setText(element, only.binary.bytes.toString('base64'))
  }
}

const binaryContent = (bytes: Buffer): BinaryContent => ({ bytes, contentType: 'application/octet-stream' })
