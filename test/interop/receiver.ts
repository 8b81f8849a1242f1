import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  bodyOf,
  canonicalXml,
  decodeXml,
  inlineXop,
  MimeError,
  type MimePart,
  parseXml,
  readPartHeaders,
  readRelated,
  type User,
  type UserStore,
  type XmlDocument,
  XmlError,
} from 'viaduct'
import { ALL_ALGORITHMS } from '../../security/algorithms.ts'
import { createContextHandler, SecurityContexts } from '../../security/conversation/index.ts'
import { createKerberosHandler, KerberosSessions, Keytab } from '../../security/kerberos/index.ts'
import { NO_SECRETS } from '../../security/key-material.ts'
import { Keyring, readKeystore } from '../../security/keys/index.ts'
import { ReplayCache } from '../../security/replay/replay-cache.ts'
import { createSamlHandler } from '../../security/saml/index.ts'
import { SecurityFailure } from '../../security/security-failure.ts'
import type { TokenHandler } from '../../security/token-handler.ts'
import { CertificateCache } from '../../security/tokens/certificate-cache.ts'
import { verify } from '../../security/verify.ts'
import {
  type AllowedAlgorithms,
  type ReplayStore,
  SECURITY_LIMITS,
  type VerifyPlan,
} from '../../security/verify-plan.ts'
import type { Sample } from './kit.ts'
import { requireParts } from './required-parts.ts'

/** What became of a message: accepted with the canonical body, or refused for a reason of ours. */
export type Verdict =
  | { readonly verdict: 'accept'; readonly body: string }
  | { readonly verdict: 'reject'; readonly reason: string; readonly detail: string }

const USERS = new Map([
  ['alice', 'secret'],
  ['bob', 'bobsecret'],
])
const CONTEXT = 'urn:uuid:11111111-2222-3333-4444-555555555555'
const CONTEXT_SECRET = Buffer.from('MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=', 'base64')

/** The product's receiver with the kit's keys, users and clock. */
export class KitReceiver {
  readonly #keys: Keyring
  readonly #certificates = new CertificateCache()
  readonly #handlers: readonly TokenHandler[]

  /** `keys` is the kit's folder of that name. */
  constructor(keys: string) {
    this.#keys = new Keyring(
      readKeystore(readFileSync(join(keys, 'trust.p12')), 'trust', { store: 'changeit', key: 'changeit' }),
    )
    this.#handlers = tokenHandlers(keys)
  }

  /** Receives a message once, or twice where the first time has to succeed. */
  async receive(sample: Sample): Promise<Verdict> {
    const replays = new ReplayCache(1000)
    const first = await this.#once(sample, replays)
    return sample.sendTwice && first.verdict === 'accept' ? this.#once(sample, replays) : first
  }

  async #once(sample: Sample, replays: ReplayStore): Promise<Verdict> {
    try {
      const { tree, parts } = readMessage(sample.path)
      const { values } = parseOptions(sample.options)
      const now = Date.parse(sample.now)
      const state = { now, replays, users: usersOf(USERS), secrets: NO_SECRETS, attachments: parts }
      const results = await verify(tree, this.#plan(values, now), state)
      requireParts(results, values.require?.split(',') ?? [], values['password-type'])
      return { verdict: 'accept', body: canonicalXml(bodyOf(tree), { form: 'exclusive' }) }
    } catch (error) {
      if (error instanceof SecurityFailure) return { verdict: 'reject', reason: error.reason, detail: error.detail }
      if (error instanceof XmlError) return { verdict: 'reject', reason: 'xml', detail: error.message }
      if (error instanceof MimeError) return { verdict: 'reject', reason: 'mime', detail: error.message }
      throw error
    }
  }

  #plan(values: ReturnType<typeof parseOptions>['values'], now: number): VerifyPlan {
    const subject = values.subject === undefined ? undefined : new RegExp(`^(?:${values.subject})$`)
    const anyPassword = values['allow-no-password'] !== '0'
    return {
      service: 'kit',
      actor: values.actor,
      algorithms: values.suite === undefined ? ALL_ALGORITHMS : suite(values.suite.split(',')),
      keys: this.#keys,
      decryptionKeys: this.#keys,
      certificates: this.#certificates,
      handlers: [createContextHandler(contexts(now), 'kit'), ...this.#handlers],
      clock: { ttl: Number(values.ttl ?? 300), skew: 0, future: Number(values.future ?? 60), strict: true },
      username: {
        passwords: new Set(anyPassword ? ['text', 'digest', 'derived', 'none'] : ['text', 'digest', 'derived']),
        ttl: 300,
        future: 60,
        nonceLifetime: 300,
        maximum: 1,
      },
      allowsSubject: subject === undefined ? undefined : (name) => subject.test(name),
      lenient: values.bsp === '0',
      rejectsReplays: true,
      attachments: false,
      limits: SECURITY_LIMITS,
    }
  }
}

/** Assertions of everybody whom the kit trusts, and tickets for the services of its keytabs, if it has any. */
function tokenHandlers(keys: string): TokenHandler[] {
  const replays = new ReplayCache(1000)
  const saml = createSamlHandler({ allowsIssuer: () => true, allowsVoucher: () => true, replays })
  const keytabs = readdirSync(keys).filter((name) => name.endsWith('.keytab'))
  const entries = keytabs.flatMap((name) => Keytab.read(readFileSync(join(keys, name))).entries)
  return [saml, createKerberosHandler({ keytab: new Keytab(entries), replays }, new KerberosSessions())]
}

function contexts(now: number): SecurityContexts {
  const known = new SecurityContexts()
  const context = {
    identifier: CONTEXT,
    instance: undefined,
    secret: CONTEXT_SECRET,
    created: now,
    expires: now + 3_600_000,
    principal: undefined,
    certificate: undefined,
    service: 'kit',
  }
  known.add(context, now)
  return known
}

const parseOptions = (line: string) =>
  parseArgs({
    args: line.split(' ').filter((word) => word !== ''),
    options: {
      require: { type: 'string' },
      actor: { type: 'string' },
      bsp: { type: 'string' },
      suite: { type: 'string' },
      subject: { type: 'string' },
      'password-type': { type: 'string' },
      'allow-no-password': { type: 'string' },
      ttl: { type: 'string' },
      future: { type: 'string' },
    },
  })

/** The kit's short names: what an algorithm's identifier ends with. Kinds that a suite does not name stay open. */
function suite(names: readonly string[]): AllowedAlgorithms {
  const narrowed = (all: ReadonlySet<string>): ReadonlySet<string> => {
    const some = [...all].filter((uri) => names.some((name) => isNamed(uri, name)))
    return some.length === 0 ? all : new Set(some)
  }
  const { signature, digest, canonicalization, encryption, keyTransport, ...others } = ALL_ALGORITHMS
  return {
    ...others,
    signature: narrowed(signature),
    digest: narrowed(digest),
    canonicalization: narrowed(canonicalization),
    encryption: narrowed(encryption),
    keyTransport: narrowed(keyTransport),
  }
}

function isNamed(uri: string, name: string): boolean {
  if (name === 'exc') return uri === 'http://www.w3.org/2001/10/xml-exc-c14n#'
  return uri.endsWith(`#${name}`) || (name === 'rsa-oaep' && uri.endsWith('#rsa-oaep-mgf1p'))
}

function usersOf(passwords: ReadonlyMap<string, string>): UserStore {
  const find = (name: string): User | undefined =>
    passwords.has(name) ? { name, roles: [], claims: new Map() } : undefined
  return {
    find: (name) => Promise.resolve(find(name)),
    prove: (name, fits) => Promise.resolve(fits(passwords.get(name)) ? find(name) : undefined),
    password: (name) => Promise.resolve(passwords.get(name)),
    authenticate: (name, password) => Promise.resolve(passwords.get(name) === password ? find(name) : undefined),
  }
}

function readMessage(path: string): { readonly tree: XmlDocument; readonly parts: readonly MimePart[] } {
  const bytes = readFileSync(path)
  if (!path.endsWith('.mime')) return { tree: parseXml(decodeXml(bytes)), parts: [] }
  const end = bytes.indexOf('\r\n\r\n')
  const headers = readPartHeaders(bytes.subarray(0, end))
  const { root, parts } = readRelated(bytes.subarray(end + 4), headers.get('content-type') ?? '')
  const tree = parseXml(decodeXml(root.bytes))
  const byId = new Map(parts.flatMap((part) => (part.contentId === undefined ? [] : [[part.contentId, part] as const])))
  const used = inlineXop(tree, byId)
  return { tree, parts: parts.filter(({ contentId }) => contentId === undefined || !used.has(contentId)) }
}
