import {
  type DecisionClient,
  type DecisionSource,
  type DecisionSourceOptions,
  type Entitlement,
  Fault,
  type MessageContext,
  type Site,
} from 'viaduct'

interface SourceConfig {
  readonly client: DecisionClient | undefined
  readonly remoteServiceUrl: string | undefined
  readonly remoteServiceUrlKey: string | undefined
  readonly remoteServiceUserName: string | undefined
  readonly remoteServiceUserNameKey: string | undefined
  readonly remoteServicePassword: string | undefined
  readonly remoteServicePasswordKey: string | undefined
  readonly thriftHost: string | undefined
  readonly thriftPort: string | undefined
  readonly reuseSession: boolean
}

/** Whom a message is asked about. */
export type SourceOf = (ctx: MessageContext) => DecisionSource

const SECRET = 'enc:'

/** Finds mistakes of the options now, as far as they are known before the first message. */
export function compileSource(config: SourceConfig, site: Site): SourceOf | undefined {
  const entitlement = site.linker.facility('entitlement')
  if (entitlement === undefined) {
    site.fail('element-unsupported', '<entitlementService> needs decision points, and there are none')
    return undefined
  }
  const fixed = fixedOptions(config, entitlement, site)
  if (fixed === undefined) return undefined
  const keys = keysOf(config)
  const objection = entitlement.objection({ ...fixed, ...present(keys) })
  if (objection !== undefined) {
    site.fail('constraint-violated', objection)
    return undefined
  }
  // Loaded now, should a value turn out to be encrypted: a message cannot wait for it.
  if (keys.length > 0) site.linker.facility('signing')
  if (keys.length > 0) return keyedSource(fixed, keys, entitlement)
  const source = entitlement.source(fixed)
  return () => source
}

interface Key {
  readonly option: 'url' | 'user' | 'password'
  readonly key: string
}

/** What is written inline wins over a key. */
function keysOf(config: SourceConfig): readonly Key[] {
  const keys: Key[] = []
  const add = (option: Key['option'], inline: string | undefined, key: string | undefined): void => {
    if (inline === undefined && key !== undefined) keys.push({ option, key: key.trim() })
  }
  add('url', config.remoteServiceUrl, config.remoteServiceUrlKey)
  add('user', config.remoteServiceUserName, config.remoteServiceUserNameKey)
  add('password', config.remoteServicePassword, config.remoteServicePasswordKey)
  return keys
}

/** Stands for what a key will bring: only that something does is known yet. */
const present = (keys: readonly Key[]): Partial<DecisionSourceOptions> =>
  Object.fromEntries(keys.map(({ option }) => [option, option === 'url' ? 'https://key.invalid/' : 'key']))

function fixedOptions(
  config: SourceConfig,
  entitlement: Entitlement,
  { fail }: Site,
): DecisionSourceOptions | undefined {
  const { remoteServiceUrl: url = '', remoteServicePassword: written = '' } = config
  const password = written.startsWith(SECRET) ? entitlement.reveal(written.slice(SECRET.length)) : written
  const port = portOf(config.thriftPort)
  if (password === undefined)
    fail('attribute-invalid', 'remoteServicePassword cannot be decrypted with the keystore of the bus')
  if (port === undefined) fail('attribute-invalid', `thriftPort: "${config.thriftPort}" is no port`)
  if (password === undefined || port === undefined) return undefined
  const remote = url !== '' || config.remoteServiceUrlKey !== undefined
  return {
    client: config.client ?? (remote ? 'basicAuth' : 'embedded'),
    url: url.trim(),
    user: config.remoteServiceUserName ?? '',
    password,
    thriftHost: config.thriftHost?.trim() ?? '',
    thriftPort: port,
    reuseSession: config.reuseSession,
  }
}

/** COMPAT thrift-port-empty: an empty thriftPort is the default one. */
function portOf(written = ''): number | undefined {
  if (written.trim() === '') return 10_500
  const port = Number(written)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
}

/** Looks the keys up for every message; the same values lead to the same decision point, with its sessions and cache. */
function keyedSource(fixed: DecisionSourceOptions, keys: readonly Key[], entitlement: Entitlement): SourceOf {
  return (ctx) => {
    const options: { -readonly [O in keyof DecisionSourceOptions]: DecisionSourceOptions[O] } = { ...fixed }
    for (const { option, key } of keys) options[option] = valueOf(option, key, entitlement, ctx)
    const objection = entitlement.objection(options)
    if (objection !== undefined) throw uninitialised(objection)
    return entitlement.source(options)
  }
}

function valueOf(option: Key['option'], key: string, entitlement: Entitlement, ctx: MessageContext): string {
  const text = ctx.deployment.resource(key)?.bytes.toString('utf8')
  if (text === undefined) throw uninitialised(`there is no registry resource "${key}"`)
  // Editors end files with a line break, which is no part of a password; blanks may be.
  const value = option === 'password' ? text.replace(/\r?\n$/, '') : text.trim()
  if (!value.startsWith(SECRET)) return value
  const revealed = entitlement.reveal(value.slice(SECRET.length).trim())
  if (revealed === undefined) throw uninitialised(`"${key}" cannot be decrypted with the keystore of the bus`)
  return revealed
}

const uninitialised = (reason: string): Fault =>
  new Fault(0, 'Error while initializing the Entitlement PEP Proxy', { cause: new Error(reason), detail: reason })
