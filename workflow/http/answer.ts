import { type Flow, type Html, Message, type MessageContext, sendBack } from 'viaduct'

/** Pages load nothing from elsewhere, run no scripts and stand in no frame. */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
}

type Fields = Readonly<Record<string, string>>

/** Answers the client with a text. */
export function answer(ctx: MessageContext, status: number, type: string, text: string, headers: Fields = {}) {
  ctx.message = Message.empty()
  ctx.message.setBytes(Buffer.from(text), `${type}; charset=UTF-8`)
  ctx.message.status = status
  for (const [name, value] of Object.entries(headers)) ctx.message.headers.set(name, value)
  ctx.response = true
  return sendBack(ctx)
}

export const answerJson = (ctx: MessageContext, status: number, value: unknown, headers: Fields = {}) =>
  answer(ctx, status, 'application/json', `${JSON.stringify(value)}\n`, { 'Cache-Control': 'no-store', ...headers })

export const answerPage = (ctx: MessageContext, status: number, page: Html): Flow | Promise<Flow> =>
  answer(ctx, status, 'text/html', `<!doctype html>\n${page.text}`, PAGE_HEADERS)
