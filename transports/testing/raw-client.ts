import { connect, type Socket } from 'node:net'
import { once } from 'node:events'

/** A client that writes bytes as a test says them and keeps what comes back. */
export class RawClient implements AsyncDisposable {
  readonly socket: Socket
  received = ''
  /** `open`, `closed` by a FIN, or the code of the error that ended the connection. */
  end = 'open'
  readonly #ended: Promise<void>
  readonly #watchers = new Set<() => void>()

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.received += text
      for (const watch of this.#watchers) watch()
    })
    this.#ended = new Promise((resolve) => {
      socket.on('end', () => {
        this.end = this.end === 'open' ? 'closed' : this.end
        for (const watch of this.#watchers) watch()
        resolve()
      })
      socket.on('error', (failure: NodeJS.ErrnoException) => (this.end = failure.code ?? 'error'))
      socket.on('close', () => {
        if (this.end === 'open') this.end = 'closed'
        for (const watch of this.#watchers) watch()
        resolve()
      })
    })
  }

  static async to(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  send(text: string): this {
    this.socket.write(Buffer.from(text, 'latin1'))
    return this
  }

  /** Resolves when what came matches, or with what came when the connection ends or the time is over. */
  until(pattern: RegExp, milliseconds = 5_000): Promise<string> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#watchers.delete(look)
        resolve(this.received)
      }
      const look = (): void => {
        if (pattern.test(this.received) || this.end !== 'open') done()
      }
      const timer = setTimeout(done, milliseconds)
      this.#watchers.add(look)
      look()
    })
  }

  /** Resolves with how the connection ended. */
  async ended(milliseconds = 10_000): Promise<string> {
    let timer: NodeJS.Timeout | undefined
    await Promise.race([this.#ended, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))])
    clearTimeout(timer)
    return this.end
  }

  /** Status codes of the answers so far, interim ones included. */
  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy()
    await this.#ended
  }
}
