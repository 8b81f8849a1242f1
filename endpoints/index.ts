import type { AnyArtifactDefinition } from 'viaduct'
import { endpoint } from './endpoint.ts'

/** Places where messages leave. */
export const artifacts: readonly AnyArtifactDefinition[] = [endpoint]
