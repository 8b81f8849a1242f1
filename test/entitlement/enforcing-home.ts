import { type BusProcess, startBus } from '../conformance/bus-process.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'

/** A proxy that lets `<entitlementService>` decide and tells what came of it; `user` in the request is who asks. */
const proxy = (name: string, attributes: string): string =>
  `<proxy xmlns="http://ws.apache.org/ns/synapse" name="${name}" transports="http https"><target><inSequence>
  <property name="xacml_subject" expression="$trp:X-User"/>
  <entitlementService ${attributes}>
    <obligations><property name="seen" scope="operation" expression="//*[local-name()='Obligation']/@ObligationId"/></obligations>
    <onAccept><property name="X-Outcome" value="accepted" scope="transport"/></onAccept>
    <onReject><property name="X-Outcome" value="rejected" scope="transport"/></onReject>
  </entitlementService>
  <property name="X-Decision" expression="get-property('ENTITLEMENT_DECISION')" scope="transport"/>
  <property name="X-Obligation" expression="get-property('operation', 'seen')" scope="transport"/>
  <respond/>
</inSequence><faultSequence>
  <property name="X-Fault" expression="get-property('ERROR_MESSAGE')" scope="transport"/><respond/>
</faultSequence></target></proxy>`

export interface Outcome {
  readonly outcome: string
  readonly decision: string
  readonly obligation: string
}

const NOBODY =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><getQuote/></s:Body></s:Envelope>'

/** A bus with one proxy for each way to ask a decision point. */
export class EnforcingHome implements AsyncDisposable {
  readonly #folder: TestFolder
  readonly #bus: BusProcess

  private constructor(folder: TestFolder, bus: BusProcess) {
    this.#folder = folder
    this.#bus = bus
  }

  /** `ways`: attributes of the mediator by the name of a proxy. */
  static async open(
    ways: Readonly<Record<string, string>>,
    settings: Readonly<Record<string, unknown>> = {},
    files: Readonly<Record<string, string>> = {},
  ): Promise<EnforcingHome> {
    const folder = new TestFolder({ 'viaduct.config.json': JSON.stringify(settings), ...files })
    for (const [name, attributes] of Object.entries(ways)) folder.write(`proxies/${name}.xml`, proxy(name, attributes))
    return new EnforcingHome(folder, await startBus(folder.path, { port: 0 }))
  }

  get log(): string {
    return this.#bus.log()
  }

  async ask(way: string, user: string): Promise<Outcome | { readonly fault: string }> {
    const { headers } = await fetch(`${this.#bus.listening[0]}/services/${way}`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/xml', SOAPAction: '"urn:getQuote"', 'X-User': user },
      body: NOBODY,
      signal: AbortSignal.timeout(15_000),
    })
    const fault = headers.get('X-Fault')
    if (fault !== null) return { fault }
    const text = (name: string): string => headers.get(name) ?? ''
    return { outcome: text('X-Outcome'), decision: text('X-Decision'), obligation: text('X-Obligation') }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bus.stop()
    this.#folder[Symbol.dispose]()
  }
}
