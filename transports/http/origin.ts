import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import type * as undici from 'undici'
import { Fault } from 'viaduct'
import type { Call } from './call.ts'
import { isContentLength, isHopByHop } from './fields.ts'
import { buildConnector, Client } from './undici.ts'

/** A connection that knows whether it has carried an answer before. */
export class Line extends Client {
  used = false

  constructor(url: URL, options: object) {
    super(url, options)
    this.on('disconnect', () => (this.used = false))
  }
}

export interface OriginLimits {
  readonly connections: number
  readonly queued: number
}

interface OriginOptions {
  readonly url: URL
  readonly limits: OriginLimits
  readonly connect: undici.buildConnector.connector
  readonly maxHeaderSize: number
  /** Speaks HTTP/1.0: no chunks, one request per connection. */
  readonly oldVersion: boolean
  /** A proxy that gets the whole URL in the request line. */
  readonly proxy?: { readonly url: URL; readonly fields: readonly string[] } | undefined
  /** Something else than a pool of own connections: a tunnel through a proxy. */
  readonly tunnel?: undici.Dispatcher | undefined
}

/** An idle connection is given up before usual back ends do it (5 s), unless the back end says how long it keeps one. */
const KEEP_ALIVE = 4_000
const KEEP_ALIVE_MOST = 60_000

/**
 * One back end: its connections, and the calls that wait for one. More than `connections` at once wait, more than `queued`
 * waiting are refused, so that a slow back end holds up nobody else. One call at a time is on a connection, and the one that
 * was used last is used next, so that those that are not needed run into their keep-alive limit.
 */
export class Origin {
  readonly #url: URL
  readonly #limits: OriginLimits
  /** Carries every call in place of own connections. */
  readonly #tunnel: undici.Dispatcher | undefined
  readonly #lineOptions: object
  readonly #lines: Line[] = []
  readonly #free: Line[] = []
  /** Stands before the path in every request line: what a proxy needs to know. */
  readonly #prefix: string
  readonly #target: string
  readonly #fields: readonly string[]
  readonly #close: boolean
  readonly #waiting: Call[] = []
  #inFlight = 0

  constructor({ url, limits, connect, maxHeaderSize, oldVersion, proxy, tunnel }: OriginOptions) {
    this.#url = proxy?.url ?? url
    this.#limits = limits
    this.#prefix = proxy === undefined ? '' : url.origin
    this.#target = url.origin
    this.#fields = proxy === undefined ? [] : proxy.fields
    this.#close = oldVersion
    this.#tunnel = tunnel
    this.#lineOptions = {
      connect: oldVersion ? speakingOldVersion(connect) : connect,
      maxHeaderSize,
      keepAliveTimeout: KEEP_ALIVE,
      keepAliveMaxTimeout: KEEP_ALIVE_MOST,
      // Both are watched by the call itself.
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    }
  }

  get idle(): boolean {
    return this.#inFlight === 0
  }

  /** Dispatches now or as soon as an earlier call has ended. */
  submit(call: Call): void {
    if (this.#inFlight < this.#limits.connections) {
      this.#inFlight++
      this.#dispatch(call, this.#tunnel === undefined ? (this.#free.pop() ?? this.#open()) : undefined)
    } else if (this.#waiting.length < this.#limits.queued) this.#waiting.push(call)
    else call.fail(new Fault(101507, 'Too many calls to the back end are under way'))
  }

  /** A call has ended; its connection goes to the next one that somebody still waits for. */
  release({ line }: Call): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.over) continue
      this.#dispatch(next, line)
      return
    }
    this.#inFlight--
    if (line !== undefined) this.#free.push(line)
  }

  /** Dispatches once more, after the connection was closed: the line opens another one. */
  repeat(call: Call): void {
    this.#dispatch(call, call.line)
  }

  async close(): Promise<void> {
    await Promise.all([this.#tunnel?.destroy(), ...this.#lines.map((line) => line.destroy())])
  }

  #open(): Line {
    const line = new Line(this.#url, this.#lineOptions)
    this.#lines.push(line)
    return line
  }

  #dispatch(call: Call, line: Line | undefined): void {
    call.line = line
    const { request } = call
    const headers = this.#headersOf(call)
    const options: undici.Dispatcher.DispatchOptions & { servername?: string } = {
      origin: this.#url.origin,
      path: (request.absolute === true ? this.#target : this.#prefix) + call.path,
      method: request.method,
      headers: line === undefined ? recordOf(headers) : headers,
      body: request.body ?? null,
    }
    if (this.#close || request.keepAlive === false) options.reset = true
    // Else undici would ask for the certificate of whatever the Host field says.
    if (this.#url.protocol === 'https:') options.servername = this.#url.hostname
    ;(line ?? this.#tunnel)?.dispatch(options, call)
  }

  #headersOf({ request: { headers, body } }: Call): string[] {
    const { raw } = headers
    const streamed = body !== undefined && !Buffer.isBuffer(body)
    const fields = [...this.#fields]
    let host = this.#prefix === ''
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = raw[i] ?? ''
      if (isHopByHop(name) || (name.length === 6 && name.toLowerCase() === 'expect')) continue
      if (!streamed && isContentLength(name)) continue
      if (!host && name.length === 4 && name.toLowerCase() === 'host') host = true
      fields.push(name, raw[i + 1] ?? '')
    }
    if (!host) fields.push('Host', this.#prefix.slice('http://'.length))
    return fields
  }
}

/** The tunnel takes no list; a name that occurs twice keeps both values. */
function recordOf(fields: readonly string[]): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const value = fields[i + 1] ?? ''
    const before = record[name]
    record[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return record
}

/** undici speaks HTTP/1.1 only; the version stands in the first string that is written to a connection. */
function speakingOldVersion(connect: undici.buildConnector.connector): undici.buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[failure, socket]) => {
      if (failure !== null) {
        callback(failure, null)
        return
      }
      sayOldVersion(socket)
      callback(null, socket)
    })
}

function sayOldVersion(socket: Socket): void {
  const write = socket.write.bind(socket)
  socket.write = (head: string | Uint8Array, ...rest: unknown[]) => {
    socket.write = write
    const old = typeof head === 'string' ? head.replace(' HTTP/1.1\r\n', ' HTTP/1.0\r\n') : head
    return (write as (...args: unknown[]) => boolean)(old, ...rest)
  }
}

/** The connector of a back end; the name in its certificate has to be that of the URL. */
export function connectorOf(url: URL, options: undici.buildConnector.BuildOptions): undici.buildConnector.connector {
  const connect = buildConnector({ ...options, allowH2: false })
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const named = isIP(host) === 0 ? { servername: host } : {}
  return ({ servername: _given, ...target }, callback) => connect({ ...target, ...named }, callback)
}
