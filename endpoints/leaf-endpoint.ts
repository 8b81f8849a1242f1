import {
  type DynamicValue,
  Fault,
  type FaultCode,
  type IncomingReply,
  type Linker,
  type MessageContext,
  OUT_ONLY,
  type OutgoingRequest,
  type SecuredCall,
  type Sender,
  writeRequest,
} from 'viaduct'
import { DefinedEndpoint, type Definition } from './defined-endpoint.ts'
import { FORCE_ERROR_ON_SOAP_FAULT, FORCE_SC_ACCEPTED, IGNORE_SC_ACCEPTED } from './endpoint-properties.ts'
import type { LeafOptions } from './leaf-options.ts'
import { failOnSoapFault } from './soap-fault-failure.ts'
import type { Suspension } from './suspension.ts'

/** What a kind of endpoint adds to the common machinery. */
export interface LeafKind {
  /** Fault code when it is suspended. */
  readonly notReady: FaultCode
  /** Request method; undefined: that of the message. */
  readonly method?: string | undefined
  /** Whether the address, or anything else before sending, needs the message in memory. */
  readonly contentAware?: boolean
  /** The URL for this message. Throws a Fault. */
  url(ctx: MessageContext): string
  /** Whether the message itself chose the address, so that the sender checks what it resolves to. */
  readonly namedByMessage?: ((ctx: MessageContext) => boolean) | undefined
  /** Last changes to the request before it leaves (authentication). */
  readonly sign?: ((request: OutgoingRequest, ctx: MessageContext) => void) | undefined
  /** Where the description of the service is, for a proxy that publishes it. */
  readonly wsdlUrl?: string | undefined
  /** Whether outcomes outside a group count for suspension; all kinds but `wsdl`. */
  readonly suspendsAlone?: boolean
}

/**
 * An endpoint that is one address. A call sets the endpoint's properties, writes the message in the format asked for, sends
 * it, and tells the suspension state how that ended (language reference 3.2, 3.3).
 */
export class LeafEndpoint extends DefinedEndpoint {
  readonly suspension: Suspension
  readonly #kind: LeafKind
  readonly #options: LeafOptions
  readonly #timeout: number
  readonly #timeoutValue: DynamicValue | undefined
  readonly #builds: boolean
  #suspends: boolean

  constructor(definition: Definition, kind: LeafKind, options: LeafOptions, suspension: Suspension, linker: Linker) {
    super(definition)
    this.#kind = kind
    this.#options = options
    const { timeouts } = linker.services.settings
    const { timeout } = options
    this.#timeout = typeof timeout === 'number' && timeout > 0 ? timeout : timeouts.endpoint
    this.#timeoutValue = typeof timeout === 'object' ? timeout : undefined
    this.#builds =
      kind.contentAware === true || this.properties.contentAware || this.#timeoutValue?.contentAware === true
    this.#suspends = kind.suspendsAlone ?? true
    this.suspension = suspension
  }

  /** Where the WSDL of the service is (`publishWSDL endpoint`). */
  get wsdlUrl(): string | undefined {
    return this.#kind.wsdlUrl
  }

  ready(ctx: MessageContext): boolean {
    return this.suspension.ready(ctx.services.platform)
  }

  override again(ctx: MessageContext): boolean {
    return this.suspension.state === 'timeout' && this.ready(ctx)
  }

  override lets(code: FaultCode): boolean {
    const { disabled, enabled } = this.#options.retry
    if (typeof code !== 'number') return true
    return !disabled.has(code) && (enabled.size === 0 || enabled.has(code))
  }

  override join(): void {
    this.#suspends = true
  }

  attempt(ctx: MessageContext): Promise<MessageContext | undefined> {
    try {
      // A client that does not wait does not learn either that the endpoint is suspended.
      accept(ctx)
      if (!this.suspension.ready(ctx.services.platform)) throw this.#suspended()
      const building = this.#builds ? ctx.build() : undefined
      return building === undefined ? this.#prepare(ctx) : building.then(() => this.#prepare(ctx))
    } catch (thrown) {
      return Promise.reject(Fault.from(thrown))
    }
  }

  #prepare(ctx: MessageContext): Promise<MessageContext | undefined> {
    this.properties.apply?.(ctx)
    accept(ctx)
    const url = this.#kind.url(ctx)
    const call = this.#options.security?.begin(ctx, url)
    return call instanceof Promise ? call.then((begun) => this.#write(ctx, url, begun)) : this.#write(ctx, url, call)
  }

  #write(ctx: MessageContext, url: string, call: SecuredCall | undefined): Promise<MessageContext | undefined> {
    const sender = senderOf(url, ctx)
    const { format, optimize, encoding, addressing } = this.#options
    const { method } = this.#kind
    const timeout = this.#wait(ctx)
    const target = { url, method, format, optimize, encoding, addressing, seal: call?.seal, timeout }
    const request = writeRequest(ctx, target)
    return request instanceof Promise
      ? request.then((written) => this.#send(ctx, sender, written, call))
      : this.#send(ctx, sender, request, call)
  }

  #send(
    ctx: MessageContext,
    sender: Sender,
    request: OutgoingRequest,
    call: SecuredCall | undefined,
  ): Promise<MessageContext | undefined> {
    const { sign, namedByMessage } = this.#kind
    sign?.(request, ctx)
    const named = namedByMessage?.(ctx) === true
    return sender
      .send(named ? { ...request, namedByMessage: true } : request, (stop) => ctx.exchange.onCancel(stop))
      .then(
        (reply) => this.#answered(ctx, reply, call),
        (thrown: unknown) => this.#failed(ctx, Fault.from(thrown)),
      )
  }

  #answered(
    ctx: MessageContext,
    { status, reason, message }: IncomingReply,
    call: SecuredCall | undefined,
  ): MessageContext | undefined | Promise<MessageContext | undefined> {
    if (
      ctx.properties.read(OUT_ONLY) === true ||
      (status === 202 && ctx.properties.read(IGNORE_SC_ACCEPTED) === true)
    ) {
      this.suspension.succeeded()
      discard(message.takeRaw())
      return undefined
    }
    message.status = status
    if (reason !== '') message.reason = reason
    const answer = ctx.answer(message)
    if (call === undefined) return this.#accepted(ctx, answer)
    return Promise.resolve(answer.build())
      .then(() => call.open(answer))
      .then(() => this.#accepted(ctx, answer))
  }

  #accepted(ctx: MessageContext, answer: MessageContext): MessageContext | Promise<MessageContext> {
    if (ctx.properties.read(FORCE_ERROR_ON_SOAP_FAULT) === true) {
      return failOnSoapFault(ctx, answer).then(
        () => this.#succeeded(answer),
        (thrown: unknown) => this.#failed(ctx, Fault.from(thrown)),
      )
    }
    return this.#succeeded(answer)
  }

  #succeeded(answer: MessageContext): MessageContext {
    const { state } = this.suspension
    if (state === 'active') return answer
    this.suspension.succeeded()
    answer.log('INFO', 'endpoint', `the endpoint ${this.name} is active again`)
    return answer
  }

  /** Never resolves, unless the endpoint says that timeouts are nobody's business. */
  #failed(ctx: MessageContext, fault: Fault): MessageContext {
    if (!ctx.exchange.gone && this.#suspends) this.#note(ctx, fault)
    if (fault.code === 101504 && this.#options.discardsTimeout) {
      ctx.log('WARN', 'endpoint', `the endpoint ${this.name} did not answer in time; its timeout action is discard`)
      return ctx
    }
    throw fault
  }

  #note(ctx: MessageContext, fault: Fault): void {
    const { suspension } = this
    suspension.failed(fault.code, ctx.services.platform)
    if (suspension.state !== 'active') {
      ctx.log(
        'WARN',
        'endpoint',
        `the endpoint ${this.name} is in state ${suspension.state} after ${fault.code}: ${fault.message}`,
      )
    }
  }

  #suspended(): Fault {
    return new Fault(this.#kind.notReady, `the endpoint ${this.name} is suspended`)
  }

  #wait(ctx: MessageContext): number {
    if (this.#timeoutValue === undefined) return this.#timeout
    const value = Number(this.#timeoutValue.string(ctx))
    return Number.isFinite(value) && value > 0 ? value : this.#timeout
  }
}

function senderOf(url: string, ctx: MessageContext): Sender {
  const scheme = url.slice(0, Math.max(url.indexOf(':'), 0)).toLowerCase()
  const sender = ctx.services.senders.get(scheme)
  if (sender !== undefined) return sender
  throw new Fault(
    101500,
    scheme === '' ? 'the address to send to has no scheme' : `nothing here sends to ${scheme}: addresses`,
  )
}

/** Lets an answer that nobody wants run out, so that its connection can be used again. */
function discard(body: ReturnType<IncomingReply['message']['takeRaw']>): void {
  if (body === undefined || Buffer.isBuffer(body)) return
  body.on('error', ignore)
  body.resume()
}

/** The exchange is over for this message; how the unwanted body ends concerns nobody. */
const ignore = (): void => {}

/** Answers the client now when the flow, or a property of the endpoint, asks for it. */
function accept(ctx: MessageContext): void {
  if (ctx.properties.read(FORCE_SC_ACCEPTED) === true) ctx.exchange.accept()
}
