import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { basename, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { AnyMediatorDefinition } from '../artifact.ts'
import { didYouMean, type Report, type Span } from '../diagnostic.ts'
import type { Logger } from '../log.ts'
import { type ModuleExport, readExports } from './module-exports.ts'
import { withDeadline } from './deadline.ts'

const EXTENSIONS = new Set(['.ts', '.js', '.mjs'])
const LOAD_TIME = 10_000
/** ES modules cannot be unloaded: each version stays in memory until a restart. */
const VERSIONS_WORTH_A_WARNING = 200

/** The drop-in modules of one state of `mediators/`. Immutable; a reload makes a new one. */
export class Modules {
  readonly #byName = new Map<string, ModuleExport>()
  readonly all: readonly ModuleExport[]
  /** Names of files that could not be loaded, without their ending; nobody knows what they export. */
  readonly failed: readonly string[]

  constructor(all: readonly ModuleExport[], failed: readonly string[] = []) {
    this.all = all
    this.failed = failed
    for (const each of all) for (const name of each.names) this.#byName.set(name, each)
  }

  find(name: string): ModuleExport | undefined {
    // `com.acme.QuoteMediator` finds a module that calls itself QuoteMediator when none claims the full name.
    return this.#byName.get(name) ?? this.#byName.get(name.slice(name.lastIndexOf('.') + 1))
  }

  /** What to say about a name that is found neither here nor in `builtIn`; undefined when its file failed, which has been told. */
  missing(name: string, builtIn: ReadonlySet<string> = new Set()): string | undefined {
    const bare = name.slice(name.lastIndexOf('.') + 1)
    if (builtIn.has(bare) || this.failed.some((each) => plain(each) === plain(bare))) return undefined
    const names = this.names()
    const exported = names.length === 0 ? 'mediators/ holds no module' : `mediators/ exports ${names.join(', ')}`
    const failed = this.failed.length === 0 ? '' : `; ${this.failed.join(', ')} could not be loaded`
    const known = [...names, ...builtIn]
    return `there is no class "${name}"; ${exported}${failed}${didYouMean(name, known) || didYouMean(bare, known)}`
  }

  names(): string[] {
    return [...this.#byName.keys()]
  }

  /** Definitions with a namespace of their own, usable as elements. */
  mediators(): AnyMediatorDefinition[] {
    return this.all.flatMap((each) => (each.kind === 'definition' ? [each.definition] : []))
  }
}

const plain = (name: string): string => name.replaceAll(/[-_]/g, '').toLowerCase()

export const noModules = new Modules([])

/**
 * Imports what lies in a home's `mediators/`: files directly in it, or `name/name.ts`. A file is imported under its content
 * hash, so an unchanged one stays the module it is, and a changed one is new with everything it imports from the folder.
 * `viaduct` (and its parts) inside the folder means this very engine.
 */
export class ModuleFolder implements Disposable {
  readonly #folder: string
  readonly #log: Logger
  readonly #hooks: { deregister(): void }
  readonly #loaded = new Map<string, { readonly fingerprint: string; readonly exports: ModuleExport[] }>()
  /** Which files of the folder a file imports, noted while they are resolved. */
  readonly #imports = new Map<string, Set<string>>()
  #versions = 0

  constructor(home: string, log: Logger) {
    this.#folder = join(home, 'mediators')
    this.#log = log
    this.#hooks = installEngine(this.#folder, {
      relative: (importer, imported) => {
        this.#imports.set(importer, (this.#imports.get(importer) ?? new Set()).add(imported))
        return this.#versioned(imported)
      },
    })
  }

  /** Every usable export; problems are reported as `module-failed` at the file (and line, when it is a syntax error). */
  async load(report: Report): Promise<Modules> {
    const all: ModuleExport[] = []
    const failed: string[] = []
    for (const file of filesOf(this.#folder)) {
      const known = this.#loaded.get(file)
      const exports = known?.fingerprint === this.#fingerprint(file) ? known.exports : await this.#import(file, report)
      if (exports === undefined) failed.push(basename(file, extname(file)))
      else all.push(...exports)
    }
    return new Modules(all, failed)
  }

  [Symbol.dispose](): void {
    this.#hooks.deregister()
  }

  async #import(file: string, report: Report): Promise<ModuleExport[] | undefined> {
    try {
      const url = this.#versioned(file)
      const namespace = (await withDeadline(import(url), LOAD_TIME, 'it did not finish loading')) as object
      const { exports, refused } = readExports(namespace, file, url)
      if (refused !== undefined) throw new Error(refused)
      this.#loaded.set(file, { fingerprint: this.#fingerprint(file), exports })
      if (++this.#versions === VERSIONS_WORTH_A_WARNING) {
        this.#log.log(
          'WARN',
          'modules',
          `${this.#versions} versions of modules are in memory; a restart frees those that are no longer used`,
        )
      }
      return exports
    } catch (thrown) {
      report('module-failed', placeOf(thrown, file), reasonOf(thrown, this.#folder))
      return undefined
    }
  }

  /** Hash of a file and of everything in the folder that it is known to import. */
  #fingerprint(file: string): string {
    const hash = createHash('sha256')
    const seen = new Set<string>()
    const add = (each: string): void => {
      if (seen.has(each)) return
      seen.add(each)
      hash.update(existsSync(each) ? readFileSync(each) : '')
      for (const imported of this.#imports.get(each) ?? []) add(imported)
    }
    add(file)
    return hash.digest('hex').slice(0, 16)
  }

  #versioned(file: string): string {
    return `${pathToFileURL(file).href}?v=${this.#fingerprint(file)}`
  }
}

/** What modules import from the bus that runs them. */
const ENGINE = ['viaduct', 'viaduct/testing', 'viaduct/workflow']

interface Hooked {
  /** Told of every import from one file of the folder to another; gives the URL to import instead. */
  readonly relative?: (importer: string, imported: string) => string
}

/** Makes `viaduct`, imported from inside `folder`, mean this very engine. */
export function installEngine(folder: string, { relative }: Hooked = {}): { deregister(): void } {
  const inside = pathToFileURL(join(folder, '/')).href
  const engine = new Map(ENGINE.map((specifier) => [specifier, import.meta.resolve(specifier)]))
  return registerHooks({
    resolve: (specifier, context, next) => {
      const { parentURL = '' } = context
      const fromInside = parentURL.startsWith(inside)
      const url = fromInside ? engine.get(specifier) : undefined
      if (url !== undefined) return { url, shortCircuit: true }
      const resolved = next(specifier, context)
      if (!resolved.url.startsWith(inside)) return resolved
      const file = fileURLToPath(resolved.url)
      const module = { ...resolved, format: formatOf(file) ?? resolved.format }
      if (!fromInside || relative === undefined || !specifier.startsWith('.')) return module
      return { ...module, url: relative(fileURLToPath(parentURL), file) }
    },
  })
}

const MODULE_SYNTAX = /^\s*(?:import|export)\b/m

/** What is written as an ES module is one, whatever a package.json above the home says of its own files. */
function formatOf(file: string): string | undefined {
  const extension = extname(file)
  if (extension !== '.ts' && extension !== '.js') return undefined
  if (!MODULE_SYNTAX.test(readFileSync(file, 'utf8'))) return undefined
  return extension === '.ts' ? 'module-typescript' : 'module'
}

function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return []
  const files: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (
      entry.name.startsWith('.') ||
      entry.name === 'node_modules' ||
      entry.name.includes('.test.') ||
      entry.name.endsWith('.d.ts')
    )
      continue
    if (entry.isFile() && EXTENSIONS.has(extname(entry.name))) files.push(join(folder, entry.name))
    else if (entry.isDirectory()) {
      const main = [...EXTENSIONS]
        .map((extension) => join(folder, entry.name, entry.name + extension))
        .find((file) => existsSync(file))
      if (main !== undefined) files.push(main)
    }
  }
  return files
}

function reasonOf(thrown: unknown, folder: string): string {
  if (!(thrown instanceof Error))
    return `it threw ${typeof thrown === 'string' ? thrown : 'something that is not an Error'}`
  const inside = pathToFileURL(folder).href
  const frame = thrown.stack?.split('\n').find((line) => /^\s+at /.test(line) && line.includes(inside))
  return frame === undefined ? thrown.message : `${thrown.message} (${frame.trim().replace(/\?v=[0-9a-f]+/, '')})`
}

/**
 * Where in the file it went wrong. Node begins the stack of a syntax error with `file:///…:3` (a plain path when types could
 * not be stripped), then the line, then a caret below the column.
 */
function placeOf(thrown: unknown, file: string): Span {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  const named = [pathToFileURL(file).href, file].find((name) => stack.includes(name))
  const after = named === undefined ? '' : stack.slice(stack.indexOf(named) + named.length)
  const line = Number(/^(?:\?v=[0-9a-f]+)?:(\d+)/.exec(after)?.[1] ?? 1)
  const caret = /^ *(?=\^)/m.exec(after.split('\n', 5).join('\n'))?.[0] ?? ''
  return { file, line, column: caret.length + 1, endLine: line, endColumn: caret.length + 1 }
}
