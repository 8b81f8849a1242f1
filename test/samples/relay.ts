import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Passes connections on to a port of this machine and keeps what went through it. */
export class Relay implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #sent: Buffer[] = []
  readonly #answered: Buffer[] = []

  private constructor(to: number) {
    this.#server = createServer((client) => this.#pass(client, to))
  }

  /** `port` is where it listens; 0 takes any free one. */
  static async open(to: number, port = 0): Promise<Relay> {
    const relay = new Relay(to)
    relay.#server.listen(port, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** What clients have sent since the last `forget`. */
  get sent(): Buffer {
    return Buffer.concat(this.#sent)
  }

  /** What they have been answered since. */
  get answered(): Buffer {
    return Buffer.concat(this.#answered)
  }

  forget(): void {
    this.#sent.length = 0
    this.#answered.length = 0
  }

  /** From now on connections are refused. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #pass(client: Socket, to: number): void {
    const server = connect(to, '127.0.0.1')
    client.on('data', (chunk: Buffer) => this.#sent.push(chunk))
    server.on('data', (chunk: Buffer) => this.#answered.push(chunk))
    this.#join(client, server)
    this.#join(server, client)
  }

  #join(socket: Socket, other: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => other.destroy())
    socket.on('close', () => {
      this.#sockets.delete(socket)
      other.destroy()
    })
    socket.pipe(other)
  }
}
