import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { type Home, readHome } from '../runtime/home/index.ts'
import { formatDiagnostic, type Listener, LOG_LEVELS, type LogLevel } from 'viaduct'
import { GOOD, type Io, USAGE, type Verb, WRONG } from './io.ts'
import { ProcessLog } from './logger.ts'
import { Server } from './server.ts'
import { standardLanguage } from './standard.ts'
import { reportWorker, workerIo } from './worker.ts'
import { runWorkers } from './workers.ts'

/** Options of `run`, shared by `sample`. What the settings file says holds unless an option is given. */
export const runOptions = {
  host: { type: 'string' },
  port: { type: 'string' },
  'https-port': { type: 'string' },
  'admin-port': { type: 'string' },
  'no-watch': { type: 'boolean' },
  workers: { type: 'string' },
  strict: { type: 'boolean' },
  log: { type: 'string' },
  'log-level': { type: 'string' },
} as const satisfies ParseArgsConfig['options']

export type RunValues = { [K in keyof typeof runOptions]?: string | boolean | undefined }

export const run: Verb = {
  name: 'run',
  summary: 'Starts the bus on a home: a folder or one file with <definitions>.',
  usage: `viaduct run [home] [options]
  --host 127.0.0.1     address of the listeners
  --port 8280          HTTP port; 0: any free one, -1: none
  --https-port 8243    HTTPS port (needs http.tls.certificate in viaduct.config.json)
  --admin-port 9164    health and metrics, on loopback
  --no-watch           do not apply changes while running
  --workers N          processes that share the ports (1)
  --strict             warnings of the configuration are errors
  --log pretty|json    form of the log on standard error (pretty on a terminal)
  --log-level INFO     TRACE, DEBUG, INFO, WARN, ERROR or OFF`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: runOptions })
    if (positionals.length > 1) {
      io.error(`run takes one home, not ${positionals.length}: ${positionals.join(' ')}`)
      return USAGE
    }
    return runHome(positionals[0] ?? '.', values, io)
  },
}

export interface RunExtras {
  /** A line printed when the bus is ready; it is told the URLs that answer. */
  readonly ready?: (listening: readonly string[], admin: string | undefined) => string
}

/** Runs a home until a signal ends it. Gives 1 when the home is wrong or a port is taken. */
export async function runHome(path: string, values: RunValues, io: Io, extras: RunExtras = {}): Promise<number> {
  if (!cluster.isWorker) return start(path, values, io, extras)
  try {
    return await start(path, values, workerIo(io), extras)
  } finally {
    // The channel to the process that started this one would keep it alive.
    cluster.worker?.disconnect()
  }
}

async function start(path: string, values: RunValues, io: Io, extras: RunExtras): Promise<number> {
  const wrong = wrongValue(values)
  if (wrong !== undefined) {
    io.error(`${wrong}\nviaduct run --help shows what it takes.`)
    return USAGE
  }
  const language = standardLanguage()
  const home = await read(path, io, language)
  if (home === undefined) return WRONG
  const settings = withPassword(override(home.settings, values))
  const made = settings.admin.password === home.settings.admin.password ? undefined : settings.admin.password
  const level = settings.log.level
  const format = settings.log.format === 'auto' ? (process.stderr.isTTY ? 'pretty' : 'json') : settings.log.format
  const announce = (listening: readonly string[], admin: Listener | undefined): void => {
    tell(listening, admin, settings, io)
    if (admin !== undefined) io.out(consoleLine(admin, settings.admin.user, made))
    io.out(`ready in ${Math.round(performance.now())} ms`)
    if (extras.ready !== undefined) io.out(extras.ready(listening, admin?.url))
  }
  if (settings.workers > 1 && cluster.isPrimary) return runWorkers({ settings, io, announce, explain: startFailure })
  const log = new ProcessLog(process.stderr, { format, level, colour: process.stderr.isTTY })
  const server = new Server({
    home: { ...home, settings },
    path: resolve(io.cwd, path),
    cwd: io.cwd,
    environment: io.environment,
    language,
    log,
    strict: values.strict === true,
    withoutAdmin: cluster.isWorker,
  })
  const stopped = untilStopped(server, log)
  try {
    const { deployment, diagnostics } = await server.start()
    for (const each of diagnostics) io.error(formatDiagnostic(each))
    if (deployment === undefined) {
      io.error(`${diagnostics.length} ${diagnostics.length === 1 ? 'problem' : 'problems'}; nothing was started`)
      await server.stop()
      return WRONG
    }
  } catch (failure) {
    io.error(startFailure(failure))
    await server.stop()
    return WRONG
  }
  if (cluster.isWorker) reportWorker(server)
  else announce(server.listening, server.admin)
  return stopped
}

/** One line a listener, then what else is worth knowing. */
function tell(listening: readonly string[], admin: Listener | undefined, settings: Home['settings'], io: Io): void {
  for (const url of listening) io.out(`listening ${url}`)
  if (admin !== undefined) io.out(`listening ${admin.url}`)
  if (settings.listen.httpsPort >= 0 && settings.http.tls.certificate === '')
    io.out('https is off: no http.tls.certificate in viaduct.config.json')
  if (admin !== undefined) io.out(`health and metrics: ${admin.url}/health/ready and ${admin.url}/metrics`)
}

function consoleLine({ url }: Listener, user: string, made: string | undefined): string {
  const password = made === undefined ? 'the password of the settings' : `the password ${made}, made for this start`
  return `console: ${url}/ as ${user} with ${password}`
}

/** Nobody can guess a password that nobody has chosen; it is told once. */
function withPassword(settings: Home['settings']): Home['settings'] {
  const { admin } = settings
  return admin.password === ''
    ? { ...settings, admin: { ...admin, password: randomBytes(12).toString('base64url') } }
    : settings
}

function startFailure(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure)
  const { code, port } = failure as NodeJS.ErrnoException & { readonly port?: number }
  if (code === 'EADDRINUSE')
    return `port ${port} is in use; --port, --https-port and --admin-port take another, 0 any free one`
  if (code === 'EACCES') return `port ${port} may not be opened by this user`
  return failure.message
}

async function read(path: string, io: Io, language: ReturnType<typeof standardLanguage>): Promise<Home | undefined> {
  try {
    return await readHome(path, language, { environment: io.environment, cwd: io.cwd })
  } catch (failure) {
    const missing = (failure as NodeJS.ErrnoException).code === 'ENOENT'
    io.error(
      `${path}: ${missing ? 'there is no such file or folder' : failure instanceof Error ? failure.message : 'cannot be read'}`,
    )
    return undefined
  }
}

function override(settings: Home['settings'], values: RunValues): Home['settings'] {
  const number = (text: string | boolean | undefined, fallback: number): number =>
    typeof text === 'string' ? Number(text) : fallback
  const { listen, log } = settings
  return {
    ...settings,
    listen: {
      ...listen,
      host: typeof values.host === 'string' ? values.host : listen.host,
      port: number(values.port, listen.port),
      httpsPort: number(values['https-port'], listen.httpsPort),
      adminPort: number(values['admin-port'], listen.adminPort),
    },
    log: {
      format: (values.log as 'pretty' | undefined) ?? log.format,
      level: (typeof values['log-level'] === 'string' ? values['log-level'].toUpperCase() : log.level) as LogLevel,
    },
    watch: values['no-watch'] !== true && settings.watch,
    workers: number(values.workers, settings.workers),
  }
}

function wrongValue(values: RunValues): string | undefined {
  for (const name of ['port', 'https-port', 'admin-port'] as const) {
    const text = values[name]
    if (text !== undefined && !(/^(?:-1|\d{1,5})$/.test(String(text)) && Number(text) <= 65_535))
      return `--${name} ${text}: expected a port, 0 or -1`
  }
  if (values.workers !== undefined && !/^[1-9]\d{0,2}$/.test(String(values.workers)))
    return `--workers ${values.workers}: expected a whole number`
  if (values.log !== undefined && values.log !== 'pretty' && values.log !== 'json')
    return `--log ${values.log}: expected pretty or json`
  const level = values['log-level']
  if (level !== undefined && !LOG_LEVELS.includes(String(level).toUpperCase() as LogLevel))
    return `--log-level ${level}: expected one of ${LOG_LEVELS.join(', ')}`
  return undefined
}

/** Resolves to the exit status. The first signal drains, the second ends at once; an unknown state drains and ends with 70. */
function untilStopped(server: Server, log: ProcessLog): Promise<number> {
  return new Promise((resolve) => {
    let stopping = false
    const stop = (status: number): void => {
      if (stopping) process.exit(status === GOOD ? 130 : status)
      stopping = true
      void server.stop().finally(() => {
        log.flush()
        resolve(status)
      })
    }
    process.on('SIGTERM', () => stop(GOOD))
    // A terminal sends it to workers as well; the process that started them passes on what they have to do.
    process.on('SIGINT', () => cluster.isWorker || stop(GOOD))
    process.on('unhandledRejection', (reason) => {
      log.log(
        'ERROR',
        'process',
        `a promise was rejected and nobody listened: ${reason instanceof Error ? (reason.stack ?? reason.message) : 'a value that is not an Error'}`,
      )
    })
    process.on('uncaughtException', (failure) => {
      log.log(
        'FATAL',
        'process',
        `uncaught: ${failure instanceof Error ? (failure.stack ?? failure.message) : 'a value that is not an Error'}`,
      )
      setTimeout(() => process.exit(70), 10_000).unref()
      if (!stopping) stop(70)
    })
  })
}
