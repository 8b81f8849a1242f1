import { Addressing } from './soap/addressing.ts'
import type { Branch } from './branches.ts'
import type { BusServices } from './bus.ts'
import type { Deployment } from './deployment.ts'
import type { Exchange } from './exchange.ts'
import type { Fault } from './fault.ts'
import { raiseFault } from './fault-properties.ts'
import type { LogLevel } from './log.ts'
import type { Message } from './message.ts'
import { Properties } from './properties.ts'

/** Parameters of the template that is running; `$func:name`. */
export interface TemplateFrame {
  readonly template: string
  readonly parameters: ReadonlyMap<string, unknown>
  readonly outer: TemplateFrame | undefined
}

/** One message on its way through one deployment of the configuration. */
export class MessageContext {
  readonly exchange: Exchange
  message: Message
  /** The message answers an earlier one (Synapse `isResponse`). */
  response: boolean
  readonly properties: Properties
  /** To, Action, ReplyTo …: what the message says about its way. */
  addressing: Addressing
  /** The fault being handled. */
  fault: Fault | undefined = undefined
  frame: TemplateFrame | undefined = undefined
  /** How deep sequences and templates are nested right now. */
  depth = 0
  /** Messages that were split off this one and not yet handed on (`addBranch`). */
  branches: Branch[] | undefined = undefined
  /** An answer was taken up on the way, so that a branch goes on behind the mediator that split it off (language reference 1.4). */
  resumed = false
  #variables: Map<string, unknown> | undefined

  constructor(exchange: Exchange, message: Message, response: boolean) {
    this.exchange = exchange
    this.message = message
    this.response = response
    this.properties = new Properties(this)
    this.addressing = new Addressing(this)
    message.settings = exchange.deployment.services.settings
    if (message === exchange.arrival.message) message.target = exchange.arrival.target
  }

  get deployment(): Deployment {
    return this.exchange.deployment
  }

  get services(): BusServices {
    return this.exchange.deployment.services
  }

  /** `<variable>`s; shared by nobody, copied to answers and forks. */
  get variables(): Map<string, unknown> {
    return (this.#variables ??= new Map())
  }

  /** Ends when the client is gone or the exchange is over; made on first use. */
  get signal(): AbortSignal {
    return this.exchange.signal
  }

  /**
   * Reads the body into memory, within limits.body, limits.bodies and timeouts.build; a promise only when something has to be
   * waited for. Throws or rejects with Fault 601000, 101001, 101501 or bodies-full.
   */
  build(): void | Promise<void> {
    return this.exchange.build(this.message)
  }

  /** Writes a line under the correlation id of the exchange. */
  log(level: LogLevel, category: string, text: string): void {
    this.services.log.log(level, category, text, { correlation_id: this.exchange.correlationId })
  }

  /** Notes the fault and sets ERROR_CODE, ERROR_MESSAGE, ERROR_DETAIL, ERROR_EXCEPTION; a fault handler runs next. */
  raise(fault: Fault): void {
    this.exchange.failed(fault)
    raiseFault(this, fault)
  }

  /** A copy for a parallel branch of the same exchange; the message must have been built. */
  fork(): MessageContext {
    const copy = new MessageContext(this.exchange, this.message.fork(), this.response)
    this.properties.copyAllTo(copy.properties)
    copy.addressing = this.addressing.copyFor(copy)
    copy.frame = this.frame
    copy.depth = this.depth
    if (this.#variables) copy.#variables = new Map(this.#variables)
    return copy
  }

  /** Goes on with the message of an answer (`call`): transport headers and axis2 properties are those of the answer. */
  adopt(answer: MessageContext): void {
    this.message = answer.message
    this.addressing = answer.addressing.copyFor(this)
    this.properties.adopt(answer.properties)
  }

  /** The context of an answer to this message: default properties and variables go with it (language reference 1.2, 4). */
  answer(message: Message): MessageContext {
    const reply = new MessageContext(this.exchange, message, true)
    this.properties.copyDefaultTo(reply.properties)
    reply.frame = this.frame
    reply.depth = this.depth
    if (this.#variables) reply.#variables = new Map(this.#variables)
    return reply
  }
}
