import { statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Diagnostic } from 'viaduct'
import { type CheckedHome, checkHome } from './check-home.ts'
import { type Format, isFormat, printReport } from './diagnostic-formats.ts'
import { GOOD, type Io, USAGE, type Verb, WRONG } from './io.ts'

export const check: Verb = {
  name: 'check',
  summary: 'Reads, links and validates homes or files exactly as run does, and starts nothing.',
  usage: `viaduct check [home|file…] [options]
  --strict                     warnings are errors
  --format pretty|json|sarif   pretty unless given
  --json                       the same as --format json

A file inside a home (proxies/Orders.xml) is checked together with its home; only its own mistakes are shown.
Exit status: 0 without errors, 1 with errors, 2 when a path does not exist.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { strict: { type: 'boolean' }, format: { type: 'string' }, json: { type: 'boolean' } },
    })
    const format = values.json === true ? 'json' : (values.format ?? 'pretty')
    if (!isFormat(format)) {
      io.error(`--format ${format}: expected pretty, json or sarif`)
      return USAGE
    }
    const paths = positionals.length === 0 ? ['.'] : positionals
    const missing = paths.filter((path) => kindOf(resolve(io.cwd, path)) === undefined)
    for (const path of missing) io.error(`${path}: there is no such file or folder`)
    if (missing.length > 0) return USAGE
    return checkAll(paths, values.strict === true, format, io)
  },
}

async function checkAll(paths: readonly string[], strict: boolean, format: Format, io: Io): Promise<number> {
  const diagnostics: Diagnostic[] = []
  const sources = new Map<string, Buffer>()
  for (const [home, wanted] of homesOf(paths, io.cwd)) {
    const checked = await checkHome(home, strict, io)
    for (const { file, bytes } of checked.files) sources.set(file, bytes)
    diagnostics.push(...shownOf(checked, wanted, io.cwd))
  }
  printReport({ diagnostics, sources, format }, io)
  return diagnostics.some(({ severity }) => severity === 'error') ? WRONG : GOOD
}

/** Homes to check, each with the files whose diagnostics are wanted; all when there are none. */
function homesOf(paths: readonly string[], cwd: string): Map<string, string[]> {
  const homes = new Map<string, string[]>()
  for (const path of paths) {
    const whole = resolve(cwd, path)
    const home = kindOf(whole) === 'file' ? enclosingHome(whole) : undefined
    if (home === undefined) homes.set(path, [])
    else homes.set(home, [...(homes.get(home) ?? []), whole])
  }
  return homes
}

const ARTIFACT_FOLDER =
  /^(?:proxies|proxy-services|sequences|endpoints|apis?|templates|local-entries|tasks|message-stores|message-processors|inbound-endpoints)$/

/** The home that an artifact's file belongs to, by the name of the folder it lies in. */
const enclosingHome = (file: string): string | undefined =>
  ARTIFACT_FOLDER.test(basename(dirname(file))) ? dirname(dirname(file)) : undefined

function shownOf({ diagnostics }: CheckedHome, wanted: readonly string[], cwd: string): readonly Diagnostic[] {
  if (wanted.length === 0) return diagnostics
  return diagnostics.filter(({ at }) => wanted.includes(resolve(cwd, at.file)))
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  return found.isDirectory() ? 'folder' : 'file'
}
