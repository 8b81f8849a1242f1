import { isUtf8 } from 'node:buffer'
import { MimeError } from './mime-error.ts'

/**
 * The header fields of a part, by name in lower case; folded lines are made one (RFC 822 section 3.1.1). A second field of one
 * name that says what the part is would let two readers see two messages, so it is refused.
 */
export function readPartHeaders(block: Buffer): Map<string, string> {
  const headers = new Map<string, string>()
  const text = isUtf8(block) ? block.toString('utf8') : block.toString('latin1')
  if (/[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]/.test(text))
    throw new MimeError('a control character in the header of a MIME part')
  for (const line of text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    if (line === '') continue
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase()
    if (!/^[!-9;-~]+$/.test(name)) throw new MimeError('a header line of a MIME part is not "name: value"')
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    if (before !== undefined && name.startsWith('content-')) throw new MimeError(`a MIME part has two ${name} headers`)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return headers
}
