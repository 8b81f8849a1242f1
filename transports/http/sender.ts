import type { SecureContext } from 'node:tls'
import type { buildConnector, ProxyAgent } from 'undici'
import {
  type Deadlines,
  egressAddressRefusal,
  egressRefusal,
  Fault,
  Headers,
  type IncomingReply,
  type Logger,
  Message,
  type OutgoingRequest,
  type Sender,
  type Settings,
} from 'viaduct'
import { Call, type CallRules } from './call.ts'
import { checkIdentity, clientTls } from './client-tls.ts'
import { Names } from './lookup.ts'
import { connectorOf, Origin } from './origin.ts'
import { type OutboundProxy, outboundProxy } from './outbound-proxy.ts'
import { splitTarget } from './target.ts'
import { createProxyAgent } from './undici.ts'

/** Back ends whose connections are remembered; idle ones above that are forgotten, oldest first. */
const MOST_ORIGINS = 1_000

/** URLs whose parts are remembered. */
const MOST_WAYS = 1_000

interface Way {
  readonly origin: Origin
  readonly path: string
}

/**
 * Sends to `http:` and `https:` back ends through pooled connections (reliability 5.1, 5.10). Never follows redirects, never
 * decompresses, never sends a request twice that could happen twice.
 */
export function createHttpSender(settings: Settings, log: Logger, deadlines: Deadlines): Sender & AsyncDisposable {
  return new HttpSender(settings, log, deadlines)
}

class HttpSender implements Sender, AsyncDisposable {
  readonly schemes = ['http', 'https']
  readonly #settings: Settings
  readonly #log: Logger
  readonly #rules: CallRules
  readonly #origins = new Map<string, Origin>()
  readonly #ways = new Map<string, Way>()
  readonly #names = new Names()
  #tls: SecureContext | undefined
  readonly #proxy: OutboundProxy | undefined

  constructor(settings: Settings, log: Logger, deadlines: Deadlines) {
    this.#settings = settings
    this.#log = log
    this.#rules = { deadlines, answerIdle: settings.timeouts.answerIdle, build: settings.timeouts.build }
    // Files that cannot be read are told at once; without any, the work waits for the first call.
    const { trust, outboundCertificate, outboundKey } = settings.http.tls
    this.#tls = trust + outboundCertificate + outboundKey === '' ? undefined : clientTls(settings.http)
    this.#proxy = outboundProxy(settings.http)
  }

  send(request: OutgoingRequest, cancelled: (stop: () => void) => void): Promise<IncomingReply> {
    const { httpVersion, body } = request
    if (
      httpVersion === '1.0' &&
      body !== undefined &&
      !Buffer.isBuffer(body) &&
      !request.headers.has('content-length')
    ) {
      return this.#sendWhole(request, cancelled)
    }
    return new Promise((resolve, reject) => {
      const { origin, path } = this.#wayTo(request)
      const call = new Call(request, path, origin, this.#rules, resolve, reject)
      cancelled(() => call.cancel())
      if (!call.over) origin.submit(call)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const origins = [...this.#origins.values()]
    this.#origins.clear()
    this.#ways.clear()
    await Promise.all(origins.map((origin) => origin.close()))
  }

  /** HTTP/1.0 has no chunks, so a stream without a length is read first. */
  async #sendWhole(request: OutgoingRequest, cancelled: (stop: () => void) => void): Promise<IncomingReply> {
    const { body } = request
    if (body === undefined || Buffer.isBuffer(body)) return this.send(request, cancelled)
    const message = Message.ofStream(body, new Headers())
    await message.build(this.#settings.limits.body)
    return this.send({ ...request, body: message.bytes }, cancelled)
  }

  /** Most endpoints send to the same URL again and again. */
  #wayTo(request: OutgoingRequest): Way {
    const { url } = request
    const oldVersion = request.httpVersion === '1.0'
    const guarded = request.namedByMessage === true
    const usual = !oldVersion && !guarded
    const known = usual ? this.#ways.get(url) : undefined
    if (known !== undefined) return known
    const target = splitTarget(url)
    const key = `${target?.origin}${oldVersion ? ' 1.0' : ''}${guarded ? ' guarded' : ''}`
    const origin = target && (this.#origins.get(key) ?? this.#open(key, target.origin, oldVersion, guarded))
    if (target === undefined || origin === undefined)
      throw new Fault(101503, 'Error connecting to the back end', { detail: 'the address is not an HTTP URL' })
    const way = { origin, path: target.path }
    if (usual) {
      if (this.#ways.size >= MOST_WAYS) this.#ways.clear()
      this.#ways.set(url, way)
    }
    return way
  }

  #open(key: string, written: string, oldVersion: boolean, guarded: boolean): Origin | undefined {
    const url = URL.parse(written)
    if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined
    if (guarded) {
      const refusal = egressRefusal(url.href, this.#settings)
      if (refusal !== undefined)
        throw new Fault('address-refused', `The message names an address that must not be called: ${refusal}`)
    }
    if (this.#origins.size >= MOST_ORIGINS) this.#forgetOne()
    const { limits } = this.#settings
    // A proxy would resolve the name itself, so that what was checked here would not be what is called.
    const proxy = guarded ? undefined : this.#proxy?.for(url)
    const next = proxy?.url ?? url
    const connect = connectorOf(next, this.#connectOptions(next.protocol, guarded ? url : undefined))
    const origin = new Origin({
      url,
      limits: { connections: limits.connectionsPerHost, queued: limits.queuedPerHost },
      connect,
      maxHeaderSize: limits.headerBytes,
      oldVersion,
      proxy: url.protocol === 'http:' ? proxy : undefined,
      tunnel: url.protocol === 'https:' && proxy !== undefined ? this.#tunnel(proxy.url) : undefined,
    })
    this.#origins.set(key, origin)
    return origin
  }

  #connectOptions(protocol: string, guarded?: URL): buildConnector.BuildOptions {
    const check =
      guarded &&
      ((host: string, address: string): string | undefined =>
        egressAddressRefusal(
          host,
          address,
          guarded.port === '' ? (guarded.protocol === 'https:' ? '443' : '80') : guarded.port,
          this.#settings,
        ))
    return {
      ...(protocol === 'https:' ? { secureContext: this.#secureContext, checkServerIdentity: checkIdentity } : {}),
      timeout: this.#settings.timeouts.connect,
      lookup: this.#names.lookup(check),
    } as buildConnector.BuildOptions
  }

  #tunnel(proxy: URL): ProxyAgent {
    const { limits } = this.#settings
    return createProxyAgent({
      uri: proxy.href,
      connections: limits.connectionsPerHost,
      connectTimeout: this.#settings.timeouts.connect,
      requestTls: {
        secureContext: this.#secureContext,
        checkServerIdentity: checkIdentity,
        timeout: this.#settings.timeouts.connect,
      },
      proxyTls: this.#connectOptions(proxy.protocol),
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
      maxHeaderSize: limits.headerBytes,
    })
  }

  get #secureContext(): SecureContext {
    return (this.#tls ??= clientTls(this.#settings.http))
  }

  #forgetOne(): void {
    for (const [key, origin] of this.#origins) {
      if (!origin.idle) continue
      this.#origins.delete(key)
      this.#ways.clear()
      origin
        .close()
        .catch((failure: unknown) => this.#log.log('WARN', 'http', `closing connections failed: ${String(failure)}`))
      return
    }
  }
}
