import type { AnyArtifactDefinition } from 'viaduct'
import { localEntry } from './local-entry/local-entry.ts'
import { sequence } from './sequence/sequence.ts'
import { template } from './template/template.ts'

export { defaults, defaultSequences } from './default-sequences.ts'

/** Artifacts that hold flows, and the texts that flows use. */
export const artifacts: readonly AnyArtifactDefinition[] = [localEntry, sequence, template]
