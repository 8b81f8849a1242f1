import { type Branch, takeBranches } from './branches.ts'
import { Fault } from './fault.ts'
import { MessageContext } from './context.ts'
import type { Deployment } from './deployment.ts'
import { correlationOf, traceOf } from './correlation.ts'
import { faultReply } from './formats/fault-reply.ts'
import { acknowledgement, writeReply } from './formats/outgoing.ts'
import { Headers } from './headers.ts'
import type { Message } from './message.ts'
import { type Flow, type Mediator, stop } from './mediator.ts'
import type { Route } from './route.ts'
import { tooSlow } from './slow-body.ts'
import type { Arrival, OutgoingReply } from './transport.ts'

/**
 * One arrival from first byte to last. Owns the reply and all work started for it, and ends when they have ended: with
 * the answer a flow gave, else 202 after success and a fault after failure. No client is left waiting.
 */
export class Exchange {
  readonly deployment: Deployment
  readonly arrival: Arrival
  readonly route: Route
  /** Mediators run so far, over all branches (limit: steps). */
  steps = 0
  /** Messages split off so far. */
  parts = 0
  responded = false
  #operation: Map<string, unknown> | undefined
  #correlationId: string | undefined
  #trace: string | undefined
  #pending = 1
  #failure: Fault | undefined
  #gone = false
  /** Nothing more is to be done for it. */
  #over = false
  #stops: (() => void)[] | undefined
  #controller: AbortController | undefined
  #incoming: MessageContext | undefined
  /** Bytes of built bodies; given back when the exchange is over. */
  #held = 0

  constructor(deployment: Deployment, arrival: Arrival, route: Route) {
    this.deployment = deployment
    this.arrival = arrival
    this.route = route
  }

  /** Properties of `operation` scope: shared by request and answer. */
  get operation(): Map<string, unknown> {
    return (this.#operation ??= new Map())
  }

  /** Something has been stored in `operation` scope. */
  get hasOperation(): boolean {
    return this.#operation !== undefined && this.#operation.size > 0
  }

  /** X-Correlation-ID of the client when it is well-formed, else made here; finds the whole story in the log. */
  get correlationId(): string {
    return (this.#correlationId ??= correlationOf(this.arrival.message.headers, this.deployment.services.platform))
  }

  /** The client is gone. */
  get gone(): boolean {
    return this.#gone
  }

  /** W3C trace context of the client, else made here; every request of this exchange carries it. */
  get trace(): string {
    return (this.#trace ??= traceOf(
      this.arrival.message.headers,
      this.correlationId,
      this.deployment.services.platform,
    ))
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#over) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Runs the in flow. Returns at once when nothing has to be waited for. */
  start(): void {
    this.deployment.enter()
    this.arrival.onClose(() => this.#abandon())
    const ctx = new MessageContext(this, this.arrival.message, false)
    this.#incoming = ctx
    this.route.prepare?.(ctx)
    const flow = this.#guard(this.route.receive, ctx)
    if (typeof flow === 'string') this.#settle()
    else void flow.then(() => this.#settle())
  }

  /** Reads the body of one of its messages into memory (`ctx.build`). */
  build(message: Message): void | Promise<void> {
    const { settings, bodies, platform } = this.deployment.services
    const { body } = settings.limits
    if (message.built) return message.build(body)
    const late = platform.monotonic() + settings.timeouts.build
    // Silence ends by itself (timeouts.bodyIdle, answerIdle), so a look at each piece finds every body that drips.
    return message.build(body, (bytes) => {
      if (platform.monotonic() > late) throw tooSlow(message, settings.timeouts.build)
      bodies.take(bytes)
      this.#held += bytes
    })
  }

  /** Hands an answer to the flow that wants it: `receiving` (of a `send`), the out flow, or the client. Never throws. */
  receive(answer: MessageContext, receiving?: Mediator): Flow | Promise<Flow> {
    return this.#guard(receiving ?? this.route.answer ?? sendBack, answer)
  }

  /** Writes the message of `ctx` to the client. Throws a Fault when it cannot be written in the format asked for. */
  respond(ctx: MessageContext): void | Promise<void> {
    if (this.responded) return this.#tooLate(ctx)
    const answer = writeReply(ctx, this.route.seal?.(ctx))
    if (!(answer instanceof Promise)) return this.#reply(answer)
    // Reading the body first can fail, or another branch can be quicker; until then nothing has been answered.
    return answer.then((written) => (this.responded ? this.#tooLate(ctx) : this.#reply(written)))
  }

  #tooLate(ctx: MessageContext): void {
    ctx.log('WARN', 'exchange', 'a second response to a request that has been answered is dropped')
  }

  /** A flow failed: unless something answers, the client gets a fault. */
  failed(fault: Fault): void {
    this.#failure ??= fault
  }

  /** Ends the exchange with a fault that no handler of the flow sees: the message never reached the flow. */
  reject(fault: Fault): void {
    this.#report(fault)
  }

  /** Answers 202 now; mediation goes on and a later response is dropped (FORCE_SC_ACCEPTED). */
  accept(): void {
    if (!this.responded) void this.#reply({ status: 202, headers: new Headers(), body: undefined })
  }

  /** Turns the request away in the language of its client; `fields` go with the answer. */
  refuse(status: number, reason: string, fields: Readonly<Record<string, string>> = {}): void {
    if (this.responded) return
    const answer = faultReply(this, new Fault(0, reason), status)
    for (const [name, value] of Object.entries(fields)) answer.headers.set(name, value)
    const { method, target } = this.arrival
    this.deployment.services.log.log('INFO', 'exchange', `${method} ${target}: ${status} ${reason}`, {
      correlation_id: this.correlationId,
    })
    void this.#reply(answer)
  }

  /** Work that belongs to this exchange although no flow waits for it; it cannot outlive the exchange unnoticed. */
  own(work: Promise<unknown>): void {
    this.#pending++
    work.then(
      () => this.#settle(),
      (thrown: unknown) => {
        this.#report(Fault.from(thrown))
        this.#settle()
      },
    )
  }

  /** Registers what to stop when the client goes away. Returns how to unregister. */
  onCancel(stop: () => void): () => void {
    if (this.#gone) {
      stop()
      return () => {}
    }
    ;(this.#stops ??= []).push(stop)
    return () => (this.#stops = this.#stops?.filter((each) => each !== stop))
  }

  #guard(flow: Mediator, ctx: MessageContext): Flow | Promise<Flow> {
    try {
      const result = flow(ctx)
      if (typeof result === 'string') return this.#ended(ctx, result)
      return result.then(
        (ended) => this.#ended(ctx, ended),
        (thrown: unknown) => this.#handle(ctx, thrown),
      )
    } catch (thrown) {
      return this.#handle(ctx, thrown)
    }
  }

  /** Branches that no sequence wants any more have come to their end. A fault in one of a fault flow has no handler left. */
  #ended(ctx: MessageContext, flow: Flow, handling = false): Flow {
    if (ctx.branches !== undefined) for (const branch of takeBranches(ctx)) this.own(this.#follow(branch, handling))
    return flow
  }

  async #follow(branch: Branch, handling: boolean): Promise<void> {
    const { ctx, flow } = await branch
    if (flow instanceof Fault) await (handling ? this.#lost(flow) : this.#handle(ctx, flow))
    this.#ended(ctx, 'stop', handling)
  }

  #handle(ctx: MessageContext, thrown: unknown): Flow | Promise<Flow> {
    const fault = Fault.from(thrown)
    this.#report(fault)
    this.#ended(ctx, 'stop')
    try {
      ctx.raise(fault)
      const flow = this.route.fault(ctx)
      const ended = (): Flow => this.#ended(ctx, 'stop', true)
      return typeof flow === 'string' ? ended() : flow.then(ended, (again: unknown) => this.#lost(again))
    } catch (again) {
      return this.#lost(again)
    }
  }

  #lost(thrown: unknown): Flow {
    this.#report(Fault.from(thrown))
    return 'stop'
  }

  #report(fault: Fault): void {
    this.failed(fault)
    const { services } = this.deployment
    services.metrics.faulted(fault.code)
    const place = fault.at ? ` at ${fault.at.file}:${fault.at.line}:${fault.at.column}` : ''
    const cause =
      fault.cause instanceof Error && !fault.message.includes(fault.cause.message) ? `: ${fault.cause.message}` : ''
    services.log.log(
      this.#gone ? 'DEBUG' : 'ERROR',
      'exchange',
      `${this.route.name}: fault ${fault.code}: ${fault.message}${cause}${place}`,
      {
        correlation_id: this.correlationId,
        'viaduct.fault.code': fault.code,
        'exception.stacktrace': fault.code === 0 && fault.cause instanceof Error ? fault.cause.stack : undefined,
      },
    )
  }

  #reply(answer: OutgoingReply): void | Promise<void> {
    this.responded = true
    this.route.complete?.(answer, this.arrival)
    this.deployment.services.metrics.answered(answer.status)
    const written = this.arrival.reply(answer)
    if (written !== undefined) this.own(written)
    return written
  }

  /** Nothing failed, and no flow has answered. */
  #acknowledge(): void {
    if (this.#incoming === undefined) this.accept()
    else void this.#reply(acknowledgement(this.#incoming))
  }

  #settle(): void {
    if (--this.#pending > 0) return
    if (!this.responded && !this.#gone) {
      // The answer may be a stream, so this can start one more piece of owned work.
      this.#pending++
      if (this.#failure === undefined) this.#acknowledge()
      else void this.#reply(faultReply(this, this.#failure))
      this.#settle()
      return
    }
    this.#stops = undefined
    this.#end()
    if (this.#held > 0) this.deployment.services.bodies.give(this.#held)
    this.deployment.leave()
  }

  #abandon(): void {
    this.#gone = true
    const stops = this.#stops ?? []
    this.#stops = undefined
    for (const stop of stops) stop()
    this.#end()
  }

  #end(): void {
    this.#over = true
    this.#controller?.abort(this.#reason)
  }

  get #reason(): Error {
    return this.#gone
      ? new Fault('client-closed', 'the client closed its connection')
      : new Error('the exchange is over')
  }
}

/** What happens to an answer when no flow wants it. */
export const sendBack: Mediator = (ctx) => {
  const written = ctx.exchange.respond(ctx)
  return written === undefined ? 'stop' : written.then(stop)
}
