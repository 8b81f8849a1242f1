import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** Files and folders that tools leave in a home, or the bus itself writes, and that mean nothing for its configuration. */
const IGNORED =
  /^(?:node_modules|\.git|\.hg|\.svn|\.idea|\.vscode|\.DS_Store|Thumbs\.db|4913|\.#.*|#.*#|.*~|.*\.(?:sw[a-z]|tmp|temp|part|crdownload|back|bak|log|eml|db|db-(?:wal|shm|journal)))$/i

export const isIgnored = (path: string): boolean => IGNORED.test(basename(path))

/** Larger files are told apart by size and time only. */
const LARGEST_READ = 4 * 1024 * 1024
/** A file that was written this short before it was read may change again without a new time, milliseconds. */
const TRUSTED_AGE = 2_000

interface Known {
  readonly stamp: string
  readonly hash: string
  readonly trusted: boolean
}

/** What a set of files and folders looks like now. Reads again only what may have changed since the last time. */
export class Fingerprint {
  #known = new Map<string, Known>()

  /** A digest of all contents and of size and time of every file. */
  async take(paths: Iterable<string>): Promise<{ readonly contents: string; readonly stamps: string }> {
    const files: string[] = []
    // One after the other, so that of two names for one folder it is always the same that counts.
    const folders = new Set<string>()
    for (const path of paths) await filesBelow(path, files, folders)
    const now = new Map<string, Known>()
    await Promise.all(files.map((file) => this.#look(file, now)))
    this.#known = now
    const known = [...now].toSorted(([a], [b]) => (a < b ? -1 : 1))
    return {
      contents: digest(known.map(([file, { hash }]) => `${file}\0${hash}`)),
      stamps: digest(known.map(([file, { stamp }]) => `${file}\0${stamp}`)),
    }
  }

  async #look(file: string, now: Map<string, Known>): Promise<void> {
    try {
      now.set(file, await this.#file(file, await stat(file)))
    } catch {
      // What vanishes while we look is not there; the watcher tells of it and we look again.
    }
  }

  async #file(file: string, { size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }): Promise<Known> {
    const stamp = `${size} ${mtimeMs} ${ino}`
    const known = this.#known.get(file)
    if (known?.stamp === stamp && known.trusted) return known
    const hash = size > LARGEST_READ ? stamp : digest([await readFile(file)])
    return { stamp, hash, trusted: Date.now() - mtimeMs > TRUSTED_AGE }
  }
}

/** `folders` keeps symbolic links that lead in a circle from being followed for ever. */
async function filesBelow(path: string, files: string[], folders: Set<string>): Promise<void> {
  try {
    const found = await stat(path)
    if (found.isFile()) files.push(path)
    const identity = `${found.dev} ${found.ino}`
    if (!found.isDirectory() || folders.has(identity)) return
    folders.add(identity)
    const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !isIgnored(name))
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isFile()) files.push(join(path, entry.name))
      else await filesBelow(join(path, entry.name), files, folders)
    }
  } catch {
    // Not there, or not any more.
  }
}

function digest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\n')
  return hash.digest('base64')
}
