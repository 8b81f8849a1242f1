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
}

/** A server of its own on a free port of loopback, gone after the test. It refuses to run as root, so it does not. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error(POSTGRES_MISSING)
  const folder = mkdtempSync(join(tmpdir(), 'viaduct-pg-'))
  const user = process.getuid?.() === 0 ? postgresUser() : undefined
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const options = { ...user, cwd: folder }
  const password = 'pg-secret'
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o644 })
  const data = join(folder, 'data')
  const init = [
    '-D',
    data,
    '-U',
    'bus',
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '--no-sync',
    '--locale=C.UTF-8',
  ]
  execFileSync(join(programs, 'initdb'), init, { ...options, stdio: 'ignore' })
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=50']
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each])],
    { ...options, stdio: 'ignore' },
  )
  const exited = new Promise((resolve) => server.once('exit', resolve))
  const urlOf = (name: string): string => `postgres://bus@127.0.0.1:${port}/${name}`
  const ask = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: urlOf('postgres').replace('bus@', `bus:${password}@`) })
    try {
      await client.connect()
      await client.query(sql)
    } finally {
      await client.end()
    }
  }
  await untilReady(() => ask('SELECT 1'))
  return {
    url: urlOf('postgres'),
    password,
    async database(name) {
      await ask(`CREATE DATABASE ${name}`)
      return urlOf(name)
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGQUIT')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
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
