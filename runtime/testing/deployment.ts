import type { BusServices } from '../bus.ts'
import { Deployment, type Entrance } from '../deployment.ts'
import type { ArtifactMap, Resource } from '../linker.ts'
import { testServices } from './services.ts'

/** Named artifacts, ready-made. */
type Artifacts = { readonly [K in keyof ArtifactMap]?: Readonly<Record<string, ArtifactMap[K]>> }

export interface DeploymentOptions {
  readonly services?: BusServices
  readonly artifacts?: Artifacts
  readonly entrances?: readonly Entrance[]
  /** Text of registry resources and files by key. */
  readonly resources?: Readonly<Record<string, string>>
}

/** A deployment put together by hand. */
export function createDeployment({
  services = testServices(),
  artifacts = {},
  entrances = [],
  resources = {},
}: DeploymentOptions = {}): Deployment {
  const texts = new Map(Object.entries(resources))
  return new Deployment({
    number: 1,
    services,
    artifacts: new Map(
      Object.entries(artifacts).map(([kind, named]) => [kind, new Map<string, unknown>(Object.entries(named))]),
    ),
    entrances,
    resource: (key) => resourceOf(key, texts.get(key)),
    start: [],
    stop: [],
  })
}

function resourceOf(key: string, text: string | undefined): Resource | undefined {
  if (text === undefined) return undefined
  return { key, file: key, bytes: Buffer.from(text), mediaType: undefined, properties: new Map() }
}
