import { createHash } from 'node:crypto'
import { type AttributeSource, type DecisionPoint, defineFacility, type Diagnostic, type Linker } from 'viaduct'
import { loadPolicies, type PolicyFile } from './load-policies.ts'
import { policyFiles } from './policy-files.ts'
import { homeHierarchy, homeSources } from './sources/home-sources.ts'

/** The decision point that knows the policies of the home. */
export const decisions = defineFacility({
  name: 'decisions',
  summary: 'Decides by the XACML policies of the home.',
  create: (linker) => policiesOf(linker),
})

interface Kept {
  readonly point: DecisionPoint
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: readonly AttributeSource[]
  /** Deployments that run with it. */
  users: number
}

/** While nothing that decides has changed, the point stays the same one, over any number of deployments. */
function policiesOf(linker: Linker): DecisionPoint {
  const files = policyFiles(linker.services.home)
  const kept = linker.state<Kept>('decisions', fingerprintOf(files, linker), () => read(files, linker))
  for (const { code, at, message } of kept.diagnostics) linker.report(code, at, message)
  linker.onStart(() => {
    kept.users++
  })
  linker.onStop(async () => {
    if (--kept.users === 0) for (const source of kept.sources) await source.close?.()
  })
  return kept.point
}

function fingerprintOf(files: readonly PolicyFile[], linker: Linker): string {
  const { policies, database } = linker.services.settings
  const modules = ['attribute-source', 'resource-hierarchy']
    .flatMap((kind) => linker.extensions(kind))
    .map(({ url }) => url)
  const hash = createHash('sha256').update(JSON.stringify([policies, database, modules]))
  for (const { file, text } of files) hash.update(`\n${file}\n`).update(text)
  return hash.digest('base64url')
}

function read(files: readonly PolicyFile[], linker: Linker): Kept {
  const { log, platform, settings } = linker.services
  const { combining, roots, time } = settings.policies
  const sources = homeSources(linker)
  const hierarchy = homeHierarchy(linker)
  const { point, diagnostics } = loadPolicies(files, {
    ...(hierarchy !== undefined && { hierarchy }),
    combining,
    roots,
    sources,
    timeRule: time,
    now: () => platform.now(),
    failed: (message, cause) => {
      const reason = cause instanceof Error ? (cause.stack ?? cause.message) : 'unknown'
      log.log('ERROR', 'decisions', `${message}: ${reason}`)
    },
  })
  return { point, diagnostics, sources, users: 0 }
}
