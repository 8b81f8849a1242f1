import type { AnyArtifactDefinition } from 'viaduct'
import { api } from './api/api.ts'
import { inboundEndpoint } from './inbound/inbound-endpoint.ts'
import { proxy } from './proxy/proxy.ts'

/** Places where messages enter, in the order in which they are asked for an arrival. */
export const artifacts: readonly AnyArtifactDefinition[] = [inboundEndpoint, proxy, api]
