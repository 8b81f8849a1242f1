import type { IncomingMessage, ServerResponse } from 'node:http'

const LARGEST_FORM = 64 * 1024
const COOKIE = 'viaduct-session'

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

export const redirect = (to: string, session?: string): ConsoleReply => ({
  status: 303,
  type: 'text/plain',
  body: '',
  headers: { Location: to },
  session,
})

export function writeReply(
  response: ServerResponse,
  { status, type, body, headers, cached, session }: ConsoleReply,
): void {
  const lifetime = session === '' ? '; Max-Age=0' : ''
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': cached === true ? 'max-age=3600' : 'no-store',
    ...(session === undefined
      ? {}
      : { 'Set-Cookie': `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict${lifetime}` }),
    ...headers,
  })
  response.end(body)
}

/** The secret that the browser sends; '' when it has none. */
export function sessionSecret({ headers }: IncomingMessage): string {
  const cookies = (headers.cookie ?? '').split(';').map((each) => each.trim())
  return cookies.find((each) => each.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? ''
}

/** The fields of a form; throws when it is too large. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LARGEST_FORM) throw new Error('the form is too large')
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
