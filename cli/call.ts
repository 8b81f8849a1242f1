import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { Agent, request } from 'undici'
import { writeMultipart } from '../runtime/mime/index.ts'
import { CallRefused } from './call-refused.ts'
import { GOOD, type Io, USAGE, type Verb, WRONG } from './io.ts'

const ENVELOPES = {
  '1.1': { namespace: 'http://schemas.xmlsoap.org/soap/envelope/', mediaType: 'text/xml' },
  '1.2': { namespace: 'http://www.w3.org/2003/05/soap-envelope', mediaType: 'application/soap+xml' },
} as const

const options = {
  action: { type: 'string' },
  body: { type: 'string' },
  policy: { type: 'string' },
  user: { type: 'string' },
  password: { type: 'string' },
  key: { type: 'string' },
  cert: { type: 'string' },
  mtom: { type: 'string' },
  version: { type: 'string', default: '1.1' },
  repeat: { type: 'string', default: '1' },
  trust: { type: 'string' },
  recipient: { type: 'string' },
  insecure: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

export const call: Verb = {
  name: 'call',
  summary: 'Sends a SOAP message and prints the answer.',
  usage: `viaduct call <url> [options]
  --body FILE          envelope or body content (- for standard input); without it an empty body
  --action URI         SOAPAction, or the action parameter of SOAP 1.2
  --version 1.1|1.2    SOAP version (1.1)
  --mtom FILE          send FILE as an MTOM part; {{mtom}} in the body marks its place
  --user, --password   HTTP basic authentication; with --policy the UsernameToken
  --key, --cert FILE   client certificate (PEM); with --policy it signs and decrypts too
  --policy FILE        secure the message as a WS-Policy asks, and verify the answer
  --trust FILE         certificates that are trusted (PEM), for --policy and TLS
  --recipient FILE     certificate that the message is encrypted for; without it that of --trust
  --insecure           accept any server certificate
  --repeat N           send N times, print a line each
  --json               print status, headers and body as JSON`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const [url = ''] = positionals
    if (!URL.canParse(url) || !(values.version in ENVELOPES) || !/^[1-9]\d{0,8}$/.test(values.repeat)) {
      io.error('viaduct call needs a URL; --version is 1.1 or 1.2, --repeat a whole number')
      return USAGE
    }
    const version = values.version as keyof typeof ENVELOPES
    const message = compose(
      values.body === undefined ? '' : readFileSync(values.body === '-' ? 0 : values.body, 'utf8'),
      version,
      values.action,
      values.mtom,
    )
    try {
      await using client = await clientFor(url, values, io)
      const repeat = Number(values.repeat)
      let good = true
      for (let i = 1; i <= repeat; i++)
        good = (await send(client, message, url, { json: values.json, number: repeat > 1 ? i : 0 }, io)) && good
      return good ? GOOD : WRONG
    } catch (refused) {
      if (!(refused instanceof CallRefused)) throw refused
      io.error(refused.message)
      return WRONG
    }
  },
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** How messages are sent: as they are, or secured. */
interface Client extends AsyncDisposable {
  send(message: Composed): Promise<Answer>
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

async function clientFor(url: string, values: Values, io: Io): Promise<Client> {
  const { policy, user, password, key, cert, trust, recipient, mtom } = values
  if (policy === undefined) return plainClient(url, values)
  const security = { policy, user, password, key, cert, trust, recipient, mtom: mtom !== undefined }
  const { SecuredCaller } = await import('./secured-call.ts')
  const caller = await SecuredCaller.open(url, security, (line) => io.error(line))
  return {
    async send({ headers, body }) {
      const answer = await caller.send(headers, body)
      return { status: answer.status, headers: fieldsOf(answer.headers.raw), text: answer.body.toString('utf8') }
    },
    [Symbol.asyncDispose]: () => caller[Symbol.asyncDispose](),
  }
}

/** Header fields by name in lower case. */
function fieldsOf(raw: readonly string[]): Record<string, string> {
  const fields = new Map<string, string>()
  for (let i = 0; i + 1 < raw.length; i += 2) fields.set((raw[i] ?? '').toLowerCase(), raw[i + 1] ?? '')
  return Object.fromEntries(fields)
}

function plainClient(url: string, values: Values): Client {
  const dispatcher = agentFor({
    insecure: values.insecure ?? false,
    key: values.key,
    cert: values.cert,
    trust: values.trust,
  })
  const { user, password = '' } = values
  const basic =
    user === undefined ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  return {
    async send({ headers, body }) {
      const answer = await request(url, { method: 'POST', headers: { ...headers, ...basic }, body, dispatcher })
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
    },
    [Symbol.asyncDispose]: () => dispatcher.close(),
  }
}

interface Security {
  readonly insecure: boolean
  readonly key?: string | undefined
  readonly cert?: string | undefined
  readonly trust?: string | undefined
}

const agentFor = ({ insecure, key, cert, trust }: Security): Agent =>
  new Agent({
    connect: {
      rejectUnauthorized: !insecure,
      ...(trust === undefined ? {} : { ca: readFileSync(trust) }),
      ...(key === undefined ? {} : { key: readFileSync(key) }),
      ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
    },
  })

interface Composed {
  readonly headers: Record<string, string>
  readonly body: Buffer
}

function compose(
  text: string,
  version: keyof typeof ENVELOPES,
  action: string | undefined,
  mtom: string | undefined,
): Composed {
  const { namespace, mediaType } = ENVELOPES[version]
  const content = text.replace(/^\uFEFF?\s*<\?xml[^>]*\?>\s*/, '')
  const isEnvelope = /^<(?:[\w.-]+:)?Envelope[\s>]/.test(content)
  const envelope = isEnvelope
    ? content
    : `<soapenv:Envelope xmlns:soapenv="${namespace}"><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`
  const headers: Record<string, string> = {}
  if (version === '1.1') headers['soapaction'] = `"${action ?? ''}"`
  const type = `${mediaType}; charset=UTF-8${version === '1.2' && action !== undefined ? `; action="${action}"` : ''}`
  if (mtom === undefined) return { headers: { ...headers, 'content-type': type }, body: Buffer.from(envelope) }
  const id = `${basename(mtom).replaceAll(/[^\w.-]/g, '_')}@viaduct`
  const include = `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:${id}"/>`
  const root = {
    bytes: Buffer.from(envelope.replace('{{mtom}}', include)),
    contentType: `application/xop+xml; charset=UTF-8; type="${mediaType}"`,
    contentId: 'root@viaduct',
  }
  const part = {
    contentId: id,
    contentType: 'application/octet-stream',
    transferEncoding: 'binary',
    bytes: readFileSync(mtom),
  } as const
  const parameters = [
    ['type', 'application/xop+xml'],
    ['start', '<root@viaduct>'],
    ['start-info', mediaType],
  ] as const
  const { contentType, chunks } = writeMultipart('related', `MIMEBoundary_${crypto.randomUUID()}`, parameters, [
    root,
    part,
  ])
  return { headers: { ...headers, 'content-type': contentType }, body: Buffer.concat(chunks) }
}

async function send(
  client: Client,
  message: Composed,
  url: string,
  { json, number }: { json: boolean; number: number },
  io: Io,
): Promise<boolean> {
  const started = performance.now()
  try {
    const { status, headers, text } = await client.send(message)
    const took = Math.round(performance.now() - started)
    if (json) io.out(JSON.stringify({ status, headers, body: text, milliseconds: took }))
    else if (number > 0) io.out(`${number}: ${status} ${text.length} bytes ${took} ms`)
    else io.out(`${status} ${headers['content-type']?.toString() ?? ''} ${took} ms\n${text}`)
    return status < 400
  } catch (cause) {
    io.error(
      `${url}: ${cause instanceof Error ? cause.message || (cause as { code?: string }).code || 'failed' : 'failed'}`,
    )
    return false
  }
}
