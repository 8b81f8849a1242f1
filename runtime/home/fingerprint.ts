import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** Files and folders that tools leave in a home and that mean nothing. */
const IGNORED =
  /^(?:node_modules|\.git|\.hg|\.svn|\.idea|\.vscode|\.DS_Store|Thumbs\.db|4913|\.#.*|#.*#|.*~|.*\.(?:sw[a-z]|tmp|temp|part|crdownload|back|bak|log))$/i

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
    const now = new Map<string, Known>()
    await Promise.all(Array.from(paths, (path) => this.#visit(path, now)))
    this.#known = now
    const files = [...now].toSorted(([a], [b]) => (a < b ? -1 : 1))
    return {
      contents: digest(files.map(([file, { hash }]) => `${file}\0${hash}`)),
      stamps: digest(files.map(([file, { stamp }]) => `${file}\0${stamp}`)),
    }
  }

  async #visit(path: string, now: Map<string, Known>): Promise<void> {
    try {
      const found = await stat(path)
      if (found.isFile()) now.set(path, await this.#file(path, found))
      else if (found.isDirectory()) {
        const names = (await readdir(path)).filter((name) => !isIgnored(name))
        await Promise.all(names.map((name) => this.#visit(join(path, name), now)))
      }
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

function digest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\n')
  return hash.digest('base64')
}
