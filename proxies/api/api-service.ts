import type { Arrival, Route, Span } from 'viaduct'
import { ApiRoute } from './api-route.ts'
import type { Cors } from './cors.ts'
import { optionsRoute, refusal } from './refusal.ts'
import type { ApiIdentity } from './api-identity.ts'
import { definitionRoute, type PublishedDefinition } from './published-definition.ts'
import { accepts, allowed, dispatch, type Resource } from './resource.ts'

interface ApiParts {
  readonly name: string
  /** Where the context is written. */
  readonly at: Span
  /** Starts with /, does not end with it; '' for the root. */
  readonly context: string
  readonly version: string
  readonly versionType: 'url' | 'context' | undefined
  readonly hostname: string | undefined
  readonly port: number | undefined
  readonly transports: readonly string[]
  readonly bindsTo: ReadonlySet<string>
  readonly resources: readonly Resource[]
  readonly cors: Cors
  /** What `publishSwagger` gives. */
  readonly definition: PublishedDefinition | undefined
}

/** A deployed REST API: says whether an arrival is for it, and which way it takes. */
export class ApiService implements ApiIdentity {
  readonly name: string
  readonly context: string
  readonly version: string
  readonly versionType: 'url' | 'context' | undefined
  readonly resources: readonly Resource[]
  readonly cors: Cors
  readonly #address: string
  readonly #parts: ApiParts

  constructor(parts: ApiParts) {
    this.#parts = parts
    const { name, context, version, versionType } = parts
    this.name = version === '' ? name : `${name}:v${version}`
    this.context = context
    this.version = version
    this.versionType = versionType
    this.resources = parts.resources
    this.cors = parts.cors
    this.#address = versionType === 'url' ? `${context}/${version}` : context
  }

  get at(): Span {
    return this.#parts.at
  }

  /** Whether another API would take the very same requests. */
  clashes(api: ApiService): boolean {
    const { hostname, port, transports, bindsTo } = this.#parts
    const other = api.#parts
    return (
      this.#address === api.#address &&
      hostname === other.hostname &&
      port === other.port &&
      transports.some((each) => other.transports.includes(each)) &&
      [...bindsTo].some((each) => other.bindsTo.has(each))
    )
  }

  /** `binding`: the inbound endpoint it came through, or `default` for the standard listeners. */
  match(arrival: Arrival, binding: string): Route | undefined {
    const { target, transport } = arrival
    if (!this.#owns(target) || !this.#parts.transports.includes(transport) || !this.#parts.bindsTo.has(binding))
      return undefined
    if (!this.#sameHost(arrival)) return undefined
    const path = this.pathAfter(target)
    const { definition } = this.#parts
    const published = definition && arrival.method === 'GET' ? definitionRoute(definition, path) : undefined
    return published ?? this.#resource(arrival, path, binding)
  }

  /** What follows context and version, with the query. */
  pathAfter(target: string): string {
    return target.slice(this.#address.length)
  }

  #owns(target: string): boolean {
    const address = this.#address
    if (!target.startsWith(address)) return false
    if (target.length === address.length) return true
    const next = target.charCodeAt(address.length)
    return next === SLASH || next === QUERY
  }

  #sameHost({ message, transport }: Arrival): boolean {
    const { hostname, port } = this.#parts
    if (hostname === undefined && port === undefined) return true
    const host = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(message.headers.get('host') ?? '')
    if (host === null || (hostname !== undefined && host[1]?.toLowerCase() !== hostname.toLowerCase())) return false
    return port === undefined || port === Number(host[2] ?? (transport === 'https' ? 443 : 80))
  }

  #resource(arrival: Arrival, rest: string, binding: string): Route {
    const path = rest === '' ? '/' : rest
    const bound = this.resources.filter((resource) => resource.bindsTo.has(binding))
    const fitting = bound.filter((resource) => accepts(resource, arrival))
    if (fitting.length === 0) return this.#refuse(arrival, bound, path)
    const match = dispatch(optionsFirst(fitting), path)
    if (match === undefined) return refusal(this, 404, [])
    const { methods } = match.resource
    if (arrival.method === 'OPTIONS' && !methods.has('OPTIONS')) return optionsRoute(this, allowed(match.resource))
    return new ApiRoute(this, match, arrival, path)
  }

  /** Why no resource takes the request: no such path, not with this method, or neither type nor agent fits. */
  #refuse({ method }: Arrival, resources: readonly Resource[], path: string): Route {
    const found = dispatch(resources, path)?.resource
    if (found === undefined) return refusal(this, 404, [])
    if (found.methods.size > 0 && !found.methods.has(method)) return refusal(this, 405, allowed(found))
    return refusal(this, 400, [])
  }
}

const SLASH = 0x2f
const QUERY = 0x3f

/** Resources made for OPTIONS alone come before those that any OPTIONS request fits. */
function optionsFirst(resources: readonly Resource[]): readonly Resource[] {
  const only = ({ methods }: Resource): boolean => methods.size === 1 && methods.has('OPTIONS')
  return resources.some(only) ? [...resources.filter(only), ...resources.filter((each) => !only(each))] : resources
}
