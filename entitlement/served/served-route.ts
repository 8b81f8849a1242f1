import { Fault, type Flow, Message, type MessageContext, type Route, sendBack, stop } from 'viaduct'

/** What is answered. */
export interface Answer {
  readonly status: number
  /** Content-Type; undefined: no body. */
  readonly type: string | undefined
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** A question with its body, read within the limit. */
export interface Question {
  readonly ctx: MessageContext
  readonly body: Buffer
}

/** The way of a request to one of the services: its body is at most `limit` bytes and comes in time. */
export function servedRoute(
  name: string,
  limit: number,
  admitted: (ctx: MessageContext) => Promise<Answer | undefined>,
  answer: (question: Question) => Promise<Answer>,
): Route {
  const receive = async (ctx: MessageContext): Promise<Flow> => {
    try {
      // Who may not ask is told so before anything is read.
      const refusal = await admitted(ctx)
      if (refusal !== undefined) return await reply(ctx, refusal)
      const body = await bodyOf(ctx, limit)
      return await reply(ctx, body === undefined ? tooLarge(limit) : await answer({ ctx, body }))
    } catch (thrown) {
      const fault = Fault.from(thrown)
      if (fault.blamesClient) return await reply(ctx, plain(400, 'the request cannot be read'))
      throw fault
    }
  }
  return { name, receive, answer: undefined, fault: stop }
}

/** Undefined: it is too large. */
async function bodyOf(ctx: MessageContext, limit: number): Promise<Buffer | undefined> {
  const { message, services } = ctx
  if ((message.length ?? 0) > limit) return undefined
  const late = services.platform.monotonic() + services.settings.timeouts.build
  let read = 0
  try {
    await message.build(limit, (bytes) => {
      read += bytes
      if (services.platform.monotonic() > late) throw new Fault(101001, 'the question does not come to its end')
    })
  } catch (thrown) {
    if (read >= limit) return undefined
    throw thrown
  }
  return message.bytes ?? Buffer.alloc(0)
}

export const plain = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  type: 'text/plain; charset=UTF-8',
  body: `${text}\n`,
  headers,
})

const tooLarge = (limit: number): Answer => plain(413, `a question has at most ${limit} bytes`)

function reply(ctx: MessageContext, { status, type, body, headers = {} }: Answer): Flow | Promise<Flow> {
  const message = Message.empty()
  if (type !== undefined) message.setBytes(Buffer.from(body), type)
  message.status = status
  for (const [name, value] of Object.entries({ 'Cache-Control': 'no-store', ...headers }))
    message.headers.set(name, value)
  ctx.message = message
  ctx.response = true
  return sendBack(ctx)
}
