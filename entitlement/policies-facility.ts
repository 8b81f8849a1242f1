import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DecisionPoint, defineFacility, type Diagnostic, type Linker } from 'viaduct'
import { loadPolicies, type PolicyFile } from './load-policies.ts'

/** Where the policies of a home lie, beside those of WS-Policy. */
const FOLDER = 'policies'

/** The decision point that knows the policies of the home. */
export const decisions = defineFacility({
  name: 'decisions',
  summary: 'Decides by the XACML policies of the home.',
  create: (linker) => policiesOf(linker),
})

interface Kept {
  readonly point: DecisionPoint
  readonly diagnostics: readonly Diagnostic[]
}

/** Policies that have not changed since the last deployment are not compiled again. */
function policiesOf(linker: Linker): DecisionPoint {
  const { home, log, platform } = linker.services
  const files = home === '' ? [] : policyFiles(join(home, FOLDER))
  const fingerprint = createHash('sha256')
  for (const { file, text } of files) fingerprint.update(`${file}\n`).update(text)
  const { point, diagnostics } = linker.state<Kept>('decisions', fingerprint.digest('base64url'), () => {
    return loadPolicies(files, {
      now: () => platform.now(),
      failed: (message, cause) => {
        const reason = cause instanceof Error ? (cause.stack ?? cause.message) : 'unknown'
        log.log('ERROR', 'decisions', `${message}: ${reason}`)
      },
    })
  })
  for (const { code, at, message } of diagnostics) linker.report(code, at, message)
  return point
}

/** Files of the folder and of those in it, by name. */
function policyFiles(folder: string): PolicyFile[] {
  return filesIn(folder)
    .filter((file) => file.toLowerCase().endsWith('.xml'))
    .toSorted()
    .map((file) => ({ file, text: readFileSync(file) }))
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
