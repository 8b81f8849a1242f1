import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, sep } from 'node:path'
import { SYNAPSE } from '../mediator.ts'

/** Folders of artifacts in all layouts (language reference 7.1), whether or not this version can run what is in them. */
const FOLDERS = [
  'imports',
  'local-entries',
  'endpoints',
  'sequences',
  'templates',
  'proxies',
  'proxy-services',
  'tasks',
  'event-sources',
  'priority-executors',
  'message-stores',
  'message-processors',
  'api',
  'apis',
  'inbound-endpoints',
]

/** Where a Synapse tree may lie below a home, beside the home itself. */
const TREES = [
  'synapse-configs',
  'synapse-config',
  'repository/deployment/server/synapse-configs',
  'repository/conf/synapse-config',
  'src/main/synapse-config',
  'src/main/wso2mi/artifacts',
]

/** Files of a home that make up its configuration. */
export interface Layout {
  /** The folder that `file:` keys, the registry, `mediators/` and the settings are relative to. */
  readonly root: string
  /** XML files, in the order in which they are read. */
  readonly files: readonly string[]
  /** Carbon applications. */
  readonly archives: readonly string[]
}

/** Finds the configuration files of a home: a file with `<definitions>`, or a folder in any layout or several. */
export async function findLayout(path: string, artifactFolders: Iterable<string> = []): Promise<Layout> {
  if ((await stat(path)).isFile()) return { root: serverHome(dirname(path)), files: [path], archives: [] }
  const folders = new Set([...FOLDERS, ...artifactFolders])
  const trees = [path, ...(await treesBelow(path))]
  const files = await Promise.all(trees.map((tree) => filesOfTree(tree, folders)))
  const archives = (await filesIn(join(path, 'carbonapps'))).filter((file) => file.endsWith('.car'))
  return { root: serverHome(path), files: files.flat(), archives }
}

/** The home a path belongs to: configurations in a WSO2 tree name their files relative to what holds `repository/`. */
function serverHome(folder: string): string {
  const parts = folder.split(sep)
  const at = parts.lastIndexOf('repository')
  return at > 0 && at < parts.length - 1 ? parts.slice(0, at).join(sep) : folder
}

async function treesBelow(home: string): Promise<string[]> {
  const found: string[] = []
  for (const tree of TREES) {
    const folder = join(home, ...tree.split('/'))
    if (tree.endsWith('synapse-configs')) found.push(...(await configurationsIn(folder)))
    else found.push(folder)
  }
  if (basename(home) === 'synapse-configs') found.push(...(await configurationsIn(home)))
  return found
}

/** `synapse-configs/default`; without one, whatever other configurations there are. */
async function configurationsIn(folder: string): Promise<string[]> {
  const names = (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const chosen = names.includes('default') ? ['default'] : names
  return chosen.map((name) => join(folder, name))
}

async function filesOfTree(tree: string, folders: ReadonlySet<string>): Promise<string[]> {
  const top = await topFiles(tree)
  const below = await Promise.all(
    [...folders].map(async (folder) => replaced((await filesIn(join(tree, folder))).filter(isXml))),
  )
  return [...top, ...below.flat()]
}

/** XML files beside the folders: `synapse.xml`, `registry.xml`, and whatever else is written in the language. */
async function topFiles(tree: string): Promise<string[]> {
  const files = (await filesIn(tree)).filter(isXml)
  const kept = await Promise.all(
    files.map(async (file) => basename(file) === 'synapse.xml' || (await readFile(file)).includes(SYNAPSE)),
  )
  return files.filter((_, i) => kept[i] === true)
}

const VERSIONED = /^(main|fault)-(\d+(?:\.\d+)*)\.xml$/

/** `main-1.0.0.xml` takes the place of `main.xml`, the highest version that of the others (likewise `fault`). */
function replaced(files: readonly string[]): string[] {
  const versions = new Map<string, string>()
  for (const file of files) {
    const name = VERSIONED.exec(basename(file))?.[1]
    if (name === undefined) continue
    const other = versions.get(name)
    if (other === undefined || file.localeCompare(other, 'en', { numeric: true }) > 0) versions.set(name, file)
  }
  if (versions.size === 0) return [...files]
  return files.filter((file) => {
    const name = VERSIONED.exec(basename(file))?.[1] ?? basename(file, '.xml')
    return !versions.has(name) || versions.get(name) === file
  })
}

const isXml = (file: string): boolean => extname(file).toLowerCase() === '.xml'

/** Files of a folder by name, links followed; none when there is no such folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = (await entriesOf(folder)).filter(({ name }) => !name.startsWith('.'))
  const files = await Promise.all(
    entries.map(async (entry) => {
      const file = join(folder, entry.name)
      return entry.isFile() || (entry.isSymbolicLink() && (await isFile(file))) ? [file] : []
    }),
  )
  return files.flat().toSorted()
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

const isFile = async (file: string): Promise<boolean> => {
  try {
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
