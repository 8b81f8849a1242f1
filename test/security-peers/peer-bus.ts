import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createKeys } from '../../cli/sample-keys.ts'
import { createBackend, serviceNamed } from '../../samples/backends/index.ts'
import { asymmetric, policyText } from '../../security/testing/policies.ts'
import { type BusProcess, startBus } from '../conformance/bus-process.ts'
import { BODY_ENCRYPTED, BODY_SIGNED } from '../security/loop.ts'
import { withConfig } from '../security/secured-bus.ts'

const MERLIN = 'org.apache.ws.security.components.crypto.Merlin'

/** The keys of one side; the others are partners. */
const config = (
  own: string,
  recipient: string,
): string => `<rampart:RampartConfig xmlns:rampart="http://ws.apache.org/rampart/policy">
<rampart:encryptionUser>${recipient}</rampart:encryptionUser>
<rampart:signatureCrypto><rampart:crypto provider="${MERLIN}">
<rampart:property name="org.apache.ws.security.crypto.merlin.keystore.file">${own}.pem</rampart:property>
<rampart:property name="org.apache.ws.security.crypto.merlin.truststore.file">${recipient === 'useReqSigCert' ? 'partners.pem' : `${recipient}.crt`}</rampart:property>
</rampart:crypto></rampart:signatureCrypto></rampart:RampartConfig>`

const POLICIES: Readonly<Record<string, string>> = {
  sign: policyText(asymmetric() + BODY_SIGNED),
  encrypt: policyText(asymmetric() + BODY_SIGNED + BODY_ENCRYPTED),
  digest: policyText(
    '<sp:SupportingTokens><wsp:Policy><sp:UsernameToken><wsp:Policy><sp:HashPassword/></wsp:Policy></sp:UsernameToken></wsp:Policy></sp:SupportingTokens>',
  ),
}

const endpoint = (uri: string, inside = '', attributes = ''): string =>
  `<endpoint><address uri="${uri}"${attributes}>${inside}</address></endpoint>`

const proxy = (name: string, to: string, out: string, more: string): string =>
  `<proxy xmlns="http://ws.apache.org/ns/synapse" name="${name}"><target><inSequence><send>${to}</send></inSequence><outSequence>${out}<send/></outSequence></target>${more}</proxy>`

const fixed = (name: string, more: string): string =>
  `<proxy xmlns="http://ws.apache.org/ns/synapse" name="${name}"><target><inSequence><payloadFactory media-type="xml"><format><q:getQuoteResponse xmlns:q="http://services.samples"><q:return>IBM Company</q:return></q:getQuoteResponse></format><args/></payloadFactory><respond/></inSequence></target>${more}</proxy>`

/** A bus process with secured proxies in front of the sample back ends, and one in front of a secured peer. */
export class PeerBus implements AsyncDisposable {
  readonly url: string
  /** The keys `service` and `client` of both sides. */
  readonly keys: string
  readonly #folder: string
  readonly #bus: BusProcess
  readonly #close: () => Promise<void>

  private constructor(folder: string, bus: BusProcess, close: () => Promise<void>) {
    this.#folder = folder
    this.#bus = bus
    this.#close = close
    this.keys = join(folder, 'security')
    this.url = bus.listening[0] ?? ''
  }

  /** `peer` makes the address of a secured service from the folder with the keys. */
  static async open(peer?: (keys: string) => Promise<string>): Promise<PeerBus> {
    const folder = mkdtempSync(join(tmpdir(), 'viaduct-peer-bus-'))
    createKeys(folder, ['service', 'client'])
    const backend = await createBackend({
      services: ['SimpleStockQuoteService', 'MTOMSwASampleService'].map(serviceNamed),
      port: 0,
    })
    const write = (name: string, text: string): void => {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    const quotes = endpoint(`http://localhost:${backend.port}/services/SimpleStockQuoteService`)
    const uploads = endpoint(`http://localhost:${backend.port}/services/MTOMSwASampleService`, '', ' optimize="mtom"')
    const secured = (policy: string): string => `<policy key="file:policies/${policy}.xml"/><enableSec/>`
    for (const [name, policy] of Object.entries(POLICIES)) {
      write(`policies/${name}.xml`, name === 'digest' ? policy : withConfig(policy, config('service', 'useReqSigCert')))
      // gSOAP canonicalises no content with QNames in attribute values, such as the xsi:type of the sample back end.
      write(`proxies/Fixed-${name}.xml`, fixed(`Fixed-${name}`, secured(name)))
      write(`proxies/Quote-${name}.xml`, proxy(`Quote-${name}`, quotes, '', secured(name)))
      write(
        `proxies/Upload-${name}.xml`,
        proxy(`Upload-${name}`, uploads, '<property name="enableMTOM" value="true" scope="axis2"/>', secured(name)),
      )
    }
    write('users.json', '{ "users": { "alice": { "password": "wonderland", "roles": [] } } }')
    write('viaduct.config.json', '{ "identity": { "store": "file", "file": "users.json" } }')
    if (peer !== undefined) {
      const address = await peer(join(folder, 'security'))
      for (const name of ['sign', 'encrypt']) {
        write(`policies/client-${name}.xml`, withConfig(POLICIES[name] ?? '', config('client', 'service')))
        write(
          `proxies/Peer-${name}.xml`,
          proxy(`Peer-${name}`, endpoint(address, `<enableSec policy="file:policies/client-${name}.xml"/>`), '', ''),
        )
      }
    }
    const bus = await startBus(folder, { port: 0 })
    return new PeerBus(folder, bus, () => backend.close())
  }

  get log(): string {
    return this.#bus.log()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bus[Symbol.asyncDispose]()
    await this.#close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
