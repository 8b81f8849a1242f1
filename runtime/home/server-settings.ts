import { LOG_LEVELS, type LogLevel } from '../log.ts'
import { DEFAULT_SETTINGS, type Settings } from '../settings.ts'
import { PEOPLE_FORMS } from './people-forms.ts'
import { ENTITLEMENT_FORMS } from './entitlement-forms.ts'
import { POLICY_FORMS } from './policy-forms.ts'
import { SECURITY_FORMS } from './security-forms.ts'
import {
  choice,
  dictionary,
  file,
  flag,
  group,
  milliseconds,
  secret,
  type SettingForms,
  text,
  texts,
  whole,
} from './setting-forms.ts'

/** Everything `viaduct.config.json` can hold: what the engine uses, and what the command starts. */
export interface ServerSettings extends Settings {
  readonly listen: ListenSettings
  readonly admin: AdminSettings
  readonly log: LogSettings
  /** Whether the home is watched for changes. */
  readonly watch: boolean
  /** Processes that share the listeners. */
  readonly workers: number
}

/** Ports: 0 takes a free one, -1 opens none. */
export interface ListenSettings {
  readonly host: string
  readonly port: number
  readonly httpsPort: number
  readonly adminHost: string
  readonly adminPort: number
}

export interface AdminSettings {
  readonly user: string
  /** '' makes one at every start and prints it once. */
  readonly password: string
  /** Roles of users who may look at the console and change nothing; those of `workflow.roles` may decide as well. */
  readonly viewers: readonly string[]
}

export interface LogSettings {
  /** `auto`: pretty on a terminal, else json. */
  readonly format: 'auto' | 'pretty' | 'json'
  readonly level: LogLevel
}

export const DEFAULT_SERVER_SETTINGS: ServerSettings = {
  ...DEFAULT_SETTINGS,
  listen: { host: '127.0.0.1', port: 8280, httpsPort: 8243, adminHost: '127.0.0.1', adminPort: 9164 },
  admin: { user: 'admin', password: '', viewers: [] },
  log: { format: 'auto', level: 'INFO' },
  watch: true,
  workers: 1,
}

const port = (doc: string) => whole(`${doc} 0 takes any free one, -1 opens none.`, -1, 65_535)

/** The form of every setting. The check of the file, the environment variables and the JSON Schema are made from it. */
export const SETTING_FORMS: SettingForms = {
  dialect: choice(['wso2', 'apache'], 'Whether `send` ends a sequence (wso2) or the sequence goes on (apache).'),
  references: choice(
    ['checked', 'late'],
    'Whether a reference to an artifact that is not deployed refuses the configuration (checked), or is a fault when a message comes to it (late, as in Synapse).',
  ),
  serverName: text('Name that `pinnedServers` of artifacts is compared with.'),
  listen: group('Where the bus listens.', {
    host: text('Address of the HTTP and HTTPS listeners.'),
    port: port('Port of the HTTP listener.'),
    httpsPort: port('Port of the HTTPS listener.'),
    adminHost: text('Address of the admin listener.'),
    adminPort: port('Port of health, metrics and management.'),
  }),
  admin: group('Who may use the management interface.', {
    user: text('User name.'),
    password: secret('Password; empty makes one at every start and prints it once.'),
    viewers: texts('Users with one of these roles may look at the console and change nothing.'),
  }),
  log: group('The log of the process.', {
    format: choice(['auto', 'pretty', 'json'], 'Form of the lines; auto is pretty on a terminal, else json.'),
    level: choice(LOG_LEVELS, 'Least level that is written.'),
  }),
  watch: flag('Applies changes of the home while running.'),
  workers: whole('Processes that share the listeners.', 1, 256),
  limits: group('Bounds of size and number.', {
    body: whole('Bytes of a body that is read into memory.', 1),
    bodies: whole('Bytes of all bodies that are in memory at once; messages above that are answered 503.', 1),
    stream: whole('Bytes of any request body; 0 sets no limit to bodies that stream through.'),
    headerBytes: whole('Bytes of the header section of a request.', 1024, 1024 * 1024),
    headerCount: whole('Header fields of a request.', 1, 10_000),
    connections: whole('Connections of clients.', 1),
    requestsInFlight: whole('Requests under way; more are answered 503.', 1),
    connectionsPerHost: whole('Connections to one back end.', 1),
    queuedPerHost: whole('Calls that wait for a connection to one back end.'),
    steps: whole('Mediators that one message may run through.', 1),
    depth: whole('How deep sequences and templates may call each other.', 1, 1000),
    memory: whole('Resident bytes above which new requests are answered 503.'),
    loopDelay: whole('Delay of the event loop, milliseconds, above which new requests are answered 503.'),
  }),
  timeouts: group('Bounds of time, milliseconds.', {
    headers: milliseconds('A client must have sent its header section.'),
    bodyIdle: milliseconds('A client may pause inside a body.'),
    build: milliseconds('The whole of a body that is read into memory must be there.'),
    keepAlive: milliseconds('A connection without a request stays open.'),
    handshake: milliseconds('A TLS handshake must be complete.'),
    connect: milliseconds('A connection to a back end must be made.'),
    endpoint: milliseconds('A back end must begin its answer when its endpoint has no <timeout>.'),
    answerIdle: milliseconds('A back end may pause inside an answer.'),
    reader: milliseconds('A client may pause in reading its answer.'),
    drain: milliseconds(
      'Idle connections stay open when the bus stops, so that clients learn of it from their next answer.',
      0,
    ),
    shutdown: milliseconds('Messages under way may finish when the bus stops.', 0),
  }),
  egress: group('Where a message may be sent whose address comes from the message itself.', {
    allow: texts('Host names, or host:port; *.example.com matches subdomains.'),
  }),
  properties: dictionary('synapse.properties and friends, under their own names.'),
  http: group('HTTP listeners and senders.', {
    preserve: texts('Headers of requests that are kept although the bus sets its own: User-Agent, Server, Date.'),
    server: text('Value of the Server header; empty sends none.'),
    publicUrl: text('Address under which clients know the bus, for ?wsdl; empty uses the Host header.'),
    proxy: text('Proxy server for calls to back ends, http://host:port.'),
    noProxy: texts('Hosts that are called without the proxy.'),
    tls: group('Certificates. Paths are relative to the home.', {
      certificate: file('Certificate chain of the HTTPS listener, PEM.'),
      key: file('Its private key, PEM.'),
      passphrase: secret('Passphrase of private keys.'),
      clientCertificate: choice(['off', 'optional', 'required'], 'Whether clients present a certificate.'),
      clientCa: file('Authorities that client certificates are checked against, PEM.'),
      trust: file('Authorities that back ends are checked against, beside those of the system, PEM.'),
      outboundCertificate: file('Certificate presented to back ends, PEM.'),
      outboundKey: file('Its private key, PEM.'),
    }),
  }),
  ...PEOPLE_FORMS,
  ...SECURITY_FORMS,
  ...ENTITLEMENT_FORMS,
  ...POLICY_FORMS,
}
