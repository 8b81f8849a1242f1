import { attributeValue, didYouMean, elements, type Span, spanOf, textOf, type XmlElement } from 'viaduct'
import { RAMPART_POLICY } from './names.ts'
import type { PolicyReports } from './reader.ts'

/** A keystore as a policy names it. */
export interface StoreConfig {
  readonly file: string
  /** `JKS`, `PKCS12`, `PEM` …; undefined: told by the file. */
  readonly type: string | undefined
  readonly password: string | undefined
}

/** A `rampart:crypto`: where keys and trusted certificates are. */
export interface CryptoConfig {
  readonly keyStore: StoreConfig | undefined
  readonly trustStores: readonly StoreConfig[]
  readonly alias: string | undefined
  readonly keyPassword: string | undefined
  readonly revocationList: string | undefined
  readonly at: Span
}

/** Java names of crypto providers: all mean the bus's own keystores. */
const PROVIDERS: ReadonlyMap<string, 'merlin' | 'carbon'> = new Map([
  ['org.apache.ws.security.components.crypto.Merlin', 'merlin'],
  ['org.apache.wss4j.common.crypto.Merlin', 'merlin'],
  ['org.apache.wss4j.common.crypto.MerlinDevice', 'merlin'],
  ['org.wso2.carbon.security.util.ServerCrypto', 'carbon'],
  ['org.wso2.micro.integrator.security.util.ServerCrypto', 'carbon'],
])

const MERLIN_PREFIXES = ['org.apache.ws.security.crypto.merlin.', 'org.apache.wss4j.crypto.merlin.']
const MERLIN = [
  'file',
  'keystore.file',
  'keystore.type',
  'keystore.password',
  'keystore.alias',
  'alias.password',
  'keystore.private.password',
  'keystore.provider',
  'truststore.file',
  'truststore.type',
  'truststore.password',
  'truststore.provider',
  'x509crl.file',
  'load.cacerts',
  'cert.provider.name',
]
const CARBON_PREFIX = 'org.wso2.carbon.security.crypto.'
const CARBON = ['privatestore', 'truststores', 'alias', 'keystore.password', 'private.password']
/** Said by every policy of Carbon; there is one tenant here. */
const CARBON_REST = ['org.wso2.stratos.tenant.id', 'rampart.config.user']

/** Reads `signatureCrypto`, `encryptionCrypto` …; undefined when there is no usable `crypto` in it, which is reported. */
export function readCrypto(holder: XmlElement, reports: PolicyReports): CryptoConfig | undefined {
  const crypto = elements(holder).find(({ name, namespace }) => name === 'crypto' && namespace === RAMPART_POLICY)
  if (crypto === undefined) {
    reports.at({ element: holder }, 'element-missing', `<${holder.name}> needs a <crypto>`)
    return undefined
  }
  const provider = (attributeValue(crypto, 'provider') ?? '').trim()
  const kind = PROVIDERS.get(provider)
  if (kind === undefined) {
    reports.at(
      { element: crypto },
      'class-unknown',
      `provider="${provider}" is no known crypto provider${didYouMean(provider, PROVIDERS.keys())}`,
    )
    return undefined
  }
  const properties = propertiesOf(crypto)
  const known = kind === 'merlin' ? merlinNames() : [...CARBON.map((name) => CARBON_PREFIX + name), ...CARBON_REST]
  for (const { name, element } of properties)
    if (!known.includes(name))
      reports.at({ element }, 'attribute-invalid', `the property "${name}" is not known${didYouMean(name, known)}`)
  const value = (...names: string[]): string | undefined =>
    properties.find(({ name, text }) => names.includes(name) && text !== '')?.text
  const config = kind === 'merlin' ? merlin(value) : carbon(value)
  return { ...config, at: spanOf(crypto) }
}

const merlinNames = (): string[] => MERLIN_PREFIXES.flatMap((prefix) => MERLIN.map((name) => prefix + name))

type Value = (...names: string[]) => string | undefined

function merlin(value: Value): Omit<CryptoConfig, 'at'> {
  const of = (...names: string[]): string | undefined =>
    value(...MERLIN_PREFIXES.flatMap((prefix) => names.map((name) => prefix + name)))
  const file = of('keystore.file', 'file')
  const trust = of('truststore.file')
  return {
    keyStore: file === undefined ? undefined : { file, type: of('keystore.type'), password: of('keystore.password') },
    trustStores:
      trust === undefined ? [] : [{ file: trust, type: of('truststore.type'), password: of('truststore.password') }],
    alias: of('keystore.alias'),
    keyPassword: of('keystore.private.password', 'alias.password'),
    revocationList: of('x509crl.file'),
  }
}

/** Stores by name; their passwords are settings of the server, as in Carbon. */
function carbon(value: Value): Omit<CryptoConfig, 'at'> {
  const of = (name: string): string | undefined => value(CARBON_PREFIX + name)
  const store = of('privatestore')
  return {
    keyStore: store === undefined ? undefined : { file: store, type: undefined, password: of('keystore.password') },
    trustStores: (of('truststores') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((file) => ({ file, type: undefined, password: file === store ? of('keystore.password') : undefined })),
    alias: of('alias'),
    keyPassword: of('private.password'),
    revocationList: undefined,
  }
}

interface RampartProperty {
  readonly name: string
  readonly text: string
  readonly element: XmlElement
}

/** `rampart:property` children; later ones of a name do not count. */
export const propertiesOf = (parent: XmlElement): readonly RampartProperty[] =>
  elements(parent)
    .filter(({ name }) => name === 'property')
    .map((element) => ({ name: attributeValue(element, 'name') ?? '', text: textOf(element).trim(), element }))
