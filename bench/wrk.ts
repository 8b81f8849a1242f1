import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bodyOf, type Load } from './scenarios.ts'
import { securedBody } from './security/secured-body.ts'
import type { Servers } from './servers.ts'

const run = promisify(execFile)

/** What wrk counted in one go. */
export interface Sample {
  readonly perSecond: number
  /** Answers outside 2xx and 3xx, and sockets that failed. A run with failures is no measurement. */
  readonly failures: number
  /** Microseconds of processor time of the server for one request: less noisy than throughput on a busy machine. */
  readonly cpu: number
}

/** Fires a load from one wrk thread with 64 connections. */
export async function fire(load: Load, servers: Servers, seconds: number, directory: string): Promise<Sample> {
  const script = writeScript(load, directory)
  const before = servers.cpu(load.server)
  const { stdout } = await run('wrk', [
    '-t1',
    '-c64',
    `-d${seconds}s`,
    '--timeout',
    '10s',
    '-s',
    script,
    servers.origins[load.server] + load.path,
  ])
  const count = (pattern: RegExp) =>
    [...(pattern.exec(stdout)?.slice(1) ?? [])].reduce((sum, each) => sum + Number(each), 0)
  const used = servers.cpu(load.server) - before
  return {
    cpu: used / count(/(\d+) requests in/),
    perSecond: count(/Requests\/sec:\s+([\d.]+)/),
    failures:
      count(/Non-2xx or 3xx responses: (\d+)/) +
      count(/Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/),
  }
}

function writeScript(load: Load, directory: string): string {
  const { policy = 'plain' } = load
  const name = `${load.format}-${load.size}-${policy}`
  const body = join(directory, `${name}.body`)
  const text = bodyOf(load)
  writeFileSync(body, policy === 'plain' ? text : securedBody(text, policy, join(directory, 'secured')))
  const headers = {
    'Content-Type': load.format === 'soap' ? 'text/xml; charset=UTF-8' : 'application/json',
    'X-Route': 'quote',
    ...(load.format === 'soap' && { SOAPAction: '"urn:getQuote"' }),
  }
  const lines = [
    'wrk.method = "POST"',
    `local file = io.open(${JSON.stringify(body)}, "rb")`,
    'wrk.body = file:read("*a")',
    'file:close()',
    ...Object.entries(headers).map(
      ([header, value]) => `wrk.headers[${JSON.stringify(header)}] = ${JSON.stringify(value)}`,
    ),
  ]
  const script = join(directory, `${name}.lua`)
  writeFileSync(script, `${lines.join('\n')}\n`)
  return script
}
