import { readFileSync } from 'node:fs'
import { type Account, type Directory, fillFilter, openDirectory, type Settings, type User } from 'viaduct'
import type { UserSource } from './user-source.ts'

type LdapSettings = Settings['identity']['ldap']

/** Attributes of inetOrgPerson (RFC 2798) by claim. */
const USUAL_CLAIMS = { email: 'mail', givenName: 'givenName', lastName: 'sn' }

/** Users of a directory. The password is proved by a bind in the user's own name, on a connection made for it. */
export class LdapUsers implements UserSource {
  readonly abreast = 32
  readonly #settings: LdapSettings
  readonly #authorities: Buffer | undefined

  constructor(settings: LdapSettings) {
    const claims = Object.keys(settings.claims).length === 0 ? USUAL_CLAIMS : settings.claims
    this.#settings = { ...settings, claims }
    this.#authorities = settings.trust === '' ? undefined : readFileSync(settings.trust)
  }

  async verify(name: string, password: string): Promise<Account | undefined> {
    // A bind with a name and no password succeeds for everybody (RFC 4513, section 5.1.2).
    if (password === '') return undefined
    return this.#connected(async (directory) => {
      const found = await this.#search(directory, name)
      // Somebody unknown costs a bind as well, so that the time tells nothing.
      const proved = await directory.binds(found?.dn ?? `cn=nobody,${this.#settings.userBase}`, password)
      return proved && found !== undefined ? { ...found.user, state: 'active' } : undefined
    })
  }

  find(name: string): Promise<User | undefined> {
    return this.#connected(async (directory) => (await this.#search(directory, name))?.user)
  }

  async password(): Promise<undefined> {
    return undefined
  }

  /** The user and his roles; undefined when the filter finds nobody, or more than one. */
  async #search(directory: Directory, name: string): Promise<{ readonly dn: string; readonly user: User } | undefined> {
    const { userBase, userFilter, nameAttribute, claims } = this.#settings
    const [entry, other] = await directory.search({
      base: userBase,
      filter: fillFilter(userFilter, name),
      attributes: [nameAttribute, ...Object.values(claims)],
      most: 2,
    })
    if (entry === undefined || other !== undefined) return undefined
    const found = Object.entries(claims).flatMap(([claim, attribute]) =>
      entry
        .texts(attribute)
        .slice(0, 1)
        .map((value) => [claim, value] as const),
    )
    const roles = await this.#roles(directory, entry.dn, name)
    return { dn: entry.dn, user: { name: entry.texts(nameAttribute)[0] ?? name, roles, claims: new Map(found) } }
  }

  async #roles(directory: Directory, dn: string, name: string): Promise<readonly string[]> {
    const { roleBase, roleFilter, roleAttribute } = this.#settings
    if (roleBase === '') return []
    const entries = await directory.search({
      base: roleBase,
      filter: fillFilter(roleFilter, dn, name),
      attributes: [roleAttribute],
      most: 1000,
    })
    return entries.flatMap((entry) => entry.texts(roleAttribute)).toSorted()
  }

  async #connected<T>(work: (directory: Directory) => Promise<T>): Promise<T> {
    const directory = await openDirectory(this.#settings, this.#authorities)
    try {
      return await work(directory)
    } finally {
      await directory.close()
    }
  }
}
