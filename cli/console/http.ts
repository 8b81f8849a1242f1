import type { IncomingMessage, ServerResponse } from 'node:http'

const LARGEST_FORM = 64 * 1024
const COOKIE = 'viaduct-session'

/** What a browser asks, as a value: the process that has the port need not be the one that has the console. */
export interface ConsoleCall {
  readonly method: string
  readonly url: string
  readonly origin: string | undefined
  readonly host: string | undefined
  /** Sec-Fetch-Site. */
  readonly site: string | undefined
  /** The secret of the session; '' when there is none. */
  readonly session: string
  /** Address of the browser. */
  readonly from: string
  /** The form that was sent; '' without one. */
  readonly body: string
}

/** What goes back to the browser. */
export interface ConsoleReply {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  /** May be kept by the browser: it holds nothing of anybody. */
  readonly cached?: boolean
  /** The secret of a session that begins; '' ends it. */
  readonly session?: string | undefined
}

export type AnswerConsole = (call: ConsoleCall) => Promise<ConsoleReply>

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

export const page = (status: number, body: string): ConsoleReply => ({ status, type: 'text/html', body })

export const line = (status: number, text: string): ConsoleReply => ({ status, type: 'text/plain', body: `${text}\n` })

export const redirect = (to: string, session?: string): ConsoleReply => ({
  status: 303,
  type: 'text/plain',
  body: '',
  headers: { Location: to },
  ...(session === undefined ? {} : { session }),
})

/** Answers a request for a page of the console. Never rejects. */
export async function serveConsole(
  request: IncomingMessage,
  response: ServerResponse,
  answer: AnswerConsole,
): Promise<void> {
  try {
    const call = await readCall(request)
    const reply = call === undefined ? line(413, 'This form is too large.') : await answer(call)
    writeReply(response, reply, throughHttps(request))
  } catch {
    if (response.headersSent) response.destroy()
    else writeReply(response, line(500, 'This failed.'), false)
  }
}

/** Undefined when the form is too large. */
async function readCall(request: IncomingMessage): Promise<ConsoleCall | undefined> {
  const { method = '', url = '/', headers, socket } = request
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const body = await bodyOf(request)
  if (body === undefined) return undefined
  return {
    method,
    url,
    origin,
    host,
    site: typeof site === 'string' ? site : undefined,
    session: sessionIn(headers.cookie),
    from: socket.remoteAddress ?? '',
    body,
  }
}

function writeReply(response: ServerResponse, reply: ConsoleReply, https: boolean): void {
  const { status, type, body, headers, cached, session } = reply
  const secure = https ? '; Secure' : ''
  const lifetime = session === '' ? '; Max-Age=0' : ''
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': cached === true ? 'max-age=3600' : 'no-store',
    ...(session === undefined
      ? {}
      : { 'Set-Cookie': `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict${secure}${lifetime}` }),
    ...headers,
  })
  response.end(body)
}

/** The admin port speaks HTTP; what is before it may speak HTTPS to the browser, as either of them says. */
const throughHttps = ({ headers }: IncomingMessage): boolean =>
  headers.origin?.startsWith('https:') === true || headers['x-forwarded-proto'] === 'https'

function sessionIn(cookie = ''): string {
  const cookies = cookie.split(';').map((each) => each.trim())
  return cookies.find((each) => each.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? ''
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LARGEST_FORM) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
