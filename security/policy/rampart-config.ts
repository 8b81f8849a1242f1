import { didYouMean, elements, type Span, spanOf, textOf, type XmlElement } from 'viaduct'
import { type CryptoConfig, propertiesOf, readCrypto } from './crypto-config.ts'
import { RAMPART_POLICY } from './names.ts'
import { readOptimizeParts } from './optimize-parts.ts'
import type { ElementsPart } from './parts.ts'
import type { PolicyReports } from './reader.ts'

/** What `rampart:RampartConfig` says, seconds as numbers; undefined: the default of the bus. */
export interface RampartConfig {
  readonly user: string | undefined
  readonly signatureAlias: string | undefined
  /** `useReqSigCert`: whoever signed the request. */
  readonly encryptionUser: string | undefined
  readonly stsAlias: string | undefined
  readonly passwordCallback: NamedClass | undefined
  readonly signatureCrypto: CryptoConfig | undefined
  readonly encryptionCrypto: CryptoConfig | undefined
  readonly decryptionCrypto: CryptoConfig | undefined
  readonly stsCrypto: CryptoConfig | undefined
  readonly timestampLifetime: number
  readonly timestampSkew: number
  readonly timestampFuture: number
  readonly timestampStrict: boolean
  readonly milliseconds: boolean
  readonly nonceLifetime: number
  readonly usernameLifetime: number
  readonly usernameFuture: number
  readonly allowNoPassword: boolean
  readonly lenientProfile: boolean
  readonly confirmsSamlSubject: boolean
  readonly mustUnderstand: boolean
  readonly actor: string | undefined
  readonly optimizeParts: readonly ElementsPart[]
  readonly kerberos: ReadonlyMap<string, string>
  readonly at: Span | undefined
}

/** A Java class that a configuration names. */
export interface NamedClass {
  readonly name: string
  readonly at: Span
}

/** What holds where a policy has no RampartConfig. */
export const DEFAULT_RAMPART: RampartConfig = {
  user: undefined,
  signatureAlias: undefined,
  encryptionUser: undefined,
  stsAlias: undefined,
  passwordCallback: undefined,
  signatureCrypto: undefined,
  encryptionCrypto: undefined,
  decryptionCrypto: undefined,
  stsCrypto: undefined,
  timestampLifetime: 300,
  timestampSkew: 300,
  timestampFuture: 60,
  timestampStrict: false,
  milliseconds: true,
  nonceLifetime: 300,
  usernameLifetime: 300,
  usernameFuture: 60,
  allowNoPassword: false,
  lenientProfile: false,
  confirmsSamlSubject: true,
  mustUnderstand: true,
  actor: undefined,
  optimizeParts: [],
  kerberos: new Map(),
  at: undefined,
}

/** Children that ask for what is so anyway, or what nobody can notice. */
const WITHOUT_EFFECT = new Set([
  'optimizeMessageProcessingForTransportBinding',
  'handleCustomPasswordTypes',
  'allowNamespaceQualifiedPasswordTypes',
  'encodePasswords',
  'allowRSA15KeyTransportAlgorithm',
])

/** Children that are Java code of the user's own. */
const HOOKS: ReadonlyMap<string, string> = new Map([
  ['policyValidatorCbClass', 'policies are validated by the bus alone; check more with a class mediator'],
  ['rampartConfigCallbackClass', 'write the configuration into the policy; a policy key may be an expression'],
])

/** Token stores whose place the bus's own takes. */
const TOKEN_STORES = new Set([
  'org.apache.rahas.SimpleTokenStore',
  'org.wso2.carbon.security.util.SecurityTokenStore',
  'org.wso2.micro.integrator.security.extensions.SecurityTokenStore',
  'org.wso2.carbon.identity.sts.store.DBTokenStore',
])

/** Reads a RampartConfig (reference: rampart-config.xsd); what cannot be honoured is reported. */
export function readRampartConfig(element: XmlElement, reports: PolicyReports): RampartConfig {
  const found = new Map<string, XmlElement>()
  for (const child of elements(element)) {
    if (child.namespace !== RAMPART_POLICY || !KNOWN.has(child.name)) unknown(child, reports)
    else if (!found.has(child.name)) found.set(child.name, child)
  }
  refuse(found, reports)
  const text = (name: string): string | undefined => {
    const value = found.get(name)
    return value === undefined ? undefined : textOf(value).trim() || undefined
  }
  const seconds = (name: string, otherwise: number): number => numberIn(found.get(name), otherwise, reports)
  const flag = (name: string, otherwise: boolean): boolean => flagIn(found.get(name), otherwise, reports)
  const crypto = (...names: string[]): CryptoConfig | undefined => {
    const holder = names.map((name) => found.get(name)).find((each) => each !== undefined)
    return holder && readCrypto(holder, reports)
  }
  const callback = found.get('passwordCallbackClass')
  const defaults = DEFAULT_RAMPART
  return {
    user: text('user'),
    signatureAlias: text('userCertAlias'),
    encryptionUser: text('encryptionUser'),
    stsAlias: text('stsAlias'),
    passwordCallback: callback && { name: textOf(callback).trim(), at: spanOf(callback) },
    signatureCrypto: crypto('signatureCrypto'),
    // COMPAT encryption-cypto: most published policies misspell it; Rampart ignores theirs and takes signatureCrypto.
    encryptionCrypto: crypto('encryptionCrypto', 'encryptionCypto'),
    decryptionCrypto: crypto('decryptionCrypto'),
    stsCrypto: crypto('stsCrypto'),
    timestampLifetime: seconds('timestampTTL', defaults.timestampLifetime),
    timestampSkew: seconds('timestampMaxSkew', defaults.timestampSkew),
    timestampFuture: seconds('timestampFutureTTL', defaults.timestampFuture),
    timestampStrict: flag('timestampStrict', defaults.timestampStrict),
    milliseconds: flag('timestampPrecisionInMilliseconds', flag('timestampPrecisionInMs', defaults.milliseconds)),
    nonceLifetime: seconds('nonceLifeTime', defaults.nonceLifetime),
    usernameLifetime: seconds('utTTL', defaults.usernameLifetime),
    usernameFuture: seconds('utFutureTTL', defaults.usernameFuture),
    allowNoPassword: flag('allowUsernameTokenNoPassword', defaults.allowNoPassword),
    lenientProfile: flag('disableBSPEnforcement', defaults.lenientProfile),
    confirmsSamlSubject: flag('validateSamlSubjectConfirmation', defaults.confirmsSamlSubject),
    mustUnderstand: flag('mustUnderstandSecurityHeader', flag('mustUnderstand', defaults.mustUnderstand)),
    actor: text('actor'),
    optimizeParts: readOptimizeParts(found.get('optimizeParts'), reports),
    kerberos: settingsIn(found.get('kerberosConfig')),
    at: spanOf(element),
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  'user',
  'userCertAlias',
  'encryptionUser',
  'stsAlias',
  'passwordCallbackClass',
  'signatureCrypto',
  'encryptionCrypto',
  'encryptionCypto',
  'decryptionCrypto',
  'stsCrypto',
  'timestampTTL',
  'timestampMaxSkew',
  'timestampFutureTTL',
  'timestampStrict',
  'timestampPrecisionInMs',
  'timestampPrecisionInMilliseconds',
  'nonceLifeTime',
  'utTTL',
  'utFutureTTL',
  'allowUsernameTokenNoPassword',
  'disableBSPEnforcement',
  'validateSamlSubjectConfirmation',
  'mustUnderstandSecurityHeader',
  'mustUnderstand',
  'actor',
  'optimizeParts',
  'sslConfig',
  'kerberosConfig',
  'tokenStoreClass',
  ...WITHOUT_EFFECT,
  ...HOOKS.keys(),
])

function unknown(child: XmlElement, reports: PolicyReports): void {
  reports.at(
    { element: child },
    'element-unknown',
    `<RampartConfig> has no <${child.name}>${didYouMean(child.name, KNOWN)}`,
  )
}

function refuse(found: ReadonlyMap<string, XmlElement>, reports: PolicyReports): void {
  for (const [name, why] of HOOKS) {
    const hook = found.get(name)
    if (hook) reports.at({ element: hook }, 'element-unsupported', `<${name}>: ${why}`)
  }
  const store = found.get('tokenStoreClass')
  const name = store && textOf(store).trim()
  if (store && name && !TOKEN_STORES.has(name))
    reports.at(
      { element: store },
      'class-unknown',
      `tokenStoreClass "${name}" is not known; the bus keeps tokens itself`,
    )
  const ssl = found.get('sslConfig')
  if (ssl)
    reports.at(
      { element: ssl },
      'policy-doubtful',
      '<sslConfig> has no effect: keys and trust for https calls are those of http.tls in viaduct.config.json',
    )
  const legacy = found.get('encryptionCypto')
  if (legacy) reports.at({ element: legacy }, 'policy-doubtful', '<encryptionCypto> is read as <encryptionCrypto>')
}

function numberIn(element: XmlElement | undefined, otherwise: number, reports: PolicyReports): number {
  const text = element && textOf(element).trim()
  if (element === undefined || text === undefined || text === '') return otherwise
  if (/^\d{1,9}$/.test(text)) return Number(text)
  reports.at({ element }, 'text-invalid', `<${element.name}> needs a number of seconds, not "${text}"`)
  return otherwise
}

function flagIn(element: XmlElement | undefined, otherwise: boolean, reports: PolicyReports): boolean {
  const text = element && textOf(element).trim().toLowerCase()
  if (element === undefined || text === undefined || text === '') return otherwise
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  reports.at({ element }, 'text-invalid', `<${element.name}> is true or false, not "${text}"`)
  return otherwise
}

/** Properties, and the elements that newer versions write in their place. */
const settingsIn = (element: XmlElement | undefined): ReadonlyMap<string, string> =>
  new Map(
    element === undefined
      ? []
      : [
          ...propertiesOf(element).map(({ name, text }) => [name, text] as const),
          ...elements(element)
            .filter(({ name }) => name !== 'property')
            .map((child) => [child.name, textOf(child).trim()] as const),
        ],
  )
