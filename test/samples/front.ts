import { setTimeout as wait } from 'node:timers/promises'
import { createBackend } from '../../samples/backends/index.ts'
import { Relay } from './relay.ts'

/** Milliseconds. */
const SETTLED = 300

type BackendOptions = Parameters<typeof createBackend>[0]

/** A back end whose requests are kept, and that can be stopped and started on the same port. */
export class Front implements AsyncDisposable {
  readonly #options: BackendOptions
  #backend: Awaited<ReturnType<typeof createBackend>> | undefined
  #relay: Relay | undefined
  #port = 0

  private constructor(options: BackendOptions) {
    this.#options = options
  }

  static async open(options: BackendOptions): Promise<Front> {
    const front = new Front(options)
    await front.start()
    return front
  }

  get port(): number {
    return this.#port
  }

  /** What it was sent since the last call of `forget`. */
  get received(): Buffer {
    return this.#relay?.sent ?? Buffer.alloc(0)
  }

  forget(): void {
    this.#relay?.forget()
  }

  async start(): Promise<void> {
    this.#backend = await createBackend(this.#options)
    this.#relay = await Relay.open(this.#backend.port, this.#port)
    this.#port = this.#relay.port
  }

  /** From now on connections are refused. Answers under way get out first: one-way clients do not wait for them. */
  async stop(): Promise<void> {
    await wait(SETTLED)
    await this.#close()
  }

  async #close(): Promise<void> {
    await this.#relay?.[Symbol.asyncDispose]()
    await this.#backend?.close()
    this.#relay = undefined
    this.#backend = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }
}
