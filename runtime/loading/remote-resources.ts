import type { BusServices } from '../bus.ts'
import { Headers } from '../headers.ts'
import type { Resource } from '../linker.ts'

/** Milliseconds for one document. */
const PATIENCE = 10_000
const LARGEST = 16 * 1024 * 1024

/**
 * Documents that a configuration names by http(s) URL: local entries, WSDL, schemas. Asking is synchronous and finds nothing
 * at first; what was asked for is read by `fetch`, and found when the configuration is compiled again.
 */
export class RemoteResources {
  readonly #services: BusServices
  readonly #found = new Map<string, Resource | undefined>()
  readonly #wanted = new Set<string>()

  constructor(services: BusServices) {
    this.#services = services
  }

  static covers(key: string): boolean {
    return /^https?:\/\//i.test(key)
  }

  get wanting(): boolean {
    return this.#wanted.size > 0
  }

  get(url: string): Resource | undefined {
    if (!this.#found.has(url)) this.#wanted.add(url)
    return this.#found.get(url)
  }

  async fetch(): Promise<void> {
    const urls = [...this.#wanted]
    this.#wanted.clear()
    await Promise.all(urls.map(async (url) => this.#found.set(url, await this.#read(url))))
  }

  /** Undefined when it cannot be read: whoever asked for it reports that at its place. */
  async #read(url: string): Promise<Resource | undefined> {
    const sender = this.#services.senders.get(url.slice(0, url.indexOf(':')).toLowerCase())
    if (sender === undefined) return undefined
    try {
      const headers = Headers.of({ Accept: '*/*' })
      const { status, message } = await sender.send(
        { method: 'GET', url, headers, body: undefined, timeout: PATIENCE },
        () => {},
      )
      await message.build(LARGEST)
      if (status !== 200 || message.bytes === undefined) return undefined
      return { key: url, file: url, bytes: message.bytes, mediaType: message.contentType, properties: new Map() }
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      this.#services.log.log('WARN', 'loader', `${url} cannot be read: ${reason}`)
      return undefined
    }
  }
}
