import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createKeys } from '../cli/sample-keys.ts'
import { BUS_FROM_DIST, freePort, startBus, type BusProcess } from '../test/conformance/bus-process.ts'
import type { Server } from './scenarios.ts'

/** The servers that are compared, all running for the whole time. */
export interface Servers extends AsyncDisposable {
  readonly origins: Readonly<Record<Server, string>>
  readonly bus: BusProcess
  /** Microseconds of processor time that a server has used so far, its workers included. */
  cpu(server: Server): number
}

/** Starts the back end and nginx (one worker each), the relay, the bus from `dist/` and another one with secured proxies. */
export async function startServers(directory: string, command = BUS_FROM_DIST): Promise<Servers> {
  await using stack = new AsyncDisposableStack()
  const backendPort = await freePort()
  const nginxPort = await freePort()
  const relayPort = await freePort()
  const start = async (command: string, args: string[], port: number) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    stack.defer(() => stop(child))
    await listening(child, port)
    return child.pid ?? 0
  }
  const backend = await start('nginx', ['-c', nginxFile(directory, 'backend', backendPort, BACKEND)], backendPort)
  const nginx = await start('nginx', ['-c', nginxFile(directory, 'proxy', nginxPort, proxyTo(backendPort))], nginxPort)
  const relay = await start(
    process.execPath,
    [join(import.meta.dirname, 'relay.mjs'), String(relayPort), `http://127.0.0.1:${backendPort}`],
    relayPort,
  )
  const busOn = async (home: string): Promise<{ readonly bus: BusProcess; readonly port: number }> => {
    const port = await freePort()
    const bus = await startBus(home, {
      command,
      port,
      watch: true,
      arguments: ['--log-level', 'warn'],
    })
    stack.defer(async () => void (await bus.stop()))
    return { bus, port }
  }
  const { bus, port } = await busOn(writeHome(join(directory, 'home'), 'mediation', backendPort))
  const securedHome = writeHome(join(directory, 'secured'), 'secured', backendPort)
  createKeys(securedHome, ['service', 'client'])
  const secured = await busOn(securedHome)
  const origin = (port: number) => `http://127.0.0.1:${port}`
  const pids = { backend, nginx, relay, bus: bus.pid, secured: secured.bus.pid }
  const started = stack.move()
  return {
    bus,
    origins: {
      backend: origin(backendPort),
      nginx: origin(nginxPort),
      relay: origin(relayPort),
      bus: origin(port),
      secured: origin(secured.port),
    },
    cpu: (server) => cpuMicroseconds(pids[server]),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

/** Linux counts in hundredths of a second, user and system time in the fields 14 and 15 of `stat`. */
function cpuMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const own = (Number(fields[11]) + Number(fields[12])) * 10_000
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return children.reduce((sum, child) => (child === '' ? sum : sum + cpuMicroseconds(Number(child))), own)
}

/** Copies a home of `bench/homes` with the port of the back end filled in. */
export function writeHome(target: string, name: string, backendPort: number): string {
  const source = join(import.meta.dirname, 'homes', name)
  cpSync(source, target, { recursive: true })
  for (const file of readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((each) =>
    each.endsWith('.xml'),
  )) {
    const path = join(target, file)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('@BACKEND@', String(backendPort)))
  }
  return target
}

/**
 * `return` would answer before the request has been read, which no real service does: the mirror makes nginx read the whole
 * body first, and the static handler's refusal of POST is turned into the answer.
 */
const BACKEND = `
  location / {
    rewrite ^ /index.xml break;
    open_file_cache max=10 inactive=1h;
    mirror /read;
    error_page 405 =200 @quote;
  }
  location /json {
    rewrite ^ /index.xml break;
    open_file_cache max=10 inactive=1h;
    mirror /read;
    error_page 405 =200 @json;
  }
  location = /read { internal; return 204; }
  location @quote {
    default_type text/xml;
    return 200 '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><ns:getQuoteResponse xmlns:ns="http://services.samples"><ns:last>99.5</ns:last></ns:getQuoteResponse></soapenv:Body></soapenv:Envelope>';
  }
  location @json {
    default_type application/json;
    return 200 '{"symbol":"IBM","last":99.5}';
  }`

const proxyTo = (port: number): string => `
  location / {
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_pass http://backend;
  }
}
upstream backend {
  server 127.0.0.1:${port};
  keepalive 128;
  keepalive_requests 100000000;`

function nginxFile(directory: string, name: string, port: number, content: string): string {
  const root = join(directory, name)
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'index.xml'), '<ok/>')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${root}/${kind};`,
  )
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const file = join(root, 'nginx.conf')
  writeFileSync(
    file,
    `${user} daemon off; worker_processes 1; pid ${root}/nginx.pid; error_log ${root}/error.log crit;
events { worker_connections 2048; }
http {
access_log off; types {} default_type text/xml; root ${root}; ${temporary.join(' ')}
keepalive_requests 100000000; client_max_body_size 0; client_body_buffer_size 512k;
server { listen 127.0.0.1:${port} backlog=1024;
${content}
}
}
`,
  )
  return file
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  let error = ''
  child.stderr?.on('data', (chunk: Buffer) => (error += chunk.toString()))
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}: ${error}`)
    const socket = connect(port, '127.0.0.1')
    const connected = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true))
      socket.on('error', () => resolve(false))
    })
    socket.destroy()
    if (connected) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`${child.spawnfile} does not listen on port ${port}: ${error}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}
