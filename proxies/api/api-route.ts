import type { Arrival, Mediator, OutgoingReply, Route } from 'viaduct'
import type { ApiIdentity } from './api-identity.ts'
import { addCors } from './cors.ts'
import { queryParameters } from './query-parameters.ts'
import { allowed, type Match } from './resource.ts'

/** The way of one request through a resource of an API. Its properties are made when a flow asks for them. */
export class ApiRoute implements Route {
  readonly name: string
  readonly receive: Mediator
  readonly answer: Mediator | undefined
  readonly fault: Mediator
  readonly #api: ApiIdentity
  readonly #match: Match
  readonly #arrival: Arrival
  readonly #path: string
  #query: ReadonlyMap<string, string> | undefined

  constructor(api: ApiIdentity, match: Match, arrival: Arrival, path: string) {
    const { resource } = match
    this.name = `api:${api.name}`
    this.receive = resource.receive
    this.answer = resource.answer
    this.fault = resource.fault
    this.#api = api
    this.#match = match
    this.#arrival = arrival
    this.#path = path
  }

  postfix(target: string): string {
    return this.#api.pathAfter(target)
  }

  complete(answer: OutgoingReply, arrival: Arrival): void {
    addCors(this.#api.cors, allowed(this.#match.resource), answer, arrival)
  }

  property(name: string): unknown {
    if (name.startsWith('uri.var.')) return this.#match.variables.get(name.slice('uri.var.'.length))
    if (name.startsWith('query.param.'))
      return (this.#query ??= queryParameters(this.#path)).get(name.slice('query.param.'.length))
    return PROPERTIES.has(name) ? this.#own(name) : undefined
  }

  #own(name: string): unknown {
    const api = this.#api
    const { resource } = this.#match
    switch (name) {
      case 'REST_FULL_REQUEST_PATH':
        return this.#arrival.target
      case 'REST_SUB_REQUEST_PATH':
      case 'RESOURCE_PATH':
        return this.#path
      case 'REST_METHOD':
        return this.#arrival.method
      case 'REST_URL_PREFIX':
        return `${this.#arrival.transport}://${this.#arrival.message.headers.get('host') ?? ''}`
      case 'REST_API_CONTEXT':
        return api.context === '' ? '/' : api.context
      case 'SYNAPSE_REST_API':
        return api.name
      case 'SYNAPSE_REST_API_VERSION':
        return api.version
      case 'SYNAPSE_REST_API_VERSION_STRATEGY':
        return api.versionType ?? ''
      case 'SYNAPSE_RESOURCE':
        return resource.name
      default:
        return resource.mapping?.text ?? resource.template?.text
    }
  }
}

const PROPERTIES = new Set([
  'REST_FULL_REQUEST_PATH',
  'REST_SUB_REQUEST_PATH',
  'RESOURCE_PATH',
  'REST_METHOD',
  'REST_URL_PREFIX',
  'REST_API_CONTEXT',
  'SYNAPSE_REST_API',
  'SYNAPSE_REST_API_VERSION',
  'SYNAPSE_REST_API_VERSION_STRATEGY',
  'SYNAPSE_RESOURCE',
  'rest.url.pattern',
])
