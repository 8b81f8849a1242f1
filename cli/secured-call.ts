import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { createHttpSender, createLocalSender } from '../transports/index.ts'
import {
  append,
  BodyBudget,
  Bus,
  type BusServices,
  Deadlines,
  decodeXml,
  DEFAULT_SETTINGS,
  elements,
  FileRegistry,
  formatDiagnostic,
  Headers,
  load,
  type Logger,
  Metrics,
  parseXml,
  printXml,
  type Sender,
  type Settings,
  Stores,
  systemPlatform,
  type XmlElement,
} from 'viaduct'
import { CallRefused } from './call-refused.ts'
import { standardLanguage } from './standard.ts'

/** What a secured call is made with. Files in PEM. */
export interface CallSecurity {
  /** A WS-Policy file. */
  readonly policy: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly key: string | undefined
  readonly cert: string | undefined
  /** Certificates that are trusted: of authorities, or of the service itself. */
  readonly trust: string | undefined
  /** The certificate that messages are encrypted for; that of `trust` when it is the only one. */
  readonly recipient: string | undefined
  readonly mtom: boolean
}

export interface SecuredAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

const RAMPART = 'http://ws.apache.org/rampart/policy'
const MERLIN = 'org.apache.ws.security.components.crypto.Merlin'

/**
 * Sends messages as a secured endpoint does: a bus of its own with one proxy, whose home is a temporary folder that only this user
 * may read and that is gone afterwards.
 */
export class SecuredCaller implements AsyncDisposable {
  readonly #local: Sender
  readonly #close: () => Promise<void>

  private constructor(local: Sender, close: () => Promise<void>) {
    this.#local = local
    this.#close = close
  }

  /** Rejects with {@link CallRefused} when the policy or the keys are of no use. `told` gets what the log says. */
  static async open(url: string, security: CallSecurity, told: (line: string) => void): Promise<SecuredCaller> {
    const folder = mkdtempSync(join(tmpdir(), 'viaduct-call-'))
    layOut(folder, security)
    const deadlines = new Deadlines()
    const log = toldTo(told)
    const settings = settingsFor(folder, security)
    const http = createHttpSender(settings, log, deadlines)
    const services = servicesFor(
      ownsKeys(security) ? homeOfPolicy(security.policy) : folder,
      settings,
      log,
      deadlines,
      http,
    )
    const bus = new Bus(services)
    const local = createLocalSender({ deadlines, dispatch: (arrival) => bus.dispatch(arrival) })
    const close = async (): Promise<void> => {
      await bus.stop()
      await http[Symbol.asyncDispose]()
      deadlines[Symbol.dispose]()
      rmSync(folder, { recursive: true, force: true })
    }
    const registry = new FileRegistry(folder, () => security.policy)
    const source = { file: 'call', bytes: Buffer.from(configuration(url, security.mtom)) }
    const { deployment, diagnostics } = await load([source], standardLanguage(), services, {
      resource: (key) => registry.get(key),
    })
    if (deployment === undefined) {
      await close()
      throw new CallRefused(
        diagnostics
          .filter(({ severity }) => severity === 'error')
          .map(formatDiagnostic)
          .join('\n'),
      )
    }
    await deployment.start()
    await bus.swap(deployment)
    return new SecuredCaller(local, close)
  }

  async send(headers: Readonly<Record<string, string>>, body: Buffer): Promise<SecuredAnswer> {
    const request = { method: 'POST', url: 'local://Call', headers: Headers.of(headers), body, timeout: 120_000 }
    const { status, message } = await this.#local.send(request, () => {})
    await message.build(DEFAULT_SETTINGS.limits.body)
    return { status, headers: message.headers, body: message.bytes ?? Buffer.alloc(0) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }
}

/** Only what went wrong. */
const toldTo = (told: (line: string) => void): Logger => ({
  enabled: (level) => level === 'ERROR',
  log: (level, _category, text) => (level === 'ERROR' ? told(text) : undefined),
})

const configuration = (url: string, mtom: boolean): string => `<definitions xmlns="http://ws.apache.org/ns/synapse">
<proxy name="Call" transports="local"><target><inSequence><send><endpoint><address uri="${escaped(url)}"${mtom ? ' optimize="mtom"' : ''}><enableSec policy="file:policies/policy.xml"/></address></endpoint></send></inSequence><outSequence><send/></outSequence></target></proxy>
</definitions>`

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** The files of the temporary home. */
function layOut(folder: string, { policy, user, password, key, cert, trust, recipient }: CallSecurity): void {
  mkdirSync(join(folder, 'policies'))
  mkdirSync(join(folder, 'security'))
  const write = (name: string, content: string): void => writeFileSync(join(folder, name), content, { mode: 0o600 })
  const pem = (file: string | undefined): string =>
    file === undefined ? '' : readFileSync(file, 'latin1').trimEnd() + '\n'
  write('security/own.pem', pem(key) + pem(cert))
  const trusted = pem(trust) + pem(recipient)
  write('security/trust.pem', trusted)
  write('security/recipient.pem', pem(recipient ?? trust))
  const accounts = user === undefined ? {} : { [user]: { password: password ?? '', roles: [] } }
  write('users.json', JSON.stringify({ users: accounts }))
  write(
    'policies/policy.xml',
    configured(readFileSync(policy), { user, own: key !== undefined, trusts: trusted !== '' }),
  )
}

interface Configured {
  readonly user: string | undefined
  readonly own: boolean
  readonly trusts: boolean
}

/** The policy with a RampartConfig, where it has none of its own. */
function configured(bytes: Buffer, { user, own, trusts }: Configured): string {
  const document = parseXml(decodeXml(bytes))
  if (hasConfig(document.root)) return printXml(document)
  const property = (name: string, file: string): string =>
    `<r:property name="org.apache.ws.security.crypto.merlin.${name}">${file}</r:property>`
  const crypto = (name: string, ...properties: readonly string[]): string =>
    `<r:${name}><r:crypto provider="${MERLIN}">${properties.join('')}</r:crypto></r:${name}>`
  const stores = [
    own ? property('keystore.file', 'own.pem') : '',
    trusts ? property('truststore.file', 'trust.pem') : '',
  ]
  const config = parseXml(`<r:RampartConfig xmlns:r="${RAMPART}">
${user === undefined ? '' : `<r:user>${escaped(user)}</r:user>`}
${trusts ? '<r:encryptionUser>recipient</r:encryptionUser>' : ''}
${own || trusts ? crypto('signatureCrypto', ...stores) : ''}
${trusts ? crypto('encryptionCrypto', property('truststore.file', 'recipient.pem')) : ''}
</r:RampartConfig>`)
  append(document.root, config.root)
  return printXml(document)
}

/** Whether the policy itself names the keys of the client. */
const ownsKeys = ({ policy, key, trust }: CallSecurity): boolean =>
  key === undefined && trust === undefined && hasConfig(parseXml(decodeXml(readFileSync(policy))).root)

/** The home that a policy belongs to, where its keys are: policies lie in `policies/`. */
function homeOfPolicy(policy: string): string {
  const folder = dirname(resolve(policy))
  return basename(folder) === 'policies' ? dirname(folder) : folder
}

const hasConfig = (element: XmlElement): boolean =>
  (element.name === 'RampartConfig' && element.namespace === RAMPART) || elements(element).some(hasConfig)

function settingsFor(folder: string, { key, cert, trust }: CallSecurity): Settings {
  const { http, identity } = DEFAULT_SETTINGS
  return {
    ...DEFAULT_SETTINGS,
    identity: { ...identity, store: 'file', file: join(folder, 'users.json') },
    http: {
      ...http,
      tls: {
        ...http.tls,
        trust: trust ?? '',
        outboundCertificate: (key && cert) ?? '',
        outboundKey: (cert && key) ?? '',
      },
    },
  }
}

function servicesFor(folder: string, settings: Settings, log: Logger, deadlines: Deadlines, http: Sender): BusServices {
  return {
    settings,
    log,
    deadlines,
    platform: systemPlatform,
    stores: new Stores(),
    bodies: new BodyBudget(settings.limits.bodies),
    metrics: new Metrics(),
    watchdog: undefined,
    senders: new Map(http.schemes.map((scheme) => [scheme, http])),
    system: new Map(),
    environment: () => undefined,
    home: folder,
  }
}
