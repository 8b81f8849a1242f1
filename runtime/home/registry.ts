import { readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Resource } from '../linker.ts'
import { parsePropertiesFile } from './properties-file.ts'

/** Folders of a home that hold the registry's parts, and the names those parts have in keys. */
const PARTS: readonly (readonly [prefix: RegExp, part: string])[] = [
  [/^conf:\/*(?:_system\/config\/+)?/, 'config'],
  [/^gov:\/*(?:_system\/governance\/+)?/, 'governance'],
  [/^local:\/*(?:_system\/local\/+)?/, 'local'],
  [/^resources:\/*/, 'governance/mi-resources'],
  [/^\/_system\/config\/+/, 'config'],
  [/^\/_system\/governance\/+/, 'governance'],
  [/^\/_system\/local\/+/, 'local'],
]

/** What no key leads to: a key may come from a message. */
const SECRET = /^(?:security|data|viaduct\.config\.json)$/i

const LARGEST = 64 * 1024 * 1024
const MOST_KEPT = 1000

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.xml': 'application/xml',
  '.xsd': 'application/xml',
  '.xsl': 'application/xml',
  '.xslt': 'application/xml',
  '.wsdl': 'application/xml',
  '.json': 'application/json',
  '.js': 'application/javascript',
  '.txt': 'text/plain',
}

/**
 * The registry of a home as files: `conf:`, `gov:`, `local:` and plain keys (governance) under `registry/`, `file:` relative to
 * the home (language reference 3.1). No key leads outside of its folder: not by `..`, not by an absolute path, not through a
 * symbolic link. What was found is kept; a change of the home makes a new registry.
 */
export class FileRegistry {
  readonly #home: string
  readonly #shown: (file: string) => string
  readonly #kept = new Map<string, Resource>()
  readonly #files = new Set<string>()

  /** `home` is an absolute path; `shown` gives the path of a file as diagnostics show it. */
  constructor(home: string, shown: (file: string) => string = (file) => file) {
    this.#home = home
    this.#shown = shown
  }

  get(key: string): Resource | undefined {
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    for (const file of this.#candidates(key)) {
      const resource = this.#read(key, file)
      if (resource === undefined) continue
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear()
      this.#kept.set(key, resource)
      this.#files.add(file)
      return resource
    }
    return undefined
  }

  /** Files that have been read, for watching those outside of what is watched anyway. */
  get files(): ReadonlySet<string> {
    return this.#files
  }

  #candidates(key: string): string[] {
    if (key === '' || key.includes('\0')) return []
    if (key.startsWith('file:')) return inside(this.#home, pathOf(key))
    for (const [prefix, part] of PARTS) if (prefix.test(key)) return this.#below(part, key.replace(prefix, ''))
    return /^\w+:/.test(key) ? [] : this.#below('governance', key.replace(/^\/+/, ''))
  }

  #below(part: string, path: string): string[] {
    return [join(this.#home, 'registry', part), join(this.#home, 'registry', '_system', part)].flatMap((folder) =>
      inside(folder, path),
    )
  }

  #read(key: string, file: string): Resource | undefined {
    try {
      const real = realpathSync(file)
      const below = relative(realpathSync(this.#home), real)
      if (below.startsWith('..') || resolve(below) === below || SECRET.test(below.split(sep)[0] ?? '')) return undefined
      const found = statSync(real)
      if (found.isDirectory()) return this.#collection(key, file)
      if (!found.isFile() || found.size > LARGEST) return undefined
      const [mediaType, properties] = [mediaTypeOf(file), propertiesOf(file)]
      return { key, file: this.#shown(file), bytes: readFileSync(real), mediaType, properties }
    } catch {
      return undefined
    }
  }

  /** A folder is a resource only when it has properties. */
  #collection(key: string, folder: string): Resource | undefined {
    const properties = propertiesOf(folder)
    return properties.size === 0
      ? undefined
      : { key, file: this.#shown(folder), bytes: Buffer.alloc(0), mediaType: undefined, properties }
  }
}

function pathOf(key: string): string {
  if (!key.startsWith('file://')) return key.slice('file:'.length)
  try {
    return fileURLToPath(key)
  } catch {
    return key.slice('file://'.length)
  }
}

/** The path below `folder`, or nothing when it leads out of it. */
function inside(folder: string, path: string): string[] {
  const file = resolve(folder, path)
  return file.startsWith(folder + sep) ? [file] : []
}

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

const propertiesOf = (file: string): Map<string, string> => parsePropertiesFile(textOf(`${file}.properties`) ?? '')

/** Micro Integrator keeps the media type in `.metadata/<file>.meta`. */
function mediaTypeOf(file: string): string | undefined {
  const meta = textOf(join(dirname(file), '.metadata', `${basename(file)}.meta`))
  const noted = meta === undefined ? undefined : parsePropertiesFile(meta).get('mediaType')
  return noted ?? MEDIA_TYPES[extname(file).toLowerCase()]
}
