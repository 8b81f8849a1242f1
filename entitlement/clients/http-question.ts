import { type BusServices, CORRELATION_HEADER, Fault, Headers, type Message, type MessageContext } from 'viaduct'

/** An answer over HTTP, its body in memory. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly message: Message
}

export interface HttpQuestion {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** Asks over HTTP through the senders of the bus: their TLS, their pools, their proxy. */
export type AskOverHttp = (question: HttpQuestion, ctx: MessageContext) => Promise<HttpAnswer>

/**
 * Every question ends: after `entitlement.timeout`, with its exchange, or with an answer of at most `entitlement.answerLimit`
 * bytes. Rejects with a Fault that says which of them failed.
 */
export function createAskOverHttp({ senders, settings, platform, deadlines }: BusServices): AskOverHttp {
  const { timeout, answerLimit } = settings.entitlement
  return ({ url, headers, body }, ctx) =>
    new Promise((resolve, reject) => {
      const sender = senders.get(url.slice(0, url.indexOf(':')).toLowerCase())
      if (sender === undefined) throw new Fault(101503, `nothing can be sent to ${url}`)
      const started = platform.monotonic()
      const late = (): Fault => new Fault(101504, `${url} did not answer within ${timeout} ms`)
      let stop: (() => void) | undefined
      const forget = ctx.exchange.onCancel(() => stop?.())
      const deadline = deadlines.after(timeout, () => {
        stop?.()
        end(reject, late())
      })
      const end = <T>(settle: (value: T) => void, value: T): void => {
        deadline.cancel()
        forget()
        settle(value)
      }
      const request = {
        method: 'POST',
        url,
        headers: Headers.of({
          ...headers,
          [CORRELATION_HEADER]: ctx.exchange.correlationId,
          traceparent: ctx.exchange.trace,
        }),
        body: Buffer.from(body),
        timeout,
      }
      const answered = async (): Promise<HttpAnswer> => {
        const { status, message } = await sender.send(request, (how) => (stop = how))
        await message.build(answerLimit, () => {
          if (platform.monotonic() - started > timeout) throw late()
        })
        return { status, headers: message.headers, message }
      }
      answered().then(
        (answer) => end(resolve, answer),
        (thrown: unknown) => end(reject, Fault.from(thrown)),
      )
    })
}

/** Basic authentication without being asked for it (RFC 7617). */
export const basicAuthorization = (user: string, password: string): Readonly<Record<string, string>> =>
  user === '' ? {} : { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }

/** Refuses what is no success, naming user and address: that is what the operator has to correct. */
export function requireSuccess({ status }: HttpAnswer, url: string, user: string): void {
  if (status === 401 || status === 403) throw new Fault(101510, `${url} refuses the user "${user}" (HTTP ${status})`)
  if (status < 200 || status > 299) throw new Fault(101510, `${url} answered HTTP ${status}`)
}
