import type { MemoryReply } from 'viaduct/testing'
import {
  clientConfig,
  keystores,
  type Keys,
  SecuredBus,
  type SecuredBusOptions,
  serviceConfig,
  withConfig,
} from './secured-bus.ts'

export const BODY =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header><q:Trace xmlns:q="urn:q">42</q:Trace></soapenv:Header><soapenv:Body><q:getQuote xmlns:q="urn:q"><q:symbol>IBM &amp; co</q:symbol></q:getQuote></soapenv:Body></soapenv:Envelope>'

export const BODY_SIGNED = '<sp:SignedParts><sp:Body/></sp:SignedParts>'
export const BODY_ENCRYPTED = '<sp:EncryptedParts><sp:Body/></sp:EncryptedParts>'

export interface LoopOptions {
  /** The RampartConfig of either side. */
  readonly client?: string
  readonly server?: string
  /** The policy of the client, where it is another one. */
  readonly clientPolicy?: string
  readonly scheme?: string
  /** What the secured proxy does before it answers what it got. */
  readonly mediators?: string
  /** What is done with the answer on its way back. */
  readonly out?: string
  /** Children of the secured proxy. */
  readonly parameters?: string
  /** Attributes and children of the endpoint's address. */
  readonly address?: string
  readonly users?: string
  readonly more?: Readonly<Record<string, string | Buffer>>
  readonly settings?: SecuredBusOptions['settings']
}

/** A proxy that the policy guards and that answers what it got, and one in front of it whose endpoint secures its calls. */
export function loop(policy: string, keys: Keys, options: LoopOptions = {}): Promise<SecuredBus> {
  const {
    client,
    server,
    clientPolicy,
    scheme = 'http',
    mediators = '',
    out = '',
    parameters = '',
    address = '',
    more = {},
  } = options
  return SecuredBus.open({
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    home: { ...keystores(keys), ...(options.users === undefined ? {} : { 'users.json': options.users }), ...more },
    artifacts: {
      'service-policy.xml': `<localEntry key="service-policy">${withConfig(policy, server ?? serviceConfig())}</localEntry>`,
      'client-policy.xml': `<localEntry key="client-policy">${withConfig(clientPolicy ?? policy, client ?? clientConfig())}</localEntry>`,
      'secure.xml': `<proxy name="Secure"><target><inSequence>${mediators}<respond/></inSequence></target><policy key="service-policy"/><enableSec/>${parameters}</proxy>`,
      'front.xml': `<proxy name="Front"><target><inSequence><send><endpoint><address uri="${scheme}://loop/services/Secure"${address}><enableSec policy="client-policy"/></address></endpoint></send></inSequence><outSequence>${out}<send/></outSequence></target></proxy>`,
    },
  })
}

/** One request through both proxies. */
export const ask = (bus: SecuredBus, body: string | Buffer = BODY): Promise<MemoryReply> =>
  bus.request({ target: '/services/Front', body, headers: { SOAPAction: '"urn:getQuote"' } })
