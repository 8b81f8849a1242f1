import { Fault } from '../fault.ts'
import { FieldTable } from '../field-table.ts'
import type { Headers } from '../headers.ts'

/** The field belongs to one connection and ends here (RFC 9110 section 7.6.1). */
const HOP = 1
/** The bus writes the field itself, if at all. */
const REQUEST = 2
const REPLY = 4
/** The field describes a request; it is not shown to the client again when its own message is the answer. */
const ECHO = 8
/** The field describes bytes that a formatter has replaced. */
const BYTES = 16

const KINDS = new FieldTable([
  ['connection', HOP],
  ['keep-alive', HOP],
  ['proxy-connection', HOP],
  ['proxy-authenticate', HOP],
  ['proxy-authorization', HOP],
  ['te', HOP],
  ['trailer', HOP],
  ['transfer-encoding', HOP],
  ['upgrade', HOP],
  ['http2-settings', HOP],
  ['content-length', REQUEST | REPLY],
  ['content-type', REQUEST | REPLY],
  ['date', REQUEST | REPLY],
  ['server', REQUEST | REPLY],
  ['user-agent', REQUEST | REPLY],
  ['host', REQUEST | ECHO],
  ['expect', REQUEST | ECHO],
  ['x-correlation-id', REQUEST],
  ['traceparent', REQUEST | ECHO],
  ['tracestate', ECHO],
  ['authorization', ECHO],
  ['cookie', ECHO],
  ['soapaction', ECHO],
  ['accept', ECHO],
  ['accept-charset', ECHO],
  ['accept-encoding', ECHO],
  ['accept-language', ECHO],
  ['if-match', ECHO],
  ['if-modified-since', ECHO],
  ['if-none-match', ECHO],
  ['if-range', ECHO],
  ['if-unmodified-since', ECHO],
  ['max-forwards', ECHO],
  ['origin', ECHO],
  ['range', ECHO],
  ['referer', ECHO],
  ['from', ECHO],
  ['forwarded', ECHO],
  ['x-forwarded-for', ECHO],
  ['x-forwarded-host', ECHO],
  ['x-forwarded-proto', ECHO],
  ['content-encoding', BYTES],
  ['content-md5', BYTES],
  ['content-digest', BYTES],
  ['repr-digest', BYTES],
  ['digest', BYTES],
  ['content-range', BYTES],
])

export interface Forwarding {
  readonly direction: 'request' | 'reply'
  /** The message that is the answer came from the client itself. */
  readonly echo: boolean
  /** The body is not the one that came with the fields. */
  readonly rewritten: boolean
  /** Names in lower case that are kept although the bus would write them (http.headers.preserve). */
  readonly preserve: readonly string[]
}

/** The fields that go on with a message, as a flat list. One pass; the caller adds what the bus writes itself. */
export function forwarded(headers: Headers, { direction, echo, rewritten, preserve }: Forwarding): string[] {
  const drop = HOP | (direction === 'request' ? REQUEST : REPLY) | (echo ? ECHO : 0) | (rewritten ? BYTES : 0)
  const { raw } = headers
  const kept: string[] = []
  let named = ''
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    const value = raw[i + 1] ?? ''
    const kind = KINDS.get(name) ?? 0
    if ((kind & drop) === 0 || (preserve.length > 0 && kind !== HOP && preserve.includes(name.toLowerCase())))
      kept.push(name, value)
    else named += namedBy(name, value)
  }
  if (headers.touched) check(kept)
  return named === '' ? kept : withoutNamed(kept, named)
}

/** The fields that a Connection field names, '' for any other field. */
function namedBy(name: string, value: string): string {
  return name.length === 10 && !isPlainConnection(value) && name.toLowerCase() === 'connection' ? `${value},` : ''
}

/** Adds a field that a flow or an endpoint made up. Throws a Fault for what cannot be a field. */
export function putField(fields: string[], name: string, value: string): void {
  const at = fields.length
  fields.push(name, value)
  check(fields, at)
}

/** Adds the Content-Type: that of the body, else the field of the message, which needs no look when it came with it. */
export function putType(fields: string[], type: string | undefined, headers: Headers, otherwise?: string): void {
  const own = type === undefined ? headers.get('content-type') : undefined
  const value = type ?? own ?? otherwise
  if (value === undefined) return
  if (own !== undefined && !headers.touched) fields.push('Content-Type', value)
  else putField(fields, 'Content-Type', value)
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/

/** Fields that flows wrote: a name must be a token, a value must not break the line; beyond Latin-1 it is sent as UTF-8. */
function check(fields: string[], from = 0): void {
  for (let i = from; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const value = fields[i + 1] ?? ''
    if (!TOKEN.test(name)) throw new Fault('field-invalid', `"${printable(name)}" cannot be the name of a header field`)
    if (FORBIDDEN.test(value))
      throw new Fault(
        'field-invalid',
        `the value of the header field ${name} has a line break or control character in it`,
      )
    if (/[^\x00-\xff]/.test(value)) fields[i + 1] = Buffer.from(value, 'utf8').toString('latin1')
  }
}

const printable = (name: string): string => name.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '?')

function isPlainConnection(value: string): boolean {
  if (value === 'keep-alive' || value === 'close' || value === 'Keep-Alive') return true
  const lower = value.trim().toLowerCase()
  return lower === 'keep-alive' || lower === 'close' || lower === ''
}

/** Fields that Connection names end here too; but it cannot take away what the message needs (reliability 5.2). */
function withoutNamed(fields: string[], connection: string): string[] {
  const names = new Set(
    connection
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => !isEssential(name)),
  )
  const kept: string[] = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (!names.has(name.toLowerCase())) kept.push(name, fields[i + 1] ?? '')
  }
  return kept
}

const isEssential = (name: string): boolean =>
  name.startsWith('content-') ||
  name === 'host' ||
  name === 'authorization' ||
  name === 'cookie' ||
  name === 'soapaction'
