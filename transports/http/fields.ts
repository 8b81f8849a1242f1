import { FieldTable } from 'viaduct'

const HOP = 1
const LENGTH = 2
const KINDS = new FieldTable([
  ['te', HOP],
  ['trailer', HOP],
  ['upgrade', HOP],
  ['connection', HOP],
  ['keep-alive', HOP],
  ['http2-settings', HOP],
  ['proxy-connection', HOP],
  ['transfer-encoding', HOP],
  ['proxy-authenticate', HOP],
  ['proxy-authorization', HOP],
  ['content-length', LENGTH],
])

/** Whether a header field belongs to one connection and is never passed on (RFC 9110, 7.6.1). */
export const isHopByHop = (name: string): boolean => KINDS.get(name) === HOP

export const isContentLength = (name: string): boolean => KINDS.get(name) === LENGTH

/** Whether the transport writes the field itself: what belongs to one connection, and the length. */
export const isFraming = (name: string): boolean => KINDS.get(name) !== undefined

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
