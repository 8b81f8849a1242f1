import { MimeError, type MimePart, readPartHeaders } from 'viaduct'
import { SecurityFailure } from '../security-failure.ts'

/** A part as headers, an empty line and its content: what is encrypted when its headers are hidden too. */
export function writeEntity({ headers, bytes }: MimePart): Buffer {
  let text = ''
  for (const [name, value] of headers)
    text += `${name.replace(/(?:^|-)[a-z]/g, (initial) => initial.toUpperCase())}: ${value}\r\n`
  return Buffer.concat([Buffer.from(`${text}\r\n`), bytes])
}

/** The part in a decrypted entity. It keeps the identifier under which the message knows it. */
export function readEntity(entity: Buffer, contentId: string): MimePart {
  const end = entity.indexOf('\r\n\r\n')
  const start = entity.subarray(0, 2).equals(Buffer.from('\r\n')) ? 0 : end + 2
  if (start > 0 && end < 0) throw new SecurityFailure('decryption-failed', 'a decrypted attachment has no headers')
  try {
    const headers = readPartHeaders(entity.subarray(0, start))
    return {
      headers,
      contentId,
      contentType: headers.get('content-type') ?? 'application/octet-stream',
      bytes: entity.subarray(start + 2),
    }
  } catch (cause) {
    if (!(cause instanceof MimeError)) throw cause
    throw new SecurityFailure('decryption-failed', 'a decrypted attachment has wrong headers', { cause })
  }
}
