import type { BusServices, DecisionClient, DecisionSource, DecisionSourceOptions, DocumentSigning } from 'viaduct'
import { createAuthzenSource } from './authzen-source.ts'
import { createRestSource } from './rest-source.ts'
import { createBasicAuthSource, createSoapSource } from './soap-source.ts'
import { createThriftSource } from './thrift-source.ts'
import { createWsXacmlSource } from './ws-xacml-source.ts'

/** The keys of the bus; undefined when it has none to sign with. */
export type Signing = DocumentSigning | undefined

type Create = (options: DecisionSourceOptions, services: BusServices, signing: DocumentSigning) => DecisionSource

interface Protocol {
  readonly create: Create
  /** The address is that of a folder of services, whose names are added to it. */
  readonly folder: boolean
  /** It cannot be asked without a user. */
  readonly login: boolean
  /** Questions are signed. */
  readonly signs?: boolean
}

const PROTOCOLS: ReadonlyMap<DecisionClient, Protocol> = new Map<DecisionClient, Protocol>([
  ['soap', { create: createSoapSource, folder: true, login: true }],
  ['basicAuth', { create: createBasicAuthSource, folder: true, login: true }],
  ['thrift', { create: createThriftSource, folder: true, login: true }],
  ['wsXacml', { create: createWsXacmlSource, folder: true, login: true, signs: true }],
  ['rest', { create: createRestSource, folder: false, login: false }],
  ['authzen', { create: createAuthzenSource, folder: false, login: false }],
])

/** What such options lack; undefined when nothing. */
export function objectionTo(options: DecisionSourceOptions, signing: Signing): string | undefined {
  const { client, url, user, password, thriftHost } = options
  const protocol = PROTOCOLS.get(client)
  if (client === 'embedded') return url === '' ? undefined : 'client="embedded" has no remoteServiceUrl'
  if (protocol === undefined) return `client="${client}" is not supported`
  if (url === '') return `client="${client}" needs remoteServiceUrl`
  if (!isHttpUrl(url)) return 'remoteServiceUrl is no http or https address'
  if (protocol.login && user === '') return `client="${client}" needs remoteServiceUserName`
  if (protocol.login && password === '') return `client="${client}" needs remoteServicePassword`
  if (protocol.signs === true && signing === undefined) return `client="${client}" needs a key in security.keystore`
  if (client === 'thrift' && thriftHost === '') return 'client="thrift" needs thriftHost'
  return undefined
}

function isHttpUrl(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === ''
}

/** A decision point elsewhere. The options have been found good ({@link objectionTo}). */
export function createRemoteSource(
  options: DecisionSourceOptions,
  services: BusServices,
  signing: Signing,
): DecisionSource {
  const protocol = PROTOCOLS.get(options.client)
  if (protocol === undefined) throw new Error(`${options.client} is no remote decision point`)
  const { url } = options
  const complete = protocol.folder && !url.endsWith('/') ? { ...options, url: `${url}/` } : options
  return protocol.create(complete, services, signing ?? NO_KEYS)
}

/** A protocol that signs has been refused before ({@link objectionTo}). */
const NO_KEYS: DocumentSigning = {
  canSign: false,
  sign() {
    throw new Error('the bus has no key to sign with')
  },
  verify() {
    throw new Error('the bus has no key that is trusted')
  },
  decrypt: () => undefined,
}
