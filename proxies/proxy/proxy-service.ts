import type { Arrival, Mediator, MessageContext, Route, Seal, ServiceSecurity } from 'viaduct'
import type { Publication } from '../wsdl/publish.ts'

const SERVICES = '/services/'

const queryOf = (target: string): string => {
  const query = target.indexOf('?')
  return query < 0 ? '' : target.slice(query)
}

interface ProxyParts {
  readonly name: string
  readonly active: boolean
  /** It takes messages only when its WSDL could be read. */
  readonly needsDescription: boolean
  readonly transports: readonly string[]
  /** Only inbound endpoints reach it (`inbound.only`). */
  readonly inboundOnly: boolean
  readonly receive: Mediator
  readonly answer: Mediator | undefined
  readonly fault: Mediator
  readonly parameters: ReadonlyMap<string, string>
  readonly publication: Publication
  readonly security: ServiceSecurity | undefined
}

/** A deployed proxy: the way its messages take. */
export class ProxyService implements Route {
  readonly name: string
  /** The name without the kind. */
  readonly service: string
  readonly receive: Mediator
  readonly answer: Mediator | undefined
  readonly fault: Mediator
  readonly transports: readonly string[]
  readonly parameters: ReadonlyMap<string, string>
  readonly publication: Publication
  readonly security: ServiceSecurity | undefined
  /** Whether it takes messages (`startOnLoad`). */
  active: boolean
  readonly #needsDescription: boolean
  readonly #inboundOnly: boolean

  constructor({
    name,
    active,
    needsDescription,
    inboundOnly,
    transports,
    receive,
    answer,
    fault,
    parameters,
    publication,
    security,
  }: ProxyParts) {
    this.name = `proxy:${name}`
    this.service = name
    this.active = active
    this.#needsDescription = needsDescription
    this.#inboundOnly = inboundOnly
    this.transports = transports
    this.receive = receive
    this.answer = answer
    this.fault = fault
    this.parameters = parameters
    this.publication = publication
    this.security = security
  }

  seal(ctx: MessageContext): Seal | undefined {
    return this.security?.seal(ctx)
  }

  takes({ transport, inbound }: Arrival): boolean {
    if (!this.active || (this.#inboundOnly && inbound === undefined)) return false
    if (this.#needsDescription && this.publication.description === undefined) return false
    // COMPAT local-always-open: Axis2 lets its local transport to every service, whatever transports it names.
    return transport === 'local' || this.transports.includes(transport)
  }

  property(name: string): unknown {
    return name === 'proxy.name' ? this.service : undefined
  }

  /** What follows the name of the service. */
  postfix(target: string): string {
    const start = target.indexOf('/', SERVICES.length)
    if (!target.startsWith(SERVICES) || start < 0) return target.startsWith(SERVICES) ? queryOf(target) : target
    const query = target.indexOf('?')
    return query >= 0 && query < start ? target.slice(query) : target.slice(start)
  }

  /** `ServiceURI`: an address of its own instead of /services/<name>. */
  get uri(): string | undefined {
    return this.parameters.get('ServiceURI')
  }
}
