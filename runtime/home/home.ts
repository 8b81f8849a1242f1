import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { type Diagnostic, Diagnostics, type Span } from '../diagnostic.ts'
import type { Language } from '../language.ts'
import type { LoadOptions } from '../loader.ts'
import type { ModuleFolder, Modules } from '../modules/index.ts'
import type { SourceFile } from '../loading/source-file.ts'
import { findLayout, type Layout } from './layout.ts'
import { parsePropertiesFile } from './properties-file.ts'
import { FileRegistry } from './registry.ts'
import type { ServerSettings } from './server-settings.ts'
import { readSettings, SETTINGS_FILE } from './settings.ts'

/** A home as it lies on disk at one moment: everything that loading needs, read but not understood. */
export interface Home {
  /** Absolute path of the folder that the registry, `file:` keys, `mediators/` and the settings are in. */
  readonly root: string
  readonly files: readonly SourceFile[]
  readonly settings: ServerSettings
  /** The settings file as it is written. */
  readonly settingsText: string | undefined
  readonly registry: FileRegistry
  /** The path of one of its files as diagnostics show it. */
  readonly shown: (file: string) => string
  /** What goes to `load` beside files, language and services. */
  readonly options: Pick<LoadOptions, 'resource' | 'fileProperties' | 'found'>
  /** Mistakes in the settings, archives, or nothing there at all. They are in `options.found` too. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface HomeOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** What paths in diagnostics are relative to when they lie below it. */
  readonly cwd?: string
}

/** Reads a home of any layout (contract, section 3). Rejects only when `path` does not exist. */
export async function readHome(path: string, language: Language, options: HomeOptions = {}): Promise<Home> {
  const { environment = {}, cwd = '' } = options
  const home = resolve(cwd, path)
  const shown = shownFrom(cwd)
  const folders = [...language.artifacts.values()].flatMap((artifact) => artifact.folders)
  const layout = await findLayout(home, folders)
  const { root } = layout
  const [files, settingsText, transportProperties, synapseProperties, fileProperties] = await Promise.all([
    Promise.all(layout.files.map(async (file) => ({ file: shown(file), bytes: await readFile(file) }))),
    textOf(join(root, SETTINGS_FILE)),
    propertiesAt(root, 'passthru-http.properties'),
    propertiesAt(root, 'synapse.properties'),
    propertiesAt(root, 'file.properties'),
  ])
  const file = settingsText === undefined ? undefined : { file: shown(join(root, SETTINGS_FILE)), text: settingsText }
  const { settings, diagnostics: wrongSettings } = readSettings({
    file,
    environment,
    synapseProperties: new Map([...transportProperties, ...synapseProperties]),
    root,
  })
  const diagnostics = [...wrongSettings, ...objections(layout, path, shown)]
  const registry = new FileRegistry(root, shown)
  const resource = (key: string) => registry.get(key)
  return {
    root,
    files,
    settings,
    settingsText,
    registry,
    shown,
    diagnostics,
    options: { resource, fileProperties, found: diagnostics },
  }
}

/** The modules of a home, and what is wrong with it so far, they included. */
export async function readModules(
  home: Home,
  folder: ModuleFolder,
): Promise<{ readonly modules: Modules; readonly found: readonly Diagnostic[] }> {
  const { report, found } = new Diagnostics()
  const modules = await folder.load((code, at, message) => report(code, { ...at, file: home.shown(at.file) }, message))
  return { modules, found: [...home.diagnostics, ...found] }
}

function objections({ root, files, archives }: Layout, path: string, shown: (file: string) => string): Diagnostic[] {
  const { report, found } = new Diagnostics()
  for (const archive of archives)
    report('element-unsupported', startOf(shown(archive)), 'Carbon applications are not supported yet: unpack it here')
  // Policies alone make a decision point for other buses.
  if (files.length === 0 && archives.length === 0 && !existsSync(join(root, 'policies'))) {
    report(
      'home-empty',
      startOf(path),
      'there is no configuration here: no <definitions> file, no proxies/, sequences/, …',
    )
  }
  return found
}

const startOf = (file: string): Span => ({ file, line: 1, column: 1, endLine: 1, endColumn: 1 })

/** Paths below the current folder are shown relative to it, so that terminals and editors can follow them. */
const shownFrom =
  (cwd: string) =>
  (file: string): string =>
    cwd !== '' && file.startsWith(cwd + sep) ? file.slice(cwd.length + 1) : file

/** Properties in `conf/` or at the places of the products, later ones winning. */
async function propertiesAt(root: string, name: string): Promise<Map<string, string>> {
  const places = ['repository/conf', 'conf', '.']
  const texts = await Promise.all(places.map((place) => textOf(join(root, ...place.split('/'), name))))
  return new Map(texts.flatMap((text) => [...parsePropertiesFile(text ?? '')]))
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return undefined
  }
}
