import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { PolicyFile } from './load-policies.ts'

/** Where the policies of a home lie, beside those of WS-Policy. */
const FOLDER = 'policies'

/** The XML files of a home's `policies/` and of the folders in it, by name; none without a home. */
export function policyFiles(home: string): PolicyFile[] {
  if (home === '') return []
  return filesIn(join(home, FOLDER))
    .filter((file) => file.toLowerCase().endsWith('.xml'))
    .toSorted()
    .map((file) => ({ file: shown(file), text: readFileSync(file) }))
}

/** Relative to where the command was started when it lies below, as all other files are shown. */
function shown(file: string): string {
  const below = relative(process.cwd(), file)
  return below.startsWith('..') ? file : below
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
