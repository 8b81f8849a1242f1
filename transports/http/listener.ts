import { createServer as createPlain, type Server, ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createSecure, type Server as SecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { type Arrival, type Listener, type Logger, type Metrics, type Settings } from 'viaduct'
import { Connection, connectionOf } from './connection.ts'
import { createOverload, type Overload } from './overload.ts'
import { type Reception, receptionLimits } from './reception.ts'
import { HttpRequest } from './request.ts'
import { serverTls, watchCertificates } from './server-tls.ts'
import { shutDown } from './shutdown.ts'
import { type Refusal, vet, type VettingRules } from './vetting.ts'

export interface HttpListenerOptions {
  readonly settings: Settings
  readonly log: Logger
  readonly host: string
  /** 0: any free port; `url` of the listener tells which. */
  readonly port: number
  /** Serves HTTPS with the certificate named here. */
  readonly tls?: Settings['http']['tls'] | undefined
  /** Name of the inbound endpoint that this listener belongs to. */
  readonly inbound?: string | undefined
  /** Shared by all listeners of a process; made for this one alone when not given. */
  readonly overload?: Overload | undefined
  readonly metrics?: Metrics | undefined
  /** Takes every request that is fit to be looked at; must not throw. */
  dispatch(arrival: Arrival): void
}

/** How often connections are looked at, and Node's own limit for the head of a request is checked. */
const LOOK = 1000

const MAX_REQUESTS_PER_CONNECTION = 10_000

/**
 * Opens an HTTP/1.1 or HTTPS listener (reliability 5.1, 5.2, 5.4). Resolves when it listens. Disposing takes no new
 * connections, answers what is under way, says `Connection: close` for `timeouts.drain` and cuts after `timeouts.shutdown`.
 */
export async function createHttpListener(options: HttpListenerOptions): Promise<Listener> {
  const listener = new HttpListener(options)
  try {
    await listener.open(options)
  } catch (failure) {
    listener.release()
    throw failure
  }
  return listener
}

class HttpListener implements Listener {
  readonly #server: HttpServer
  readonly #reception: Reception
  readonly #settings: Settings
  readonly #rules: VettingRules
  readonly #metrics: Metrics | undefined
  readonly #owned: Disposable[] = []
  readonly #timer: NodeJS.Timeout
  #url = ''
  #port = 0

  constructor(options: HttpListenerOptions) {
    const { settings, tls, log } = options
    this.#settings = settings
    this.#metrics = options.metrics
    const overload = options.overload ?? createOverload(settings)
    if (options.overload === undefined) this.#owned.push(overload)
    this.#reception = {
      scheme: tls === undefined ? 'http' : 'https',
      inbound: options.inbound,
      limits: receptionLimits(settings),
      answerFields: settings.http.server === '' ? [] : ['Server', settings.http.server],
      keepAlive: `timeout=${Math.floor(settings.timeouts.keepAlive / 1000)}`,
      log,
      overload,
      connections: new Set(),
      closing: false,
      dispatch: (arrival) => options.dispatch(arrival),
    }
    this.#rules = {
      headerCount: settings.limits.headerCount,
      bodyLimit: this.#reception.limits.body,
      isOwn: (authority) => this.#isOwn(authority),
    }
    this.#server = createServer(settings, tls)
    this.#configure(tls)
    this.#timer = setInterval(() => this.#look(), LOOK).unref()
  }

  get url(): string {
    return this.#url
  }

  open({ host, port }: HttpListenerOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        this.#server.on('error', (failure) => this.#reception.log.log('ERROR', 'http', `listener: ${failure.message}`))
        this.#port = (this.#server.address() as AddressInfo).port
        this.#url = `${this.#reception.scheme}://${host.includes(':') ? `[${host}]` : host}:${this.#port}`
        resolve()
      })
    })
  }

  /** Lets go of everything but the server. */
  release(): void {
    clearInterval(this.#timer)
    for (const owned of this.#owned) owned[Symbol.dispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reception.closing = true
    await shutDown(this.#server, this.#settings.timeouts)
    this.release()
  }

  #configure(tls: Settings['http']['tls'] | undefined): void {
    const server = this.#server
    const { limits } = this.#settings
    server.maxHeadersCount = limits.headerCount + 10
    server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION
    server.maxConnections = limits.connections
    server.timeout = 0
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.#reception.connections.add(new Connection(socket, this.#reception))
    })
    server.on('request', (request: HttpRequest, response: ServerResponse) => this.#take(request, response))
    server.on('checkContinue', (request: HttpRequest, response: ServerResponse) => this.#take(request, response))
    server.on('checkExpectation', (request: HttpRequest, response: ServerResponse) => this.#take(request, response))
    server.on('connect', (_request, socket) => {
      socket.on('error', () => {})
      socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const connection = connectionOf(socket as Socket)
      if (connection === undefined) socket.destroy()
      else connection.broken(STATUS_OF_ERROR.get(error.code) ?? 400)
    })
    server.on('drop', () => this.#refused())
    if (tls !== undefined) {
      server.on('secureConnection', (socket) => {
        // `optional` asks for no certificate, but one that is shown has to be good.
        if (tls.clientCertificate === 'optional' && !socket.authorized && socket.getPeerX509Certificate())
          socket.destroy()
      })
      this.#owned.push(watchCertificates(server, tls, this.#reception.log))
      server.on('tlsClientError', (failure, socket) => {
        this.#reception.log.log('DEBUG', 'https', `a handshake failed: ${failure.message}`)
        socket.destroy()
      })
    }
  }

  #take(request: HttpRequest, response: ServerResponse): void {
    const connection = connectionOf(request.socket)
    // Bytes behind a request that was the last one, or was refused, are no request.
    if (connection === undefined || connection.closing) return
    const refusal = vet(request, this.#rules, request, connection.knownHost)
    if (refusal !== undefined) {
      this.#refuse(connection, request, response, refusal, true)
      return
    }
    connection.knownHost = request.host
    if (request.last) connection.closing = true
    const { overload } = this.#reception
    if (!overload.enter()) {
      this.#refused()
      this.#refuse(
        connection,
        request,
        response,
        OVERLOADED,
        overload.exhausted || request.chunked || request.length > 0,
      )
      return
    }
    if (overload.exhausted || this.#reception.closing) response.shouldKeepAlive = false
    if (request.expectsContinue && (request.chunked || request.length > 0)) response.writeContinue()
    request.accept(connection, response)
  }

  #refuse(
    connection: Connection,
    request: HttpRequest,
    response: ServerResponse,
    { status, reason }: Refusal,
    close: boolean,
  ): void {
    const text = `${status} ${STATUS_CODES[status] ?? ''}: ${reason}\n`
    const fields = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(Buffer.byteLength(text))]
    if (status === 503) fields.push('Retry-After', '1')
    if (close) {
      fields.push('Connection', 'close')
      if (!request.complete) connection.linger()
      connection.closing = true
    }
    response.writeHead(status, fields)
    response.end(text)
  }

  #refused(): void {
    if (this.#metrics !== undefined) this.#metrics.refused++
  }

  #look(): void {
    const now = performance.now()
    for (const connection of this.#reception.connections) connection.inspect(now)
    const { limits } = this.#settings
    this.#server.maxConnections = this.#reception.overload.exhausted ? 1 : limits.connections
  }

  #isOwn(authority: string): boolean {
    const own = URL.parse(this.#settings.http.publicUrl)
    return (
      authority === own?.host ||
      ['127.0.0.1', 'localhost', '[::1]'].some((host) => authority === `${host}:${this.#port}`)
    )
  }
}

type HttpServer = Server<typeof HttpRequest> | SecureServer<typeof HttpRequest>

const OVERLOADED: Refusal = { status: 503, reason: 'overloaded, try again' }

function createServer(settings: Settings, tls: Settings['http']['tls'] | undefined): HttpServer {
  const options = serverOptions(settings)
  return tls === undefined ? createPlain(options) : createSecure({ ...options, ...serverTls(tls, settings) })
}

function serverOptions({ limits, timeouts }: Settings) {
  return {
    IncomingMessage: HttpRequest,
    ServerResponse,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: timeouts.headers,
    // Both are looked at per connection instead: a whole-request limit would end slow but honest uploads.
    requestTimeout: 0,
    keepAliveTimeout: 0,
    connectionsCheckingInterval: LOOK,
    noDelay: true,
    // vet() says 400 with a reason.
    requireHostHeader: false,
    insecureHTTPParser: false,
  }
}

/** Answers to what Node's parser and its head timer give up on; anything else is a 400. */
const STATUS_OF_ERROR: ReadonlyMap<string | undefined, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
])
