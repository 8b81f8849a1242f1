import type { Attachment } from './service.ts'

/** Root part and attachments of a multipart/related message (RFC 2387). */
export interface Related {
  readonly rootType: string
  readonly root: Buffer
  readonly attachments: ReadonlyMap<string, Attachment>
}

/** A value of a Content-Type header in its pieces; parameter names are in lower case. */
export function readContentType(header: string | undefined): { type: string; parameters: Map<string, string> } {
  const parameters = new Map<string, string>()
  const pieces = /^[^;]*/.exec(header ?? '')?.[0] ?? ''
  for (const [, name, quoted, plain] of (header ?? '').matchAll(
    /;\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/g,
  ))
    if (name !== undefined) parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '')
  return { type: pieces.trim().toLowerCase(), parameters }
}

/** Splits a complete multipart/related body; undefined when it is not one. */
export function readRelated(body: Buffer, parameters: ReadonlyMap<string, string>): Related | undefined {
  const boundary = parameters.get('boundary')
  if (boundary === undefined || boundary === '') return undefined
  const parts = splitParts(body, boundary).map(readPart)
  const start = trimId(parameters.get('start') ?? '')
  const root = parts.find((part) => start !== '' && part.id === start) ?? parts[0]
  if (root === undefined) return undefined
  const attachments = new Map(parts.filter((part) => part !== root).map((part) => [part.id, part]))
  return { rootType: root.contentType, root: root.bytes, attachments }
}

function splitParts(body: Buffer, boundary: string): Buffer[] {
  const parts: Buffer[] = []
  const mark = Buffer.from(`\r\n--${boundary}`)
  const text = Buffer.concat([Buffer.from('\r\n'), body])
  let start = -1
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
    if (start >= 0) parts.push(text.subarray(start, at))
    const lineEnd = text.indexOf('\r\n', at + mark.length)
    if (lineEnd < 0 || text.subarray(at + mark.length, at + mark.length + 2).toString() === '--') break
    start = lineEnd + 2
  }
  return parts
}

function readPart(part: Buffer): Attachment {
  const end = part.indexOf('\r\n\r\n')
  const head = part.subarray(0, Math.max(end, 0)).toString('latin1')
  const raw = part.subarray(end < 0 ? 0 : end + 4)
  const header = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head.replaceAll(/\r\n[ \t]+/g, ' '))?.[1]?.trim()
  const encoding = header('Content-Transfer-Encoding')?.toLowerCase()
  return {
    id: trimId(header('Content-ID') ?? ''),
    contentType: header('Content-Type') ?? 'application/octet-stream',
    bytes: decode(raw, encoding),
  }
}

function decode(raw: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'base64') return Buffer.from(raw.toString('latin1'), 'base64')
  if (encoding !== 'quoted-printable') return raw
  const text = raw.toString('latin1').replaceAll(/=[ \t]*\r?\n/g, '')
  const decoded = text.replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(decoded, 'latin1')
}

function trimId(id: string): string {
  return id.replace(/^<(.*)>$/, '$1')
}

/** Writes a multipart/related message; returns its Content-Type with the bytes. */
export function printRelated(
  root: string,
  rootType: string,
  attachments: readonly Attachment[],
  packaging: 'mtom' | 'swa',
  unique: string,
): { contentType: string; body: Buffer } {
  const boundary = `MIMEBoundaryurn_uuid_${unique}`
  const start = `<0.urn:uuid:${unique}@apache.org>`
  const type = packaging === 'mtom' ? 'application/xop+xml' : rootType
  const info = packaging === 'mtom' ? `; start-info="${rootType}"` : ''
  const innerType = packaging === 'mtom' ? `${type}; charset=UTF-8; type="${rootType}"` : `${type}; charset=UTF-8`
  const head = (contentType: string, encoding: string, id: string) =>
    `--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Transfer-Encoding: ${encoding}\r\nContent-ID: ${id}\r\n\r\n`
  const chunks: Buffer[] = [
    Buffer.from(`${head(innerType, packaging === 'mtom' ? 'binary' : '8bit', start)}${root}\r\n`),
  ]
  for (const { id, contentType, bytes } of attachments)
    chunks.push(Buffer.from(head(contentType, 'binary', `<${id}>`)), bytes, Buffer.from('\r\n'))
  chunks.push(Buffer.from(`--${boundary}--\r\n`))
  return {
    contentType: `multipart/related; boundary=${boundary}; type="${type}"; start="${start}"${info}`,
    body: Buffer.concat(chunks),
  }
}
