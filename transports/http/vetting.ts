import { FieldTable } from 'viaduct'
import { fieldsNamedBy } from './fields.ts'

/** Why a request is not taken: answered before anything else looks at it. */
export interface Refusal {
  readonly status: number
  readonly reason: string
}

const refusal = (status: number, reason: string): Refusal => ({ status, reason })

/** What vetting found out about a request beside that it is good. */
export interface Vetted {
  /** Announced Content-Length, -1 when there is none. */
  length: number
  chunked: boolean
  /** The client closes after this request, so that later bytes are no request. */
  last: boolean
  /** Fields that `Connection` names, to be removed. */
  named: ReadonlySet<string> | undefined
  expectsContinue: boolean
  /** Value of Host; '' when there is none. */
  host: string
  /** Origin-form of the target. */
  target: string
}

export interface VettingRules {
  readonly headerCount: number
  /** Largest Content-Length that is taken at all. */
  readonly bodyLimit: number
  /** Whether an absolute-form target may name this authority. */
  isOwn(authority: string): boolean
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])

const HOST = /^(?:\[[\da-f:.]+\]|[\w.~-]*)(?::(\d{1,5}))?$/i

interface Watched {
  readonly name: string
  /** Of a field of which a second one is an attempt to be read in two ways; 0: it may be repeated. */
  readonly bit: number
}

const WATCHED = new FieldTable<Watched>(
  [
    'host',
    'expect',
    'soapaction',
    'content-type',
    'authorization',
    'content-length',
    'content-encoding',
    'transfer-encoding',
    'connection',
  ].map((name, at) => [name, { name, bit: name === 'connection' ? 0 : 1 << at }] as const),
)

interface RequestHead {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion: string
  readonly rawHeaders: readonly string[]
}

/**
 * Checks what Node's parser lets through and a gateway must not: versions, methods, repeated or disguised framing fields,
 * several or invalid Host fields, targets of other hosts. Fills `found`. `knownHost` is a Host value that has passed before.
 */
export function vet(head: RequestHead, rules: VettingRules, found: Vetted, knownHost: string): Refusal | undefined {
  const { method = '', httpVersion, rawHeaders } = head
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refusal(505, 'HTTP version not supported')
  if (!METHODS.has(method)) return refusal(405, 'method not allowed')
  // Node drops fields above its own limit silently; that limit is set higher than this one.
  if (rawHeaders.length > 2 * rules.headerCount) return refusal(431, 'too many header fields')
  const fields = new Fields()
  const wrong = fields.read(rawHeaders)
  if (wrong !== undefined) return refusal(400, wrong)
  found.host = fields.host ?? ''
  return (
    vetHost(fields.host, httpVersion, knownHost) ??
    vetFraming(fields, httpVersion, rules, found) ??
    vetTarget(head.url ?? '', fields, rules, found)
  )
}

class Fields {
  host: string | undefined = undefined
  length: string | undefined = undefined
  coding: string | undefined = undefined
  connection: string | undefined = undefined
  expect: string | undefined = undefined
  #seen = 0

  /** Says what is wrong, or nothing. */
  read(raw: readonly string[]): string | undefined {
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i] ?? ''
      const watched = WATCHED.get(name)
      if (watched === undefined) {
        if (name.includes('_') && (WATCHED.get(name.replaceAll('_', '-'))?.bit ?? 0) !== 0)
          return 'look-alike header field'
        continue
      }
      if ((this.#seen & watched.bit) !== 0) return `repeated header field ${watched.name}`
      this.#seen |= watched.bit
      this.#take(watched.name, raw[i + 1] ?? '')
    }
    return undefined
  }

  #take(name: string, value: string): void {
    switch (name) {
      case 'host':
        this.host = value
        break
      case 'content-length':
        this.length = value
        break
      case 'transfer-encoding':
        this.coding = value
        break
      case 'expect':
        this.expect = value
        break
      case 'connection':
        this.connection = this.connection === undefined ? value : `${this.connection},${value}`
        break
      default:
    }
  }
}

function vetHost(host: string | undefined, version: string, knownHost: string): Refusal | undefined {
  if (host === undefined) return version === '1.1' ? refusal(400, 'Host is missing') : undefined
  if (host === knownHost) return undefined
  const match = HOST.exec(host)
  return match === null || Number(match[1] ?? 0) > 65_535 ? refusal(400, 'invalid Host') : undefined
}

function vetFraming(fields: Fields, version: string, rules: VettingRules, found: Vetted): Refusal | undefined {
  const { length, coding, connection, expect } = fields
  found.chunked = coding !== undefined
  if (coding !== undefined && (version !== '1.1' || coding.toLowerCase() !== 'chunked')) {
    return refusal(501, 'transfer coding not implemented')
  }
  found.length = -1
  if (length !== undefined) {
    if (coding !== undefined || !/^\d{1,15}$/.test(length)) return refusal(400, 'invalid Content-Length')
    found.length = Number(length)
    if (found.length > rules.bodyLimit) return refusal(413, 'body too large')
  }
  found.last = version === '1.0' ? !hasToken(KEEP_ALIVE, connection) : hasToken(CLOSE, connection)
  found.named = connection === undefined ? undefined : fieldsNamedBy(connection)
  found.expectsContinue = expect !== undefined && version === '1.1'
  if (found.expectsContinue && expect?.toLowerCase() !== '100-continue') return refusal(417, 'expectation failed')
  return undefined
}

const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i
const KEEP_ALIVE = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i

const hasToken = (token: RegExp, connection: string | undefined): boolean =>
  connection !== undefined && token.test(connection)

function vetTarget(url: string, fields: Fields, rules: VettingRules, found: Vetted): Refusal | undefined {
  found.target = url
  if (/[^!-~]|#/.test(url)) return refusal(400, 'invalid request target')
  if (url.startsWith('/')) return undefined
  // `*` is only valid for OPTIONS about the server itself, which is no resource here.
  const absolute = URL.parse(url)
  if (
    absolute === null ||
    !/^https?:$/.test(absolute.protocol) ||
    absolute.username !== '' ||
    absolute.password !== ''
  ) {
    return refusal(400, 'invalid request target')
  }
  if (absolute.host !== fields.host?.toLowerCase() && !rules.isOwn(absolute.host))
    return refusal(421, 'misdirected request')
  found.target = absolute.pathname + absolute.search
  return undefined
}
