import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { printAnswer, printFault } from './answer.ts'
import { formatOf, readRequest, type SoapRequest } from './request.ts'
import { ServiceFault, type HttpAnswer, type SampleService, type SoapService } from './service.ts'
import { wrapperOf } from './xml.ts'
import { printWsdl } from './wsdl.ts'

const BODY_LIMIT = 256 * 1024 * 1024
const SESSION_LIMIT = 10_000

/** A running sample server. */
export interface Backend extends AsyncDisposable {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export interface BackendOptions {
  readonly services: readonly SampleService[]
  /** 0, the default, takes any free port. */
  readonly port?: number
  readonly host?: string
  /** What services that name their server answer; Axis2's `-name`. */
  readonly name?: string
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer }
}

type Sessions = Map<string, Map<string, string>>

/** Starts a server in the manner of the sample Axis2 server: services below `/services/`, and plain HTTP ones beside them. */
export async function createBackend(options: BackendOptions): Promise<Backend> {
  const { services, port = 0, host = '127.0.0.1', name, tls } = options
  const sessions: Sessions = new Map()
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, services, sessions, name).then(
      (result) => write(response, result),
      () => write(response, { status: 500 }),
    )
  }
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  server.listen(port, host)
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port
  const close = async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  services: readonly SampleService[],
  sessions: Sessions,
  server: string | undefined,
): Promise<HttpAnswer> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
  const body = await readBody(request)
  if (body === undefined) return { status: 413 }
  const [, context, name = '', ...rest] = url.pathname.split('/')
  const soap =
    context === 'services'
      ? services.find((each) => each.kind === 'soap' && each.name === name.split('.')[0])
      : undefined
  if (soap?.kind === 'soap') return callService(request, response, url, body, soap, rest[0], sessions, server)
  if (context === 'services' && name === '' && request.method === 'GET') return listServices(services)
  const plain = services.find((each) => each.kind === 'http' && url.pathname.startsWith(each.path))
  if (plain?.kind === 'http') return plain.handle(request, url, body)
  if (context !== 'services') return { status: 404 }
  const text = `The service cannot be found for the endpoint reference (EPR) ${url.pathname}`
  return printFault(new ServiceFault('Server', text), formatOf(request.headers['content-type']), undefined)
}

async function callService(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: Buffer,
  service: SoapService,
  pathOperation: string | undefined,
  sessions: Sessions,
  server: string | undefined,
): Promise<HttpAnswer> {
  if (request.method === 'GET' && url.searchParams.has('wsdl'))
    return {
      status: 200,
      headers: { 'Content-Type': 'text/xml; charset=UTF-8' },
      body: printWsdl(service, `${url.origin}/services`),
    }
  let read: SoapRequest | undefined
  try {
    read = readRequest(request, url, body)
    const operation = dispatch(service, pathOperation, read)
    const call = {
      operation,
      wrapper: read.wrapper ?? wrapperOf(operation, service.namespace, read.parameters),
      attachments: read.attachments,
      server,
      get session() {
        return openSession(request, response, sessions)
      },
    }
    const run = service.operations.get(operation)
    return printAnswer(await run?.(call), operation, read.format, read.addressing)
  } catch (error) {
    const fault = error instanceof ServiceFault ? error : new ServiceFault('Server', 'The service failed.')
    return printFault(fault, read?.format ?? formatOf(request.headers['content-type']), read?.addressing)
  }
}

/** Axis2's order: the path, then the action, and only then the name of the first body element. */
function dispatch(service: SoapService, pathOperation: string | undefined, { action, wrapper }: SoapRequest): string {
  const candidates = [pathOperation, action.startsWith('urn:') ? action.slice(4) : undefined, wrapper?.name]
  const found = candidates.find((name) => name !== undefined && service.operations.has(name))
  if (found !== undefined) return found
  throw new ServiceFault(
    'Client',
    `The endpoint reference (EPR) for the Operation not found is /services/${service.name} and the WSA Action = ${action}`,
  )
}

function openSession(request: IncomingMessage, response: ServerResponse, sessions: Sessions): Map<string, string> {
  const known = /(?:^|;\s*)JSESSIONID=([^;]*)/.exec(request.headers.cookie ?? '')?.[1]
  const session = known === undefined ? undefined : sessions.get(known)
  if (session !== undefined) return session
  const id = randomUUID().replaceAll('-', '').toUpperCase()
  const [oldest] = sessions.keys()
  if (sessions.size >= SESSION_LIMIT && oldest !== undefined) sessions.delete(oldest)
  const started = new Map<string, string>()
  sessions.set(id, started)
  response.setHeader('Set-Cookie', `JSESSIONID=${id}; Path=/`)
  return started
}

function listServices(services: readonly SampleService[]): HttpAnswer {
  const items = services.map(
    ({ kind, name }) => `<li>${kind === 'soap' ? `<a href="/services/${name}?wsdl">${name}</a>` : name}</li>`,
  )
  const body = `<!doctype html><title>Sample services</title><h1>Sample services</h1><ul>${items.join('')}</ul>\n`
  return { status: 200, headers: { 'Content-Type': 'text/html; charset=UTF-8' }, body }
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_LIMIT) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Writes chunked, as Axis2 does, so that whoever calls meets both framings among the samples. */
function write(response: ServerResponse, { status, headers = {}, body }: HttpAnswer): void {
  if (response.destroyed) return
  response.writeHead(status, body === undefined ? { ...headers, 'Content-Length': '0' } : headers)
  if (body !== undefined) response.write(body)
  response.end()
}
