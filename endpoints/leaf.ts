import type { Site } from 'viaduct'
import type { Definition } from './defined-endpoint.ts'
import { fingerprint } from './fingerprint.ts'
import { LeafEndpoint, type LeafKind } from './leaf-endpoint.ts'
import { readLeafOptions } from './leaf-options.ts'
import type { LeafConfig } from './leaf-shape.ts'
import { Suspension } from './suspension.ts'

/** The endpoint of one definition element; its suspension state outlives reloads that do not change it. */
export function createLeaf(kind: LeafKind, config: LeafConfig, definition: Definition, site: Site): LeafEndpoint {
  const options = readLeafOptions(config, definition.name, site)
  const state = site.linker.state(
    `endpoint:${definition.path}`,
    fingerprint(config.node),
    () => new Suspension(options.policy),
  )
  return new LeafEndpoint(definition, kind, options, state, site.linker)
}
