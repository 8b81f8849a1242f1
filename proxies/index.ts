import type { AnyArtifactDefinition } from 'viaduct'
import { api } from './api/api.ts'
import { proxy } from './proxy/proxy.ts'

/** Places where messages enter, in the order in which they are asked for an arrival. */
export const artifacts: readonly AnyArtifactDefinition[] = [proxy, api]
