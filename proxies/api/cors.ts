import type { Arrival, OutgoingReply, Settings } from 'viaduct'

/** `synapse.rest.CORSConfig.…` of the settings, or a CORS handler of the API (language reference 3.6). */
export interface Cors {
  readonly enabled: boolean
  readonly origins: readonly string[]
  readonly headers: string
  /** Undefined: the methods of the resource. */
  readonly methods: string | undefined
  readonly credentials: boolean
}

const PREFIX = 'synapse.rest.CORSConfig.'

/** The settings of the whole bus. Nothing is allowed unless an origin is configured. */
export function corsOf({ properties }: Settings): Cors {
  return {
    enabled: properties[`${PREFIX}enabled`] !== 'false',
    origins: split(properties[`${PREFIX}Access-Control-Allow-Origin`]),
    headers: properties[`${PREFIX}Access-Control-Allow-Headers`] ?? '',
    methods: undefined,
    credentials: false,
  }
}

export const split = (text: string | undefined): string[] =>
  (text ?? '').split(',').flatMap((each) => each.trim() || [])

/** Value of Access-Control-Allow-Origin for this request; undefined when its origin is not allowed. */
export function allowedOrigin({ origins, credentials }: Cors, origin: string): string | undefined {
  // With credentials a browser refuses `*`; the origin itself means the same.
  if (origins.includes('*')) return credentials ? origin : '*'
  return origins.includes(origin) ? origin : undefined
}

/** Whether a preflight comes from an origin that is not allowed. */
export function refusesOrigin(cors: Cors, arrival: Arrival): boolean {
  const origin = arrival.message.headers.get('origin')
  return cors.enabled && origin !== undefined && allowedOrigin(cors, origin) === undefined
}

/** Adds the CORS fields to an answer. Requests without an Origin did not come from a script and get none. */
export function addCors(cors: Cors, methods: readonly string[], { headers }: OutgoingReply, arrival: Arrival): void {
  if (!cors.enabled || cors.origins.length === 0) return
  const origin = arrival.message.headers.get('origin')
  const allowed = origin === undefined ? undefined : allowedOrigin(cors, origin)
  if (allowed === undefined) return
  headers.set('Access-Control-Allow-Origin', allowed)
  headers.set(
    'Access-Control-Allow-Methods',
    cors.methods ?? methods.filter((method) => method !== 'OPTIONS').join(', '),
  )
  if (cors.headers !== '') headers.set('Access-Control-Allow-Headers', cors.headers)
  if (cors.credentials) headers.set('Access-Control-Allow-Credentials', 'true')
  if (allowed !== '*') headers.add('Vary', 'Origin')
}
