import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Bus, Listener } from 'viaduct'

/** What readiness reports besides the bus itself. */
export interface AdminState {
  /** Undefined while the bus is starting or stopping. */
  readonly ready: boolean
  /** First line of the diagnostics of the last refused change, until a change is taken. */
  readonly refusedChange: string | undefined
  /** Why requests are refused at the moment; undefined when they are taken. */
  readonly shedding: string | undefined
}

/** Liveness, readiness and metrics on a port of their own, which overload never sheds. */
export async function createAdmin(bus: Bus, state: () => AdminState, host: string, port: number): Promise<Listener> {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const server = createServer((request, response) => {
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    answer(request, response, bus, state, delay)
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
      delay.disable()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Delay = ReturnType<typeof monitorEventLoopDelay>

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  bus: Bus,
  state: () => AdminState,
  delay: Delay,
): void {
  const [path] = (request.url ?? '').split('?', 1)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
  } else if (path === '/health/live') {
    json(response, 200, { status: 'live' })
  } else if (path === '/health/ready') {
    const { ready, refusedChange, shedding } = state()
    const reason = ready ? shedding : 'the bus is starting or stopping'
    json(response, reason === undefined ? 200 : 503, {
      status: reason === undefined ? 'ready' : 'not ready',
      reason,
      deployment: bus.deployment?.number,
      refusedChange,
    })
  } else if (path === '/metrics') {
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(metrics(bus, delay))
  } else {
    json(response, 404, { error: 'not found', paths: ['/health/live', '/health/ready', '/metrics'] })
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

/** Prometheus text format, version 0.0.4. */
function metrics({ services: { metrics, bodies }, deployment }: Bus, delay: Delay): string {
  const lines: string[] = []
  const family = (
    name: string,
    kind: string,
    help: string,
    values: Iterable<[labels: string, value: number]>,
  ): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`)
    for (const [labels, value] of values) lines.push(`${name}${labels} ${value}`)
  }
  family('viaduct_arrivals_total', 'counter', 'Requests that reached mediation.', [['', metrics.arrivals]])
  family('viaduct_refused_total', 'counter', 'Requests refused before mediation (overload, shutdown).', [
    ['', metrics.refused],
  ])
  family('viaduct_answers_total', 'counter', 'Answers by HTTP status.', labelled('status', metrics.answers))
  family('viaduct_faults_total', 'counter', 'Faults by code.', labelled('code', metrics.faults))
  family('viaduct_in_flight', 'gauge', 'Exchanges under way in the current deployment.', [
    ['', deployment?.inFlight ?? 0],
  ])
  family('viaduct_body_bytes', 'gauge', 'Bytes of bodies that are in memory (limits.bodies).', [['', bodies.used]])
  family('viaduct_deployment', 'gauge', 'Number of the current deployment.', [['', deployment?.number ?? 0]])
  family('viaduct_reloads_total', 'counter', 'Changes of the home by outcome.', [
    ['{outcome="taken"}', metrics.reloads],
    ['{outcome="refused"}', metrics.reloadsRefused],
  ])
  family('process_resident_memory_bytes', 'gauge', 'Resident set.', [['', process.memoryUsage.rss()]])
  family('nodejs_eventloop_delay_seconds', 'gauge', 'Event-loop delay, 90th percentile.', [
    ['', delay.percentile(90) / 1e9],
  ])
  return `${lines.join('\n')}\n`
}

function* labelled(label: string, counts: ReadonlyMap<string | number, number>): Iterable<[string, number]> {
  for (const [value, count] of counts) yield [`{${label}="${String(value).replaceAll(/["\\\n]/g, '_')}"}`, count]
}
