import type { Dispatcher } from 'undici'
import {
  type Deadline,
  type Deadlines,
  Fault,
  Headers,
  type IncomingReply,
  Message,
  type OutgoingRequest,
} from 'viaduct'
import { FedBody } from './fed-body.ts'
import { readAnswerFields } from './answer-fields.ts'
import { type CallStage, faultOf, isClosed } from './failure.ts'
import type { Line, Origin } from './origin.ts'
import { Pieces } from './pieces.ts'

/** Answers up to this size are kept in memory; larger ones stream through. */
const KEPT = 65_536

/** So long an answer without a length may take to end before it is handed on as a stream. */
const PATIENCE = 20

/** More interim answers than this are an attack. */
const MOST_INTERIM = 50

const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])

/** What calls of one sender share. */
export interface CallRules {
  readonly deadlines: Deadlines
  /** Longest silence inside the body of an answer, milliseconds. */
  readonly answerIdle: number
  /** Longest time for an answer that is kept until it is complete, milliseconds. */
  readonly build: number
}

/**
 * One request to a back end and its answer: the handler that undici calls. Ends in exactly one of `resolve` and `reject`; an
 * answer that streams goes on after that until its body has ended.
 */
export class Call implements Dispatcher.DispatchHandler {
  readonly request: OutgoingRequest
  readonly path: string
  /** The connection it is on; undefined in a tunnel. */
  line: Line | undefined = undefined
  /** Nobody waits any more. */
  over = false
  readonly #origin: Origin
  readonly #rules: CallRules
  readonly #resolve: (reply: IncomingReply) => void
  readonly #reject: (fault: Fault) => void
  #stage: CallStage = 'connecting'
  #controller: Dispatcher.DispatchController | undefined = undefined
  #deadline: Deadline | undefined = undefined
  #reused = false
  #repeated = false
  #interim = 0
  #movedAt = 0
  #begunAt = 0
  #status = 0
  #reason = ''
  #headers: Headers | undefined = undefined
  #length = -1
  #pieces: Pieces | undefined = undefined
  #size = 0
  #body: FedBody | undefined = undefined

  constructor(
    request: OutgoingRequest,
    path: string,
    origin: Origin,
    rules: CallRules,
    resolve: (reply: IncomingReply) => void,
    reject: (fault: Fault) => void,
  ) {
    this.request = request
    this.path = path
    this.#origin = origin
    this.#rules = rules
    this.#resolve = resolve
    this.#reject = reject
    this.#expireAfter(request.timeout)
  }

  /** Gives up: the client is gone. */
  cancel(): void {
    if (this.over) return
    this.fail(new Fault('client-closed', 'the client closed its connection'))
  }

  /** Ends the call with a fault and, when it is under way, the connection it uses. */
  fail(fault: Fault): void {
    if (this.over) return
    this.#end()
    this.#controller?.abort(fault)
    if (this.#body === undefined) this.#reject(fault)
    else this.#body.destroy(fault)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.over) {
      controller.abort(new Error('nobody waits for the answer'))
      return
    }
    this.#stage = 'sending'
    this.#reused = this.line?.used ?? false
  }

  onBodySent(): void {
    if (!Buffer.isBuffer(this.request.body)) this.#movedAt = performance.now()
  }

  onRequestSent(): void {
    if (this.#stage === 'sending') this.#stage = 'waiting'
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, reason = ''): void {
    if (this.over) return
    if (status < 200) {
      if (++this.#interim > MOST_INTERIM)
        this.fail(new Fault(101506, 'Protocol violation', { detail: 'too many interim answers' }))
      return
    }
    const { raw, length, ambiguous } = readAnswerFields(controller.rawHeaders as Buffer[])
    if (ambiguous) {
      this.fail(new Fault(101506, 'Protocol violation', { detail: 'the answer has a length and a transfer coding' }))
      return
    }
    this.#deadline?.cancel()
    this.#stage = 'reading'
    this.#movedAt = 0
    this.#status = status
    this.#reason = reason
    this.#headers = new Headers(raw)
    this.#length = length
    if (length > KEPT && this.request.method !== 'HEAD') this.#stream()
    else if (length < 0) this.#deadline = this.#rules.deadlines.after(PATIENCE, () => this.#stream())
    else this.#watch()
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.over) return
    this.#size += chunk.length
    if (this.#size < this.#length || this.#length < 0) this.#movedAt = performance.now()
    if (this.#body !== undefined) {
      if (!this.#body.push(chunk)) controller.pause()
      return
    }
    ;(this.#pieces ??= new Pieces()).add(chunk)
    if (this.#size > KEPT) this.#stream()
  }

  onResponseEnd(): void {
    if (this.line !== undefined) this.line.used = true
    this.#origin.release(this)
    if (this.over) return
    this.#end()
    if (this.#body !== undefined) {
      this.#body.complete()
      return
    }
    const bytes = this.#pieces?.join()
    const headers = this.#headers ?? new Headers()
    this.#answer(bytes === undefined ? Message.empty(headers) : Message.ofBytes(bytes, headers))
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (!this.over && this.#mayRepeat(error)) {
      this.#repeated = true
      this.#stage = 'connecting'
      this.#controller = undefined
      this.#origin.repeat(this)
      return
    }
    this.#origin.release(this)
    this.fail(faultOf(error, this.#stage))
  }

  /**
   * The back end closed an idle connection just when the request was written to it. Only then, only once, and never for what
   * must not happen twice or whose body is spent.
   */
  #mayRepeat(error: Error): boolean {
    const { method, body } = this.request
    if (this.#repeated || !this.#reused || this.#stage === 'connecting' || this.#stage === 'reading') return false
    return REPEATABLE.has(method) && (body === undefined || Buffer.isBuffer(body)) && isClosed(error)
  }

  #answer(message: Message): void {
    this.#resolve({ status: this.#status, reason: this.#reason, message })
  }

  /** Hands on what has come so far; the rest follows as it comes. */
  #stream(): void {
    if (this.over || this.#body !== undefined) return
    const body = new FedBody(
      () => this.#controller?.resume(),
      () => this.#abandon(),
    )
    this.#body = body
    this.#deadline?.cancel()
    this.#watch()
    const begun = this.#pieces?.join()
    this.#pieces = undefined
    if (begun !== undefined) body.push(begun)
    this.#answer(Message.ofStream(body, this.#headers ?? new Headers(), this.#length < 0 ? undefined : this.#length))
  }

  #abandon(): void {
    if (this.over) return
    this.#end()
    this.#controller?.abort(new Error('nobody reads the answer'))
  }

  /** Nothing may stand still for longer than the idle limit, a reader that does not read included. */
  #watch(): void {
    this.#expireAfter(this.#rules.answerIdle)
  }

  #expireAfter(milliseconds: number): void {
    this.#deadline = this.#rules.deadlines.after(milliseconds, () => this.#expire())
  }

  /**
   * The time does not run while something moves: the body of the request, then that of the answer. But an answer that is kept here
   * has to be complete some time.
   */
  #expire(): void {
    const now = performance.now()
    const limit = this.#stage === 'reading' ? this.#rules.answerIdle : this.request.timeout
    let left = this.#movedAt === 0 ? 0 : this.#movedAt + limit - now
    if (this.#stage === 'reading' && this.#body === undefined) {
      if (this.#begunAt === 0) this.#begunAt = now - limit
      left = Math.min(left, this.#begunAt + this.#rules.build - now)
    }
    if (left > 1) this.#expireAfter(left)
    else if (this.#stage === 'reading')
      this.fail(
        new Fault(101501, 'Error while receiving the answer of the back end', {
          detail: 'the answer stopped, or dripped, inside its body',
        }),
      )
    else this.fail(new Fault(101504, 'Send timeout', { detail: `no answer within ${limit} ms` }))
  }

  #end(): void {
    this.over = true
    this.#deadline?.cancel()
  }
}
