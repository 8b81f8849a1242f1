import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createBackend } from '../../samples/backends/index.ts'

type BackendOptions = Parameters<typeof createBackend>[0]

/** A back end behind a relay that keeps what it was sent, and that can be stopped and started on the same port. */
export class Front implements AsyncDisposable {
  readonly #options: BackendOptions
  readonly #sockets = new Set<Socket>()
  readonly #received: Buffer[] = []
  #backend: Awaited<ReturnType<typeof createBackend>> | undefined
  #server: Server | undefined
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

  /** Everything that was sent to it since the last call of `forget`. */
  get received(): string {
    return Buffer.concat(this.#received).toString('latin1')
  }

  forget(): void {
    this.#received.length = 0
  }

  async start(): Promise<void> {
    const backend = await createBackend(this.#options)
    const server = createServer((client) => this.#relay(client, backend.port))
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#backend = backend
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
  }

  /** From now on connections are refused. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve) ?? resolve(undefined))
    for (const socket of this.#sockets) socket.destroy()
    await closed
    await this.#backend?.close()
    this.#server = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #relay(client: Socket, port: number): void {
    const backend = connect(port, '127.0.0.1')
    client.on('data', (chunk: Buffer) => this.#received.push(chunk))
    for (const [socket, other] of [
      [client, backend],
      [backend, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
}
