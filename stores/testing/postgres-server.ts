import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

const INSTALLED = '/usr/lib/postgresql'

/** Where PostgreSQL is installed; undefined when it is not. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).toSorted() : []
  return versions.map((version) => join(INSTALLED, version, 'bin')).findLast((bin) => existsSync(join(bin, 'initdb')))
}

/** The line a test prints instead of running, once. */
export const POSTGRES_MISSING = 'skipped: PostgreSQL is not installed (apt-get install postgresql)'

export interface PostgresServer extends AsyncDisposable {
  /** Without the password. */
  readonly url: string
  readonly password: string
  /** Another database on the same server. */
  database(name: string): Promise<string>
  /** Breaks off, does something while nothing is there, and starts again. */
  restart(meanwhile: () => Promise<void>): Promise<void>
}

/** A server of its own on a free port of loopback, gone after the test. It refuses to run as root, so it does not. */
export async function startPostgres(): Promise<PostgresServer> {
  const cluster = createCluster()
  const port = await freePort()
  let running = cluster.start(port)
  const stop = async (): Promise<void> => {
    running.server.kill('SIGQUIT')
    await running.exited
  }
  const urlOf = (name: string): string => `postgres://bus@127.0.0.1:${port}/${name}`
  const ask = (sql: string): Promise<void> => askOnce(urlOf('postgres').replace('bus@', `bus:${PASSWORD}@`), sql)
  await untilReady(() => ask('SELECT 1'))
  return {
    url: urlOf('postgres'),
    password: PASSWORD,
    async database(name) {
      await ask(`CREATE DATABASE ${name}`)
      return urlOf(name)
    },
    async restart(meanwhile) {
      await stop()
      await meanwhile()
      running = cluster.start(port)
      await untilReady(() => ask('SELECT 1'))
    },
    async [Symbol.asyncDispose]() {
      await stop()
      rmSync(cluster.folder, { recursive: true, force: true })
    },
  }
}

const PASSWORD = 'pg-secret'
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=50']

function createCluster() {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error(POSTGRES_MISSING)
  const folder = mkdtempSync(join(tmpdir(), 'viaduct-pg-'))
  const user = process.getuid?.() === 0 ? postgresUser() : undefined
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const options = { ...user, cwd: folder, stdio: 'ignore' } as const
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 })
  const data = join(folder, 'data')
  const login = ['-U', 'bus', '-A', 'scram-sha-256', '--pwfile', passwordFile]
  execFileSync(join(programs, 'initdb'), ['-D', data, ...login, '--no-sync', '--locale=C.UTF-8'], options)
  return {
    folder,
    start(port: number) {
      const given = ['-D', data, '-p', String(port), ...SETTINGS.flatMap((each) => ['-c', each])]
      const server = spawn(join(programs, 'postgres'), given, options)
      return { server, exited: new Promise((resolve) => server.once('exit', resolve)) }
    },
  }
}

async function askOnce(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString })
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end()
  }
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function untilReady(ask: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await ask()
      return
    } catch (failure) {
      if (attempt > 20) throw failure
      await sleep(100)
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
