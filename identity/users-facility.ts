import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineFacility, type Linker, type Settings, type Span } from 'viaduct'
import { DatabaseUsers } from './database-users.ts'
import { FileUsers } from './file-users.ts'
import { GuardedStore } from './guarded-store.ts'
import { LdapUsers } from './ldap-users.ts'
import { readUsersFile } from './read-users-file.ts'
import type { UserSource } from './user-source.ts'

/** The users of the home: those of a file, a directory or the database, as the settings say. */
export const users = defineFacility({
  name: 'users',
  summary: 'The users of the home and their passwords.',
  create(linker) {
    const { services } = linker
    const { settings, home } = services
    const { source, content } = openSource(linker)
    const fingerprint = JSON.stringify([settings.identity, settings.database, home, content])
    return linker.state('users', fingerprint, () => new GuardedStore(source, settings.identity, services))
  },
})

export type StoreKind = 'database' | 'file' | 'ldap'

/** What `identity.store` comes to in a home. */
export function kindOfStore({ store, file }: Settings['identity'], home: string): StoreKind {
  if (store !== 'auto') return store
  return home !== '' && existsSync(resolve(home, file)) ? 'file' : 'database'
}

interface OpenedSource {
  readonly source: UserSource
  /** Differs when the users may have become others although the settings have not. */
  readonly content: string
}

/** The accounts as they are now. What is wrong with a file is reported, and then nobody can log in. */
function openSource(linker: Linker): OpenedSource {
  const { settings, home, platform } = linker.services
  const { identity } = settings
  const kind = kindOfStore(identity, home)
  if (kind === 'file') return fileSource(linker, identity.file)
  if (kind === 'ldap') {
    if (identity.ldap.url === '') linker.report('setting-invalid', SETTINGS, 'identity.ldap.url is empty')
    return { source: new LdapUsers(identity.ldap), content: '' }
  }
  const database = linker.facility('database')
  if (database !== undefined) return { source: new DatabaseUsers(database, () => platform.now()), content: '' }
  linker.report('setting-invalid', SETTINGS, 'identity.store is database, and there is none')
  return { source: new FileUsers(new Map()), content: '' }
}

function fileSource(linker: Linker, file: string): OpenedSource {
  const text = textOf(resolve(linker.services.home, file))
  if (text === undefined) linker.report('users-invalid', { ...SETTINGS, file }, 'the file cannot be read')
  const source = new FileUsers(text === undefined ? new Map() : readUsersFile(text, file, linker.report))
  return {
    source,
    content: createHash('sha256')
      .update(text ?? '')
      .digest('base64url'),
  }
}

/** Not a resource of the registry, which keeps `security/` from messages. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

const SETTINGS: Span = { file: 'viaduct.config.json', line: 1, column: 1, endLine: 1, endColumn: 1 }
