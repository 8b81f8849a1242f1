/**
 * Whether a header field belongs to one connection and is never passed on (RFC 9110, 7.6.1). Looks at length and first
 * letter before anything else, since it is asked for every field of every message.
 */
export function isHopByHop(name: string): boolean {
  switch (name.length) {
    case 2:
      return name.toLowerCase() === 'te'
    case 7:
      return /^(?:trailer|upgrade)$/i.test(name)
    case 10:
      return startsWith(name, 'c', 'k') && /^(?:connection|keep-alive)$/i.test(name)
    case 14:
      return startsWith(name, 'h', 'h') && name.toLowerCase() === 'http2-settings'
    case 16:
      return startsWith(name, 'p', 'p') && name.toLowerCase() === 'proxy-connection'
    case 17:
      return startsWith(name, 't', 't') && name.toLowerCase() === 'transfer-encoding'
    case 18:
      return name.toLowerCase() === 'proxy-authenticate'
    case 19:
      return name.toLowerCase() === 'proxy-authorization'
    default:
      return false
  }
}

export const isContentLength = (name: string): boolean =>
  name.length === 14 && startsWith(name, 'c', 'c') && name.toLowerCase() === 'content-length'

function startsWith(name: string, one: string, other: string): boolean {
  const letter = name.charCodeAt(0) | 0x20
  return letter === one.charCodeAt(0) || letter === other.charCodeAt(0)
}

/** What a client or back end must not remove from a message by naming it in `Connection`. */
const NOT_REMOVABLE: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'authorization',
  'cookie',
  'set-cookie',
  'x-forwarded-for',
  'soapaction',
  'close',
  'keep-alive',
])

const USUAL = /^\s*(?:close|keep-alive)?\s*$/i

/** The fields that a `Connection` value marks as its own, in lower case; undefined for the usual `close` and `keep-alive`. */
export function fieldsNamedBy(connection: string): ReadonlySet<string> | undefined {
  if (connection === 'keep-alive' || connection === 'close' || USUAL.test(connection)) return undefined
  const named = new Set<string>()
  for (const token of connection.split(',')) {
    const name = token.trim().toLowerCase()
    if (name !== '' && !NOT_REMOVABLE.has(name)) named.add(name)
  }
  return named.size > 0 ? named : undefined
}

/** A flat field list without the fields in `named`. */
export function withoutFields(raw: readonly string[], named: ReadonlySet<string>): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    if (!named.has(name.toLowerCase())) kept.push(name, raw[i + 1] ?? '')
  }
  return kept
}
