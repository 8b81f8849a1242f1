import { SecurityFailure } from '../security-failure.ts'

/** The Content-ID in a `cid:` URL (RFC 2392). Throws a SecurityFailure: nothing else is ever followed. */
export function contentIdOf(uri: string | undefined): string {
  if (uri?.startsWith('cid:') !== true)
    throw new SecurityFailure('reference-refused', 'an attachment is referred to by something else than a cid: URL')
  try {
    return decodeURIComponent(uri.slice(4))
  } catch (cause) {
    throw new SecurityFailure('reference-refused', 'a cid: URL is malformed', { cause })
  }
}

/** The `cid:` URL of a Content-ID. */
export const contentIdUri = (id: string): string =>
  `cid:${encodeURIComponent(id).replaceAll('%40', '@').replaceAll('%3A', ':')}`
