import { createHash } from 'node:crypto'
import type { MimePart } from 'viaduct'
import { canonicalContent } from './canonical-content.ts'
import { canonicalHeaders } from './canonical-headers.ts'

/** The digest of an attachment: its content, or its headers and content (SwA profile 1.1 section 4.4). */
export function attachmentDigest(part: MimePart, complete: boolean, hash: string): Buffer {
  const digest = createHash(hash)
  if (complete) digest.update(canonicalHeaders(part))
  for (const piece of canonicalContent(part)) digest.update(piece)
  return digest.digest()
}
