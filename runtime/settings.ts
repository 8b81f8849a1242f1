import { DEFAULT_ENTITLEMENT, type EntitlementSettings } from './entitlement-settings.ts'
import {
  type DatabaseSettings,
  DEFAULT_DATABASE,
  DEFAULT_IDENTITY,
  DEFAULT_MAIL,
  DEFAULT_WORKFLOW,
  type IdentitySettings,
  type MailSettings,
  type WorkflowSettings,
} from './people-settings.ts'
import { DEFAULT_POLICIES, type PolicySettings } from './policy-settings.ts'
import { DEFAULT_SECURITY, type SecuritySettings } from './security-settings.ts'

/** Server settings: defaults of reliability chapter 5.1 and 5.3; `viaduct.config.json` and `VIADUCT_…` override them. */
export interface Settings {
  /** `wso2`: `send` ends the sequence. `apache`: the sequence goes on. */
  readonly dialect: 'wso2' | 'apache'
  /** `checked`: a reference to something that is not deployed refuses the configuration. `late`: it is a fault when a message comes to it, as in Synapse. */
  readonly references: 'checked' | 'late'
  /** Name compared with `pinnedServers`. */
  readonly serverName: string
  readonly limits: Limits
  readonly timeouts: Timeouts
  readonly egress: Egress
  /** synapse.properties and friends, under their own names (`synapse.commons.json.output.autoPrimitive` …). */
  readonly properties: Readonly<Record<string, string>>
  readonly http: HttpSettings
  readonly database: DatabaseSettings
  readonly identity: IdentitySettings
  readonly mail: MailSettings
  readonly workflow: WorkflowSettings
  readonly security: SecuritySettings
  readonly entitlement: EntitlementSettings
  readonly policies: PolicySettings
}

export interface Limits {
  /** Bytes of a body that is built. */
  readonly body: number
  /** Bytes of all bodies that are built at once. */
  readonly bodies: number
  /** Bytes of a request body at all; 0: no limit for bodies that stream through. */
  readonly stream: number
  readonly headerBytes: number
  readonly headerCount: number
  readonly connections: number
  readonly requestsInFlight: number
  readonly connectionsPerHost: number
  readonly queuedPerHost: number
  /** Mediators one message may run through. */
  readonly steps: number
  /** How deep sequences and templates may call each other in one message. */
  readonly depth: number
  /** Resident set above which new requests are refused, bytes. */
  readonly memory: number
  /** Event-loop delay (p90) above which new requests are refused, milliseconds. */
  readonly loopDelay: number
}

/** Milliseconds. */
export interface Timeouts {
  readonly headers: number
  readonly bodyIdle: number
  /** For the whole of a body that is read into memory, of a request or of an answer. */
  readonly build: number
  readonly keepAlive: number
  readonly handshake: number
  readonly connect: number
  /** First byte of a back end's answer when the endpoint has no `<timeout>` (synapse.global_timeout_interval). */
  readonly endpoint: number
  readonly answerIdle: number
  readonly reader: number
  /** How long idle connections are kept open, and told to close, when the bus stops. */
  readonly drain: number
  readonly shutdown: number
}

/** Where a message may go when the address comes from the message itself (wsa:To, ReplyTo). Nowhere by default. */
export interface Egress {
  /** Host names or `host:port`; `*.example.com` matches subdomains. */
  readonly allow: readonly string[]
}

export interface HttpSettings {
  /** Request headers kept although the bus would set them itself: User-Agent, Server, Date. */
  readonly preserve: readonly string[]
  /** Name in the `Server` header; '' sends none. */
  readonly server: string
  /** Host names under which clients know the bus; `?wsdl` addresses use the Host header unless `publicUrl` is set. */
  readonly publicUrl: string
  readonly proxy: string
  readonly noProxy: readonly string[]
  readonly tls: TlsSettings
}

export interface TlsSettings {
  readonly certificate: string
  readonly key: string
  readonly passphrase: string
  readonly clientCertificate: 'off' | 'optional' | 'required'
  readonly clientCa: string
  /** For calls to back ends. */
  readonly trust: string
  readonly outboundCertificate: string
  readonly outboundKey: string
}

const MB = 1024 * 1024

export const DEFAULT_SETTINGS: Settings = {
  dialect: 'wso2',
  references: 'checked',
  serverName: 'viaduct',
  limits: {
    body: 64 * MB,
    bodies: 256 * MB,
    stream: 0,
    headerBytes: 16 * 1024,
    headerCount: 190,
    connections: 10_000,
    requestsInFlight: 5_000,
    connectionsPerHost: 1_000,
    queuedPerHost: 2_000,
    steps: 10_000,
    depth: 100,
    memory: 1536 * MB,
    loopDelay: 250,
  },
  timeouts: {
    headers: 5_000,
    bodyIdle: 30_000,
    build: 300_000,
    keepAlive: 65_000,
    handshake: 5_000,
    connect: 5_000,
    endpoint: 120_000,
    answerIdle: 30_000,
    reader: 30_000,
    drain: 1_000,
    shutdown: 30_000,
  },
  egress: { allow: [] },
  properties: {},
  http: {
    preserve: [],
    server: '',
    publicUrl: '',
    proxy: '',
    noProxy: [],
    tls: {
      certificate: '',
      key: '',
      passphrase: '',
      clientCertificate: 'off',
      clientCa: '',
      trust: '',
      outboundCertificate: '',
      outboundKey: '',
    },
  },
  database: DEFAULT_DATABASE,
  identity: DEFAULT_IDENTITY,
  mail: DEFAULT_MAIL,
  workflow: DEFAULT_WORKFLOW,
  security: DEFAULT_SECURITY,
  entitlement: DEFAULT_ENTITLEMENT,
  policies: DEFAULT_POLICIES,
}
