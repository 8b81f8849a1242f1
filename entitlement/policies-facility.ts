import { createHash } from 'node:crypto'
import {
  type AttributeSource,
  type DecisionPoint,
  defineFacility,
  type Diagnostic,
  Diagnostics,
  type Linker,
} from 'viaduct'
import { loadPolicies, type PolicyDocument, type PolicyFile, readPolicyFile } from './load-policies.ts'
import { policyFiles } from './policy-files.ts'
import { homeHierarchy, homeSources } from './sources/home-sources.ts'

/** The decision point that knows the policies of the home. */
export const decisions = defineFacility({
  name: 'decisions',
  summary: 'Decides by the XACML policies of the home.',
  create: (linker) => policiesOf(linker),
})

interface Loaded {
  readonly point: DecisionPoint
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: readonly AttributeSource[]
  readonly failed: boolean
}

interface Kept {
  loaded: Loaded
  /** Deployments that run with it. */
  users: number
}

/** While nothing that decides has changed, the point stays the same one, over any number of deployments. */
function policiesOf(linker: Linker): DecisionPoint {
  const files = policyFiles(linker.services.home)
  // Asked for by every deployment, so that it is kept.
  const documents = linker.state<Documents>('policy-documents', '', () => new Map())
  let isNew = false
  const kept = linker.state<Kept>('decisions', fingerprintOf(files, linker), () => {
    isNew = true
    return { loaded: read(files, documents, linker), users: 0 }
  })
  // What was wrong outside of the home (a database that was not there) may have been mended.
  if (kept.loaded.failed && !isNew) kept.loaded = read(files, documents, linker)
  const { point, diagnostics, sources } = kept.loaded
  for (const { code, at, message } of diagnostics) linker.report(code, at, message)
  linker.onStart(() => {
    kept.users++
  })
  linker.onStop(async () => {
    if (--kept.users === 0) for (const source of sources) await source.close?.()
  })
  return point
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

function read(files: readonly PolicyFile[], documents: Documents, linker: Linker): Loaded {
  const { log, platform, settings } = linker.services
  const { combining, roots, time } = settings.policies
  const around = new Diagnostics()
  const sources = homeSources(linker, around.report)
  const hierarchy = homeHierarchy(linker, around.report)
  const { point, diagnostics, failed } = loadPolicies(files, {
    ...(hierarchy !== undefined && { hierarchy }),
    combining,
    roots,
    sources,
    read: remembering(files, documents),
    timeRule: time,
    now: () => platform.now(),
    failed: (message, cause) => {
      const reason = cause instanceof Error ? (cause.stack ?? cause.message) : 'unknown'
      log.log('ERROR', 'decisions', `${message}: ${reason}`)
    },
  })
  const isWrong = failed || around.failed
  // The deployment is refused, so nobody will end them.
  if (isWrong) for (const source of sources) void source.close?.()
  return { point, diagnostics: [...around.found, ...diagnostics], sources, failed: isWrong }
}

interface Remembered {
  readonly hash: string
  readonly document: PolicyDocument
}

/** By file. */
type Documents = Map<string, Remembered>

/** Documents that have not changed are not read again: one policy of many is what changes. */
function remembering(files: readonly PolicyFile[], documents: Documents): (file: PolicyFile) => PolicyDocument {
  const present = new Set(files.map(({ file }) => file))
  for (const file of documents.keys()) if (!present.has(file)) documents.delete(file)
  return (file) => {
    const hash = createHash('sha256').update(file.text).digest('base64url')
    const known = documents.get(file.file)
    if (known?.hash === hash) return known.document
    const document = readPolicyFile(file)
    documents.set(file.file, { hash, document })
    return document
  }
}
