import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  Bus,
  DEFAULT_SETTINGS,
  type Diagnostic,
  Fault,
  formatDiagnostic,
  Headers,
  type IncomingReply,
  load,
  Message,
  ModuleFolder,
  type OutgoingRequest,
  type Report,
  type Sender,
  type Settings,
  systemPlatform,
} from 'viaduct'
import {
  type ArrivalOptions,
  createArrival,
  type MemoryReply,
  RecordedLog,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { standardLanguage } from '../../cli/standard.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { type Identity, makeIdentity } from '../../security/testing/certificates.ts'

/** What went over the wire between the bus and itself. */
export interface Exchanged {
  readonly url: string
  readonly contentType: string
  readonly body: Buffer
}

/** What a man in the middle makes of a request or answer. */
export type Tamper = (text: string) => string

/** Sends to the bus itself: `http://loop/services/X` arrives at the proxy X, over TLS when the scheme says so. */
class LoopSender implements Sender {
  readonly schemes = ['http', 'https']
  readonly requests: Exchanged[] = []
  readonly answers: Exchanged[] = []
  bus: Bus | undefined
  tamper: Tamper | undefined
  tamperAnswer: Tamper | undefined

  async send({ url, headers, body, method }: OutgoingRequest): Promise<IncomingReply> {
    const sent = await bytesOf(body)
    const contentType = headers.get('content-type') ?? ''
    this.requests.push({ url, contentType, body: sent })
    const { pathname, protocol } = new URL(url)
    const arrival = createArrival({
      method,
      target: pathname,
      transport: protocol.slice(0, -1),
      headers: Object.fromEntries(pairs(headers)),
      body: this.tamper === undefined ? sent : Buffer.from(this.tamper(sent.toString('utf8'))),
    })
    if (this.bus === undefined) throw new Fault(101503, 'no bus')
    this.bus.dispatch(arrival)
    const reply = await arrival.answered
    this.answers.push({ url, contentType: reply.headers.get('content-type') ?? '', body: reply.body })
    const answer = this.tamperAnswer === undefined ? reply.body : Buffer.from(this.tamperAnswer(reply.text))
    return { status: reply.status, reason: '', message: Message.ofBytes(answer, reply.headers) }
  }
}

const bytesOf = async (body: OutgoingRequest['body']): Promise<Buffer> =>
  body instanceof Readable ? buffer(body) : (body ?? Buffer.alloc(0))

function* pairs({ raw }: Headers): Generator<[string, string]> {
  for (let i = 0; i + 1 < raw.length; i += 2) yield [raw[i] ?? '', raw[i + 1] ?? '']
}

export interface SecuredBusOptions {
  /** Artifacts by file name, without the namespace of Synapse. */
  readonly artifacts: Readonly<Record<string, string>>
  /** Files of the home. */
  readonly home?: Readonly<Record<string, string | Buffer>>
  readonly settings?: Partial<Settings>
}

/** A whole bus whose endpoints lead back to its own proxies. */
export class SecuredBus implements Disposable {
  readonly loop: LoopSender
  readonly log: RecordedLog
  readonly diagnostics: readonly string[]
  readonly #bus: Bus
  readonly #folder: TestFolder

  private constructor(parts: {
    loop: LoopSender
    log: RecordedLog
    diagnostics: readonly string[]
    bus: Bus
    folder: TestFolder
  }) {
    this.loop = parts.loop
    this.log = parts.log
    this.diagnostics = parts.diagnostics
    this.#bus = parts.bus
    this.#folder = parts.folder
  }

  static async open({ artifacts, home = {}, settings = {} }: SecuredBusOptions): Promise<SecuredBus> {
    const folder = new TestFolder({ 'users.json': USERS, ...home })
    const loop = new LoopSender()
    const log = new RecordedLog()
    const services = testServices({
      senders: sendersOf(loop),
      platform: systemPlatform,
      log,
      home: folder.path,
      settings: {
        ...DEFAULT_SETTINGS,
        identity: { ...DEFAULT_SETTINGS.identity, store: 'file', file: 'users.json' },
        ...settings,
      },
    })
    const bus = new Bus(services)
    loop.bus = bus
    const sources = Object.entries(artifacts).map(([file, text]) => ({
      file,
      bytes: Buffer.from(text.replace(/^<([\w-]+)/, '<$1 xmlns="http://ws.apache.org/ns/synapse"')),
    }))
    using modules = new ModuleFolder(folder.path, log)
    const found: Diagnostic[] = []
    const report: Report = (code, at, message) => found.push({ code, severity: 'error', message, at })
    const options = { modules: await modules.load(report), found }
    const { deployment, diagnostics } = await load(sources, standardLanguage(), services, options)
    if (deployment !== undefined) {
      await deployment.start()
      await bus.swap(deployment)
    }
    return new SecuredBus({ loop, log, diagnostics: diagnostics.map(formatDiagnostic), bus, folder })
  }

  request(options: ArrivalOptions): Promise<MemoryReply> {
    const arrival = createArrival(options)
    this.#bus.dispatch(arrival)
    return arrival.answered
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]()
  }
}

const USERS = JSON.stringify({
  users: {
    alice: { password: 'password of alice', roles: ['admin', 'quotes'] },
    bob: { password: 'password of bob', roles: [] },
  },
})

/** Keys of both sides, made once for a test file. */
export interface Keys {
  readonly authority: Identity
  readonly service: Identity
  readonly client: Identity
}

export function makeKeys(): Keys {
  const authority = makeIdentity({ subject: 'CN=authority', authority: true, usages: 0x06, key: 'rsa' })
  const issue = (name: string, serial: bigint): Identity =>
    makeIdentity({ subject: `CN=${name}`, issuer: authority, key: 'rsa', serial, usages: 0xf0 })
  return { authority, service: issue('service', 2n), client: issue('client', 3n) }
}

/** Keystores of both sides in PEM, as files of a home. */
export function keystores({ authority, service, client }: Keys): Record<string, string> {
  const own = ({ privateKey, certificate }: Identity): string =>
    `${privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()}${certificate.toString()}`
  const trusted = authority.certificate.toString()
  return {
    'security/service.pem': own(service),
    'security/client.pem': own(client),
    'security/authority.pem': trusted,
    'security/partners.pem': `${trusted}${client.certificate.toString()}`,
    'security/service.crt': service.certificate.toString(),
  }
}

const MERLIN = 'org.apache.ws.security.components.crypto.Merlin'

const crypto = (
  element: string,
  keystore: string,
  truststore: string,
): string => `<rampart:${element}><rampart:crypto provider="${MERLIN}">
<rampart:property name="org.apache.ws.security.crypto.merlin.keystore.file">${keystore}</rampart:property>
<rampart:property name="org.apache.ws.security.crypto.merlin.truststore.file">${truststore}</rampart:property>
</rampart:crypto></rampart:${element}>`

const config = (inside: string): string =>
  `<rampart:RampartConfig xmlns:rampart="http://ws.apache.org/rampart/policy">${inside}</rampart:RampartConfig>`

/** What a service says beside its policy. */
export const serviceConfig = (more = ''): string =>
  config(
    `<rampart:encryptionUser>useReqSigCert</rampart:encryptionUser>${crypto('signatureCrypto', 'service.pem', 'partners.pem')}${more}`,
  )

/** What its client says: `service` is the alias of the certificate in service.crt. */
export const clientConfig = (more = '<rampart:user>alice</rampart:user>'): string =>
  config(
    `<rampart:encryptionUser>service</rampart:encryptionUser>${crypto('signatureCrypto', 'client.pem', 'authority.pem')}${crypto('encryptionCrypto', 'service.crt', 'authority.pem')}${more}`,
  )

/** A policy with a RampartConfig put before its end. */
export const withConfig = (policy: string, rampart: string): string =>
  policy.replace(/(<\/(?:[\w-]+:)?Policy>\s*)$/, `${rampart}$1`)
