import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import type { Linker, Span } from 'viaduct'
import { RevocationList } from '../certificates/index.ts'
import { DerError } from '../der/index.ts'
import { Keyring, type KeyringRules } from './keyring.ts'
import type { KeystoreEntry } from './keystore-entry.ts'
import { KeystoreError } from './keystore-error.ts'
import { type KeystorePasswords, readKeystore } from './read-keystore.ts'
import { readPemBlocks } from './read-pem.ts'

/** A keystore as a configuration names it. */
export interface KeystoreLocation {
  /** A path: below `security/` or the home, absolute, or a name that Carbon's folders or `security/` have. */
  readonly file: string
  readonly passwords?: KeystorePasswords
  /** Where the configuration says so: the place of diagnostics. */
  readonly at: Span
}

export interface KeyringRequest {
  readonly keystores: readonly KeystoreLocation[]
  readonly revocationLists?: readonly Omit<KeystoreLocation, 'passwords'>[]
  readonly rules?: Omit<KeyringRules, 'revocationLists'>
}

/** What of the linker is needed. */
export type KeyringLinker = Pick<Linker, 'report' | 'services' | 'state'>

/** Where Carbon and Micro Integrator keep their stores. */
const FOLDERS = ['security', '.', 'repository/resources/security', 'conf/security']

/**
 * Loads keystores and revocation lists. Each file is read once per content and password, reloads included. Mistakes are
 * reported at their place (`resource-unreadable`, `keystore-invalid`), and the keyring is then undefined.
 */
export function loadKeyring(request: KeyringRequest, linker: KeyringLinker): Keyring | undefined {
  const entries = request.keystores.map((location) => loadKeystore(location, linker))
  const lists = (request.revocationLists ?? []).map((location) => loadRevocationLists(location, linker))
  if (entries.includes(undefined) || lists.includes(undefined)) return undefined
  return new Keyring(
    entries.flatMap((each) => each ?? []),
    { ...request.rules, revocationLists: lists.flatMap((each) => each ?? []) },
  )
}

/** The entries of one keystore; undefined when it cannot be read, which is reported. */
export function loadKeystore(
  { file, passwords = {}, at }: KeystoreLocation,
  linker: KeyringLinker,
): readonly KeystoreEntry[] | undefined {
  const bytes = readKeyFile(file, at, linker)
  if (bytes === undefined) return undefined
  const fingerprint = createHash('sha256')
    .update(bytes)
    .update(JSON.stringify([passwords.store, passwords.key]))
    .digest('hex')
  try {
    const name = basename(file).replace(/\.\w+$/, '')
    return linker.state(`keystore:${file}`, fingerprint, () => readKeystore(bytes, name, passwords))
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error
    linker.report('keystore-invalid', at, `${file}: ${error.message}`)
    return undefined
  }
}

function loadRevocationLists(
  { file, at }: Omit<KeystoreLocation, 'passwords'>,
  linker: KeyringLinker,
): RevocationList[] | undefined {
  const bytes = readKeyFile(file, at, linker)
  if (bytes === undefined) return undefined
  try {
    const blocks = bytes.includes('-----BEGIN ')
      ? readPemBlocks(bytes.toString('latin1')).map((block) => block.bytes)
      : [bytes]
    return blocks.map((block) => new RevocationList(block))
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    linker.report('keystore-invalid', at, `${file}: ${error.message}`)
    return undefined
  }
}

/** A file with keys, from where a configuration may mean it to be; undefined when it is not there, which is reported. */
export function readKeyFile(
  file: string,
  at: Span,
  { services: { home }, report }: Pick<KeyringLinker, 'services' | 'report'>,
): Buffer | undefined {
  const places = isAbsolute(file) ? [file] : FOLDERS.map((folder) => resolve(home, folder, file))
  // Old policies hold paths of other machines; the file of that name in our folder is meant.
  for (const place of [...places, join(home, 'security', basename(file))]) {
    const bytes = contentOf(place)
    if (bytes !== undefined) return bytes
  }
  report('resource-unreadable', at, `there is no readable file "${file}" in security/ or the home`)
  return undefined
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined // The next place is tried; when there is none, that is reported.
  }
}
