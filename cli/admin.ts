import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Listener } from 'viaduct'
import { type AnswerConsole, serveConsole } from './console/http.ts'
import { printMetrics, readinessOf, type Snapshot } from './snapshot.ts'

/** What all processes of the bus tell about themselves, asked for when somebody wants to know. */
export type Snapshots = () => readonly Snapshot[] | Promise<readonly Snapshot[]>

const OWN: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics'])

/** Liveness, readiness, metrics and the console on a port of their own, which overload never sheds. */
export async function createAdmin(
  snapshots: Snapshots,
  host: string,
  port: number,
  console?: AnswerConsole,
): Promise<Listener> {
  const server = createServer((request, response) => {
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    void answer(request, response, snapshots, console)
  })
  server.headersTimeout = 5_000
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const bound = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  snapshots: Snapshots,
  console: AnswerConsole | undefined,
): Promise<void> {
  const [path] = (request.url ?? '').split('?', 1)
  if (console !== undefined && !OWN.has(path ?? '')) {
    await serveConsole(request, response, console)
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
  } else if (path === '/health/live') {
    json(response, 200, { status: 'live' })
  } else if (path === '/health/ready') {
    const { ready, body } = readinessOf(await snapshots())
    json(response, ready ? 200 : 503, body)
  } else if (path === '/metrics') {
    const text = printMetrics(await snapshots())
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
  } else {
    json(response, 404, { error: 'not found', paths: [...OWN] })
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}
