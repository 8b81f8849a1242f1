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
  /** What an earlier load has read: stands in for a document that cannot be read now. */
  readonly #earlier: RemoteResources | undefined
  readonly #found = new Map<string, Resource | undefined>()
  readonly #wanted = new Set<string>()

  constructor(services: BusServices, earlier?: RemoteResources) {
    this.#services = services
    this.#earlier = earlier
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
    try {
      return await this.#ask(url)
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      const kept = this.#earlier === undefined ? undefined : this.#earlier.#found.get(url)
      const instead = kept === undefined ? '' : '; the copy read before is used'
      this.#services.log.log('WARN', 'loader', `${url} cannot be read: ${reason}${instead}`)
      return kept
    }
  }

  async #ask(url: string): Promise<Resource> {
    const sender = this.#services.senders.get(url.slice(0, url.indexOf(':')).toLowerCase())
    if (sender === undefined) throw new Error('there is no transport for it')
    const headers = Headers.of({ Accept: '*/*' })
    const request = { method: 'GET', url, headers, body: undefined, timeout: PATIENCE }
    const { status, message } = await sender.send(request, () => {})
    await message.build(LARGEST)
    const { bytes, contentType } = message
    if (status !== 200 || bytes === undefined) throw new Error(`the answer is ${status}`)
    return { key: url, file: url, bytes, mediaType: contentType, properties: new Map() }
  }
}
