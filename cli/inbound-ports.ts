import type { Listener, ListenRequest } from 'viaduct'

interface Port {
  readonly listener: Promise<Listener>
  users: number
}

/** Opens a listener for a request. */
export type OpenPort = (request: ListenRequest) => Promise<Listener>

/**
 * The ports of inbound endpoints. Both deployments of a reload use them for a while, so they are counted: a port that the new
 * configuration still has is never closed.
 */
export class InboundPorts {
  readonly #open: OpenPort
  readonly #ports = new Map<string, Port>()

  constructor(open: OpenPort) {
    this.#open = open
  }

  /** Resolves, when the port listens, to what gives it back. */
  async use(request: ListenRequest): Promise<() => Promise<void>> {
    const key = `${request.port} ${request.secure ? 'https' : 'http'}`
    const port = this.#ports.get(key) ?? { listener: this.#open(request), users: 0 }
    this.#ports.set(key, port)
    port.users++
    const giveBack = async (): Promise<void> => {
      if (--port.users > 0) return
      this.#ports.delete(key)
      await (await port.listener)[Symbol.asyncDispose]()
    }
    try {
      await port.listener
      return giveBack
    } catch (failure) {
      if (--port.users === 0) this.#ports.delete(key)
      throw failure
    }
  }

  /** The URLs that answer now. */
  async urls(): Promise<string[]> {
    return (await Promise.all([...this.#ports.values()].map(({ listener }) => listener))).map(({ url }) => url)
  }
}
