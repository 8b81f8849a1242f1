import {
  type DecisionPoint,
  type DecisionSource,
  type DecisionSourceOptions,
  defineFacility,
  type Entitlement,
  type Linker,
} from 'viaduct'
import { createEmbeddedSource } from './clients/embedded-source.ts'
import { createRemoteSource, objectionTo, type Signing } from './clients/remote-source.ts'
import { compileQuestioner } from './handlers/compile-questioner.ts'

/** Remote decision points that are remembered with their sessions; keys of a registry may lead to any number. */
const MOST_SOURCES = 100

/** Clients and callback handlers for `<entitlementService>`. */
export const entitlement = defineFacility({
  name: 'entitlement',
  summary: 'Asks decision points, here and elsewhere, whether a message may pass.',
  create: (linker) => entitlementOf(linker),
})

interface Sources {
  readonly embedded: WeakMap<DecisionPoint, DecisionSource>
  readonly remote: Map<string, DecisionSource>
}

function entitlementOf(linker: Linker): Entitlement {
  const sources = linker.state<Sources>('entitlement-sources', '', () => ({
    embedded: new WeakMap(),
    remote: new Map(),
  }))
  const signed = new Map<string, DecisionSource>()
  return {
    questioner: (className, at) => compileQuestioner(className, at, linker),
    objection: (options) => objectionTo(options, signingFor(options, linker)),
    source: (options) =>
      options.client === 'embedded'
        ? embeddedSource(sources, linker)
        : remoteSource(options.client === 'wsXacml' ? signed : sources.remote, options, linker),
    reveal: (ciphertext) => linker.facility('signing')?.decrypt(Buffer.from(ciphertext, 'base64'))?.toString('utf8'),
  }
}

/** The same source for the same policies, so that what was kept of their answers stays good over a reload. */
function embeddedSource({ embedded }: Sources, linker: Linker): DecisionSource {
  const point = linker.facility('decisions') ?? NOBODY
  let source = embedded.get(point)
  if (source === undefined) embedded.set(point, (source = createEmbeddedSource(point)))
  return source
}

/** Nothing decides, so nothing is permitted. */
const NOBODY: DecisionPoint = {
  decide() {
    throw new Error('there is no embedded decision point')
  },
}

/** Keys are read only where something is signed. */
function signingFor({ client }: DecisionSourceOptions, linker: Linker): Signing {
  const signing = client === 'wsXacml' ? linker.facility('signing') : undefined
  return signing?.canSign === true ? signing : undefined
}

/** Those that sign belong to one deployment, whose keys they use. */
function remoteSource(
  remote: Map<string, DecisionSource>,
  options: DecisionSourceOptions,
  linker: Linker,
): DecisionSource {
  const { client, url, user, password, thriftHost, thriftPort, reuseSession } = options
  const key = JSON.stringify([client, url, user, password, thriftHost, thriftPort, reuseSession])
  const known = remote.get(key)
  const source = known ?? createRemoteSource(options, linker.services, signingFor(options, linker))
  remote.delete(key)
  remote.set(key, source)
  for (const oldest of remote.keys()) {
    if (remote.size <= MOST_SOURCES) break
    remote.delete(oldest)
  }
  return source
}
