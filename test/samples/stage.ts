import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request as requestHttp, type IncomingHttpHeaders } from 'node:http'
import { request as requestHttps } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Expected, parseExchange, type Request, type Step } from '../../cli/exchange-file.ts'
import { homeOf, type Sample } from '../../cli/sample.ts'
import { createKeys } from '../../cli/sample-keys.ts'
import { serviceNamed } from '../../samples/backends/index.ts'
import { type BusProcess, freePort, startBus } from '../conformance/bus-process.ts'
import { Front } from './front.ts'

/** Ports of a sample: the bus's (8280, 8243), an inbound endpoint's (8085), and those of back ends. */
const PORTS = /(?<=[:">])(8085|8243|8280|9\d{3})\b/g
const TEXTS = /\.(?:xml|json|wsdl|http|xsd)$/
const PATIENCE = 3_000

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A sample laid out on ports of its own, with its back ends and a bus process. */
export class Stage implements AsyncDisposable {
  readonly #folder: string
  readonly #fronts: ReadonlyMap<number, Front>
  readonly #bus: BusProcess
  readonly #steps: readonly Step[]
  #last: Answer | undefined

  private constructor(folder: string, fronts: ReadonlyMap<number, Front>, bus: BusProcess) {
    this.#folder = folder
    this.#fronts = fronts
    this.#bus = bus
    this.#steps = parseExchange(readFileSync(join(folder, 'exchange.http'), 'utf8'))
  }

  static async open({ name, folder, backends, keys = [] }: Sample): Promise<Stage> {
    const copy = mkdtempSync(join(tmpdir(), `viaduct-sample-${name}-`))
    cpSync(folder, copy, { recursive: true })
    createKeys(copy, keys)
    const files = readdirSync(copy, { recursive: true, encoding: 'utf8' })
      .map((file) => join(copy, file))
      .filter((file) => TEXTS.test(file) && statSync(file).isFile())
    const texts = files.map((file) => [file, readFileSync(file, 'utf8')] as const)
    const fronts = new Map<number, Front>()
    const ports = new Map<number, number>()
    for (const backend of backends) {
      const tls = backend.tls === true && { key: read(copy, 'localhost.key'), cert: read(copy, 'localhost.crt') }
      const services = backend.services.map(serviceNamed)
      const front = await Front.open({ services, ...(backend.name && { name: backend.name }), ...(tls && { tls }) })
      ports.set(backend.port, front.port)
      fronts.set(front.port, front)
    }
    for (const [, text] of texts)
      for (const [port] of text.matchAll(PORTS)) if (!ports.has(Number(port))) ports.set(Number(port), await freePort())
    const rewritten = (text: string) => text.replaceAll(PORTS, (port) => String(ports.get(Number(port))))
    for (const [file, text] of texts)
      writeFileSync(file, file.endsWith('.http') ? rewriteControls(rewritten(text), ports) : rewritten(text))
    const httpsPort = ports.get(8243) ?? -1
    const bus = await startBus(homeOf(copy), { port: ports.get(8280) ?? 0, httpsPort })
    return new Stage(copy, fronts, bus)
  }

  /** Where the bus listens, without a slash at the end. */
  get url(): string {
    return this.#bus.listening[0] ?? ''
  }

  /** Where it listens for HTTPS. */
  get secureUrl(): string {
    return this.#bus.listening.find((url) => url.startsWith('https:')) ?? ''
  }

  /** The home, on the ports of this stage. */
  get folder(): string {
    return this.#folder
  }

  /** The back ends, in the order of `sample.json`. */
  get fronts(): readonly Front[] {
    return [...this.#fronts.values()]
  }

  /** Plays every step of `exchange.http` in order. */
  async play(): Promise<void> {
    for (const step of this.#steps) {
      if (step.kind === 'request') await this.#exchange(step.title, step.request, step.expected)
      else await this.#front(step.port)[step.kind]()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bus.stop()
    for (const front of this.#fronts.values()) await front[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #front(port: number): Front {
    const front = this.#fronts.get(port)
    if (front === undefined) throw new Error(`there is no back end on ${port}`)
    return front
  }

  async #exchange(title: string, request: Request, expected: Expected): Promise<void> {
    for (const front of this.#fronts.values()) front.forget()
    const answer = await send(this.#filled(request), this.url)
    this.#last = answer
    expect(answer.status, `${title}: ${answer.body}\n${this.#bus.log()}`).toBe(expected.status)
    for (const [name, value] of expected.headers)
      expect(String(answer.headers[name.toLowerCase()]), `${title}: ${name}`).toContain(value)
    expectLines(answer.body, expected.body, `${title}: the body`)
    await eventually(() => expectLines(messagesOf(this.#bus.log()), expected.log, `${title}: the log`))
    for (const [port, lines] of expected.backends)
      await eventually(() =>
        expectLines(this.#front(port).received.toString('latin1'), lines, `${title}: back end ${port}`),
      )
  }

  /** `{{ETag}}` stands for that header of the answer before. */
  #filled({ headers, ...rest }: Request): Request {
    const fill = (text: string) =>
      text.replaceAll(/\{\{([\w-]+)\}\}/g, (_, name: string) => String(this.#last?.headers[name.toLowerCase()]))
    return { ...rest, headers: headers.map(([name, value]) => [name, fill(value)]) }
  }
}

const read = (folder: string, file: string): Buffer => readFileSync(join(folder, 'security', file))

/** The ports in `STOP 9001` and `--- back end 9001`, which no colon marks. */
const rewriteControls = (text: string, ports: ReadonlyMap<number, number>): string =>
  text.replaceAll(
    /^(STOP|START|--- back end) (\d+)/gm,
    (_, word: string, port: string) => `${word} ${ports.get(Number(port))}`,
  )

function expectLines(text: string, lines: readonly string[], what: string): void {
  for (const line of lines) {
    if (line.startsWith('! ')) expect(text, what).not.toContain(line.slice(2))
    else expect(text, what).toContain(line)
  }
}

/** The log is written after the answer, and a one-way message arrives when it likes. */
async function eventually(check: () => void): Promise<void> {
  const end = performance.now() + PATIENCE
  for (;;) {
    try {
      return check()
    } catch (failure) {
      if (performance.now() > end) throw failure
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

function messagesOf(log: string): string {
  const messages = log.split('\n').map((line) => {
    try {
      return String((JSON.parse(line) as { message?: unknown }).message)
    } catch {
      return line
    }
  })
  return messages.join('\n')
}

function send({ method, target, headers, body }: Request, base: string): Promise<Answer> {
  const url = new URL(target, base)
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  const options = {
    method,
    headers: Object.fromEntries(headers),
    agent: false,
    timeout: 15_000,
    rejectUnauthorized: false,
  }
  return new Promise((resolve, reject) => {
    const outgoing = send(url, options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
      )
    })
    outgoing.on('error', reject)
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer from ${url.pathname} within 15 s`)))
    outgoing.end(body)
  })
}
