import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBackend, serviceNamed, type Backend } from '../samples/backends/index.ts'
import { GOOD, type Io, WRONG } from './io.ts'

/** A back end as `sample.json` lists it. */
export interface SampleBackend {
  readonly port: number
  /** What services that name their server answer. */
  readonly name?: string
  readonly services: readonly string[]
  /** Speaks TLS, with `security/localhost.crt` and `.key` of the sample. */
  readonly tls?: boolean
}

type FromChild = { readonly failed: string } | { readonly failed: undefined }

/** Starts a back end in this process. `port` is where it listens; 0 takes any free one. */
export function openBackend({ name, services, tls }: SampleBackend, folder: string, port: number): Promise<Backend> {
  const file = (extension: string): Buffer => readFileSync(join(folder, 'security', `localhost.${extension}`))
  return createBackend({
    port,
    services: services.map(serviceNamed),
    ...(name === undefined ? {} : { name }),
    ...(tls === true ? { tls: { key: file('key'), cert: file('crt') } } : {}),
  })
}

export const describe = ({ port, name, services, tls }: SampleBackend): string => {
  const listed = services.join(', ')
  const url = `${tls === true ? 'https' : 'http'}://localhost:${port}`
  return name === undefined ? `back end ${listed} on ${url}` : `back end ${name} (${listed}) on ${url}`
}

/** Back ends as processes of their own, which a user may kill to see what the bus does then. */
export class BackendProcesses implements AsyncDisposable {
  readonly #children: ChildProcess[] = []
  #stopping = false

  /** Starts them all; gives the reason when one cannot start. */
  async start(sample: string, backends: readonly SampleBackend[], io: Io): Promise<string | undefined> {
    const failures = await Promise.all(backends.map((backend) => this.#start(sample, backend, io)))
    return failures.find((failure) => failure !== undefined)
  }

  async #start(sample: string, backend: SampleBackend, io: Io): Promise<string | undefined> {
    const child = fork(process.argv[1] ?? '', ['sample', sample, '--backend', String(backend.port)])
    this.#children.push(child)
    const failed = await new Promise<string | undefined>((resolve) => {
      child.once('message', (message: FromChild) => resolve(message.failed))
      child.once('exit', (status) => resolve(`it ended with ${status}`))
    })
    if (failed !== undefined) return `${describe(backend)}: ${failed}`
    io.out(`${describe(backend)}, process ${child.pid}`)
    child.once('exit', () => {
      if (!this.#stopping)
        io.out(`${describe(backend)} has ended; npx viaduct sample ${sample} --backend ${backend.port} starts it again`)
    })
    return undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const ended = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGTERM')
        await ended
      }),
    )
  }
}

/** Runs one back end until it is told to end; below `viaduct sample`, until that ends. */
export async function runBackend(backend: SampleBackend, folder: string, io: Io): Promise<number> {
  const report = (message: FromChild): void => void process.send?.(message)
  try {
    await using running = await openBackend(backend, folder, backend.port)
    if (process.send === undefined) io.out(`${describe(backend)}, process ${process.pid}`)
    report({ failed: undefined })
    await untilTold()
    await running.close()
    return GOOD
  } catch (failure) {
    const taken = failure instanceof Error && 'code' in failure && failure.code === 'EADDRINUSE'
    const reason = taken
      ? 'the port is in use; end the process that has it (a back end of another run?) and start again'
      : String(failure)
    if (process.send === undefined) io.error(`${describe(backend)}: ${reason}`)
    report({ failed: reason })
    return WRONG
  } finally {
    if (process.connected) process.disconnect()
  }
}

/** A terminal sends SIGINT to the bus and its back ends alike; those wait for the bus, which drains. */
function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGTERM', () => resolve())
    process.on('SIGINT', () => {
      if (!process.connected) resolve()
    })
    process.on('disconnect', () => resolve())
  })
}
