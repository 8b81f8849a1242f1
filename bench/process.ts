import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { BUS_FROM_DIST, freePort, startBus } from '../test/conformance/bus-process.ts'
import { median } from './statistics.ts'
import { writeHome } from './servers.ts'

const QUICKSTART = join(import.meta.dirname, '../samples/quickstart')
const GIGABYTE = 1024 ** 3

/** A figure that is not a ratio of throughputs: at most `limit` of its unit. */
export interface Measure {
  readonly name: string
  readonly value: number | undefined
  readonly unit: string
  readonly limit: number
  readonly note?: string
}

/** Seconds from starting the process to `ready`: the quickstart, and a home of 200 artifacts. */
export async function measureStartup(directory: string, rounds: number): Promise<Measure[]> {
  const many = writeManyArtifacts(join(directory, 'many'))
  const quickstart = existsSync(QUICKSTART) ? await medianStartup(QUICKSTART, rounds) : undefined
  return [
    {
      name: 'run to ready, quickstart',
      unit: 's',
      limit: 0.5,
      value: quickstart,
      ...(quickstart === undefined && { note: 'there is no quickstart' }),
    },
    { name: 'run to ready, 200 artifacts', unit: 's', limit: 1, value: await medianStartup(many, rounds) },
  ]
}

async function medianStartup(home: string, rounds: number): Promise<number> {
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++) {
    await using bus = await startBus(home, {
      command: BUS_FROM_DIST,
      port: await freePort(),
      adminPort: await freePort(),
      watch: true,
    })
    seconds.push(bus.startup / 1_000)
  }
  return median(seconds)
}

/** Megabytes at rest, and how many come on top while 1 GB streams through the direct proxy. */
export async function measureMemory(directory: string): Promise<Measure[]> {
  await using sink = await startSink()
  const home = writeHome(join(directory, 'memory'), 'mediation', sink.port)
  const port = await freePort()
  await using bus = await startBus(home, {
    command: BUS_FROM_DIST,
    port,
    watch: true,
    arguments: ['--log-level', 'warn'],
  })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const idle = bus.resident()
  let peak = idle
  const timer = setInterval(() => (peak = Math.max(peak, bus.resident())), 10)
  const answer = await stream(port, GIGABYTE)
  clearInterval(timer)
  const intact = answer === String(GIGABYTE)
  return [
    { name: 'idle memory', unit: 'MB', limit: 100, value: idle },
    {
      name: 'growth while 1 GB streams',
      unit: 'MB',
      limit: 100,
      value: intact ? peak - idle : undefined,
      ...(!intact && { note: `the back end counted ${answer}` }),
    },
  ]
}

/** A back end that counts what it reads and forgets it. */
async function startSink(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((incoming, response) => {
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => (bytes += chunk.length))
    incoming.on('end', () => response.writeHead(200, { 'Content-Type': 'text/plain' }).end(String(bytes)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function stream(port: number, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes }
    const outgoing = request(
      { host: '127.0.0.1', port, path: '/services/Direct', method: 'POST', headers, agent: false },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => resolve(text))
        response.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    const chunk = Buffer.alloc(64 * 1024, 'x')
    let left = bytes
    const write = () => {
      for (; left > 0; left -= chunk.length)
        if (!outgoing.write(chunk.subarray(0, left))) return void outgoing.once('drain', next)
      outgoing.end()
    }
    const next = () => {
      left -= chunk.length
      write()
    }
    write()
  })
}

/** 100 proxies that route and change, 60 sequences, 20 endpoints, 20 local entries. */
function writeManyArtifacts(home: string): string {
  const put = (folder: string, name: string, text: string) => {
    mkdirSync(join(home, folder), { recursive: true })
    writeFileSync(join(home, folder, `${name}.xml`), text)
  }
  const xmlns = 'xmlns="http://ws.apache.org/ns/synapse"'
  for (let n = 0; n < 100; n++)
    put(
      'proxies',
      `P${n}`,
      `<proxy ${xmlns} name="P${n}" transports="http"><target><inSequence><property name="n" expression="//m0:symbol" xmlns:m0="http://services.samples"/><filter source="$ctx:n" regex="I.M"><then><sequence key="s${n % 60}"/></then><else><drop/></else></filter><send><endpoint key="e${n % 20}"/></send></inSequence><outSequence><send/></outSequence></target></proxy>`,
    )
  for (let n = 0; n < 60; n++)
    put(
      'sequences',
      `s${n}`,
      `<sequence ${xmlns} name="s${n}"><log level="custom"><property name="at" expression="concat('s', ${n})"/></log><header name="Action" value="urn:getQuote"/><property name="text" expression="get-property('t${n % 20}')"/></sequence>`,
    )
  for (let n = 0; n < 20; n++) {
    put(
      'endpoints',
      `e${n}`,
      `<endpoint ${xmlns} name="e${n}"><address uri="http://127.0.0.1:9000/e${n}"><timeout><duration>5000</duration></timeout></address></endpoint>`,
    )
    put('local-entries', `t${n}`, `<localEntry ${xmlns} key="t${n}">text ${n}</localEntry>`)
  }
  return home
}
