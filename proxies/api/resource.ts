import type { Arrival, Mediator } from 'viaduct'
import type { PathTemplate } from './path-template.ts'
import type { UrlMapping } from './url-mapping.ts'

/** Methods a resource may name. */
export const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'] as const

/** One resource of an API: what it takes, and what happens then. */
export interface Resource {
  readonly name: string
  /** Empty: all. */
  readonly methods: ReadonlySet<string>
  readonly mapping: UrlMapping | undefined
  readonly template: PathTemplate | undefined
  readonly protocol: 'http' | 'https' | undefined
  readonly contentType: string | undefined
  readonly userAgent: RegExp | undefined
  readonly bindsTo: ReadonlySet<string>
  readonly receive: Mediator
  readonly answer: Mediator | undefined
  readonly fault: Mediator
}

/** A resource that fits a request, with the variables of its template. */
export interface Match {
  readonly resource: Resource
  readonly variables: ReadonlyMap<string, string>
}

const NONE: ReadonlyMap<string, string> = new Map()

/** Whether method, protocol, media type and user agent fit. OPTIONS fits every resource. */
export function accepts(resource: Resource, arrival: Arrival): boolean {
  const { method, message, transport } = arrival
  if (resource.protocol !== undefined && resource.protocol !== transport) return false
  if (method === 'OPTIONS') return true
  if (resource.methods.size > 0 && !resource.methods.has(method)) return false
  if (
    resource.contentType !== undefined &&
    !message.empty &&
    message.headers.get('content-type') !== resource.contentType
  )
    return false
  if (resource.userAgent === undefined) return true
  const agent = message.headers.get('user-agent')
  return agent !== undefined && resource.userAgent.test(agent)
}

/**
 * The resource for a path: exact mapping, longest prefix, extension; then templates in their order; then the resource that has
 * neither (language reference 3.6). `path` is what follows the context, with the query.
 */
export function dispatch(resources: readonly Resource[], path: string): Match | undefined {
  const mapped = byMapping(resources, withoutQuery(path))
  if (mapped !== undefined) return { resource: mapped, variables: NONE }
  for (const resource of resources) {
    const variables = resource.template?.match(path)
    if (variables !== undefined) return { resource, variables }
  }
  const rest = resources.find(({ mapping, template }) => mapping === undefined && template === undefined)
  return rest && { resource: rest, variables: NONE }
}

function byMapping(resources: readonly Resource[], path: string): Resource | undefined {
  let best: Resource | undefined
  let longest = 0
  let byExtension: Resource | undefined
  for (const resource of resources) {
    const { mapping } = resource
    if (mapping === undefined) continue
    if (mapping.exact(path)) return resource
    const length = mapping.prefix(path)
    if (length > longest) {
      best = resource
      longest = length
    } else if (byExtension === undefined && mapping.extension(path)) byExtension = resource
  }
  return best ?? byExtension
}

function withoutQuery(path: string): string {
  const query = path.indexOf('?')
  return query < 0 ? path : path.slice(0, query)
}

const ALL = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']

/** Methods for the Allow header. */
export const allowed = ({ methods }: Resource): readonly string[] =>
  methods.size === 0 ? ALL : [...new Set([...methods, 'OPTIONS'])]
