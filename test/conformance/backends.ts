import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createBackend, simpleStockQuote } from '../../samples/backends/index.ts'
import { portsOf, type Case, type CaseBackend, type Route } from './cases.ts'
import { freePort, isFree } from './bus-process.ts'

const HOST = '127.0.0.1'

/** A request as a `capture` back end saw it on the wire. */
export interface Captured {
  readonly port: number
  readonly raw: string
}

interface Running {
  close(): Promise<void>
}

/** The back ends of one case: started before the bus, exchanged where a step brings its own. */
export class CaseBackends implements AsyncDisposable {
  readonly ports: ReadonlyMap<number, number>
  readonly captured: Captured[] = []
  readonly #taken: Set<number>
  #running: Running[] = []

  private constructor(ports: ReadonlyMap<number, number>, taken: Set<number>) {
    this.ports = ports
    this.#taken = taken
  }

  /**
   * Chooses a real port for every port of the case: the port itself where it is free, any other where it is not. `taken` is
   * shared by cases that run at the same time.
   */
  static async reserve(value: Case, taken: Set<number>): Promise<CaseBackends> {
    const { backends, closed, inbound } = portsOf(value)
    const ports = new Map<number, number>([[value.esb.httpPort, await freePort()]])
    for (const port of [...backends, ...closed, ...inbound]) {
      const claimed = !taken.has(port)
      taken.add(port)
      const own = claimed && (await isFree(port))
      if (claimed && !own) taken.delete(port)
      ports.set(port, own ? port : await freePort())
    }
    return new CaseBackends(ports, taken)
  }

  /** Stops what runs and starts `backends`. */
  async exchange(backends: readonly CaseBackend[]): Promise<void> {
    await this.#stop()
    for (const backend of backends) {
      const running = await this.#start(backend)
      if (running !== undefined) this.#running.push(running)
    }
  }

  async #start(backend: CaseBackend): Promise<Running | undefined> {
    const port = this.ports.get(backend.port ?? 0) ?? 0
    switch (backend.type) {
      case 'simplestockquote':
        return createBackend({ services: [simpleStockQuote()], port, host: HOST })
      case 'static':
        return startStatic(port, backend.routes ?? [])
      case 'capture':
        return startCapture(port, (raw) => this.captured.push({ port: backend.port ?? port, raw }))
      case 'closed-port':
      case 'unresolvable-host':
        return undefined
      default:
        throw new Error(`the back end type ${backend.type} is unknown`)
    }
  }

  async #stop(): Promise<void> {
    const running = this.#running
    this.#running = []
    await Promise.all(running.map((each) => each.close()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
    for (const [port, real] of this.ports) if (port === real) this.#taken.delete(port)
  }
}

/** Answers every route with its fixed response and everything else with 404. */
async function startStatic(port: number, routes: readonly Route[]): Promise<Running> {
  const server = createHttpServer((request, response) => {
    request.resume()
    const {
      status,
      headers = {},
      body = '',
    } = findRoute(routes, request.method, request.url)?.response ?? { status: 404 }
    response.writeHead(status, headers)
    response.end(body)
  })
  server.listen(port, HOST)
  await once(server, 'listening')
  return {
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A route is a context of the Java test's `HttpServer`, so it holds for the paths below it too. */
export function findRoute(routes: readonly Route[], method = 'GET', target = '/'): Route | undefined {
  const { pathname } = new URL(target, 'http://localhost')
  return routes
    .filter((route) => route.method === '*' || route.method === method)
    .filter(({ path }) => path === target || path === pathname || pathname.startsWith(`${path.replace(/\/$/, '')}/`))
    .sort((a, b) => b.path.length - a.path.length)[0]
}

/** Keeps one request per connection as raw text, answers 202 without a body and closes, like WireMonitorServer. */
export async function startCapture(port: number, keep: (raw: string) => void): Promise<Running & { port: number }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    let raw = ''
    let answered = false
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      raw += chunk
      if (answered || !isComplete(raw)) return
      answered = true
      keep(withFieldNames(raw))
      socket.end('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  server.listen(port, HOST)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isComplete(raw: string): boolean {
  const end = raw.indexOf('\r\n\r\n')
  if (end < 0) return false
  const head = raw.slice(0, end)
  const body = raw.slice(end + 4)
  if (/^transfer-encoding:.*chunked/im.test(head)) return /(?:^|\r\n)0\r\n(?:.*\r\n)*\r\n$/.test(body)
  return body.length >= Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0)
}

/** Field names have no case on the wire; checks write them as `Content-Length`. */
function withFieldNames(raw: string): string {
  const end = raw.indexOf('\r\n\r\n')
  const head = raw
    .slice(0, end)
    .replaceAll(/^[\w-]+(?=:)/gm, (name) =>
      name.toLowerCase().replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase()),
    )
  return head + raw.slice(end)
}
