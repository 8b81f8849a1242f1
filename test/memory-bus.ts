import {
  Bus,
  DEFAULT_SETTINGS,
  type Diagnostic,
  FileRegistry,
  formatDiagnostic,
  load,
  type Modules,
  type Platform,
  noModules,
  type Sender,
  type Settings,
} from 'viaduct'
import {
  type ArrivalOptions,
  type Backend,
  createArrival,
  MemorySender,
  type MemoryReply,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { standardLanguage } from '../cli/standard.ts'

export interface MemoryBusOptions {
  readonly backend?: Backend
  readonly settings?: Partial<Settings>
  /** A folder that facilities may read and write. */
  readonly home?: string
  /** A clock and ids that go on, where the test waits for something. */
  readonly platform?: Platform
  /** What `mediators/` would hold. */
  readonly modules?: Modules
  /** Besides the one for http and https. */
  readonly senders?: readonly Sender[]
}

/** A whole bus with the language that `viaduct run` has, without sockets: files go in, requests are asked, back ends are functions. */
export async function memoryBus(
  files: Readonly<Record<string, string>>,
  { backend, settings, home = '', senders = [], modules = noModules, platform }: MemoryBusOptions = {},
) {
  const sender = new MemorySender(backend ?? (() => ({ body: '<answer/>' })))
  const services = testServices({
    senders: new Map([
      ...sendersOf(sender),
      ...senders.flatMap((each) => each.schemes.map((scheme) => [scheme, each] as const)),
    ]),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    home,
    ...(platform === undefined ? {} : { platform }),
  })
  const bus = new Bus(services)
  const registry = new FileRegistry(home)
  const sources = Object.entries(files).map(([file, text]) => ({ file, bytes: Buffer.from(text) }))
  const { deployment, diagnostics } = await load(sources, standardLanguage(), services, {
    modules,
    resource: (key) => (home === '' ? undefined : registry.get(key)),
  })
  if (deployment !== undefined) {
    await deployment.start()
    await bus.swap(deployment)
  }
  return {
    bus,
    sender,
    services,
    /** As `viaduct check` prints them. */
    diagnostics: diagnostics.map((each: Diagnostic) => formatDiagnostic(each)),
    request: (options: ArrivalOptions): Promise<MemoryReply> => {
      const arrival = createArrival(options)
      bus.dispatch(arrival)
      return arrival.answered
    },
  }
}

/** A file with one artifact of the configuration language. */
export const artifact = (xml: string): string =>
  xml.replace(/^<([\w-]+)/, '<$1 xmlns="http://ws.apache.org/ns/synapse"')
