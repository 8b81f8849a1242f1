/** The parts of a URI as Synapse names them; undefined: the URI has no such part. */
export interface UriFragments {
  protocol: string | undefined
  user: string | undefined
  host: string | undefined
  /** -1 when there is none. */
  port: number
  path: string | undefined
  query: string | undefined
  ref: string | undefined
}

// RFC 3986, appendix B.
const URI = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/
const AUTHORITY = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/

/** Takes a URI apart; undefined when it is none. A path without scheme and host is one. */
export function parseUri(text: string): UriFragments | undefined {
  if (/[\s<>"\\^`{|}]/.test(text)) return undefined
  const [, protocol, authority, path, query, ref] = URI.exec(text) ?? []
  if (protocol !== undefined && !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(protocol)) return undefined
  const [, user, host, port] = AUTHORITY.exec(authority ?? '') ?? [undefined, undefined, undefined]
  if (authority !== undefined && host === undefined) return undefined
  return {
    protocol,
    user,
    host: host === '' ? undefined : host,
    port: port === undefined || port === '' ? -1 : Number(port),
    path,
    query,
    ref,
  }
}

/** Puts the parts together; parts that are undefined or empty leave no trace. */
export function printUri({ protocol, user, host, port, path, query, ref }: UriFragments): string {
  let text = filled(protocol) ? `${protocol}:` : ''
  if (filled(host)) text += `//${filled(user) ? `${user}@` : ''}${host}${port >= 0 ? `:${port}` : ''}`
  if (filled(path)) text += filled(host) && !path.startsWith('/') ? `/${path}` : path
  if (filled(query)) text += `?${query}`
  return filled(ref) ? `${text}#${ref}` : text
}

const filled = (text: string | undefined): text is string => text !== undefined && text !== ''
