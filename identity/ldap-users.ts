import { readFileSync } from 'node:fs'
import type { Client, Entry } from 'ldapts'
import type { Account, Settings, User } from 'viaduct'
import type { UserSource } from './user-source.ts'

type LdapSettings = Settings['identity']['ldap']

/** Attributes of inetOrgPerson (RFC 2798) by claim. */
const USUAL_CLAIMS = { email: 'mail', givenName: 'givenName', lastName: 'sn' }

/** Users of a directory. The password is proved by a bind in the user's own name, on a connection made for it. */
export class LdapUsers implements UserSource {
  readonly abreast = 32
  readonly #settings: LdapSettings
  readonly #tls: { ca?: Buffer }

  constructor(settings: LdapSettings) {
    const claims = Object.keys(settings.claims).length === 0 ? USUAL_CLAIMS : settings.claims
    this.#settings = { ...settings, claims }
    this.#tls = settings.trust === '' ? {} : { ca: readFileSync(settings.trust) }
  }

  async verify(name: string, password: string): Promise<Account | undefined> {
    // A bind with a name and no password succeeds for everybody (RFC 4513, section 5.1.2).
    if (password === '') return undefined
    return this.#connected(async (client) => {
      const found = await this.#search(client, name)
      // Somebody unknown costs a bind as well, so that the time tells nothing.
      const proved = await this.#binds(client, found?.dn ?? `cn=nobody,${this.#settings.userBase}`, password)
      return proved && found !== undefined ? { ...found.user, state: 'active' } : undefined
    })
  }

  find(name: string): Promise<User | undefined> {
    return this.#connected(async (client) => (await this.#search(client, name))?.user)
  }

  async password(): Promise<undefined> {
    return undefined
  }

  /** The user and his roles; undefined when the filter finds nobody, or more than one. */
  async #search(client: Client, name: string): Promise<{ readonly dn: string; readonly user: User } | undefined> {
    const { userBase, userFilter, nameAttribute, claims, timeout } = this.#settings
    const { searchEntries } = await client.search(userBase, {
      scope: 'sub',
      filter: filled(userFilter, name),
      attributes: [nameAttribute, ...Object.values(claims)],
      sizeLimit: 2,
      timeLimit: Math.ceil(timeout / 1000),
    })
    const [entry, other] = searchEntries
    if (entry === undefined || other !== undefined) return undefined
    const found = Object.entries(claims).flatMap(([claim, attribute]) =>
      textsOf(entry, attribute)
        .slice(0, 1)
        .map((value) => [claim, value] as const),
    )
    const roles = await this.#roles(client, entry.dn, name)
    return { dn: entry.dn, user: { name: textsOf(entry, nameAttribute)[0] ?? name, roles, claims: new Map(found) } }
  }

  async #roles(client: Client, dn: string, name: string): Promise<readonly string[]> {
    const { roleBase, roleFilter, roleAttribute } = this.#settings
    if (roleBase === '') return []
    const { searchEntries } = await client.search(roleBase, {
      scope: 'sub',
      filter: filled(roleFilter, dn, name),
      attributes: [roleAttribute],
      sizeLimit: 1000,
    })
    return searchEntries.flatMap((entry) => textsOf(entry, roleAttribute)).toSorted()
  }

  async #binds(client: Client, dn: string, password: string): Promise<boolean> {
    const { InvalidCredentialsError, NoSuchObjectError, InvalidDNSyntaxError } = await ldapts()
    try {
      await client.bind(dn, password)
      return true
    } catch (failure) {
      const refused = [InvalidCredentialsError, NoSuchObjectError, InvalidDNSyntaxError]
      if (refused.some((kind) => failure instanceof kind)) return false
      throw failure
    }
  }

  async #connected<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const { url, startTls, timeout, bindDn, bindPassword } = this.#settings
    const { Client } = await ldapts()
    const client = new Client({
      url,
      timeout,
      connectTimeout: timeout,
      ...(url.startsWith('ldaps:') ? { tlsOptions: this.#tls } : {}),
    })
    try {
      if (startTls) await client.startTLS({ ...this.#tls, servername: new URL(url).hostname })
      if (bindDn !== '') await client.bind(bindDn, bindPassword)
      return await work(client)
    } finally {
      await client.unbind().catch(() => {})
    }
  }
}

async function ldapts(): Promise<typeof import('ldapts')> {
  try {
    return await import('ldapts')
  } catch {
    throw new Error('identity.ldap needs the package ldapts: npm install ldapts')
  }
}

/** The filter with values in place of `{0}`, `{1}`, none of which can end the assertion they stand in (RFC 4515, section 3). */
export function filled(filter: string, ...values: readonly string[]): string {
  return filter.replaceAll(/\{(\d)\}/g, (all, number: string) => {
    const value = values[Number(number)]
    return value === undefined
      ? all
      : value.replaceAll(/[\\*()\0]/g, (special) => `\\${special.charCodeAt(0).toString(16).padStart(2, '0')}`)
  })
}

function textsOf(entry: Entry, attribute: string): string[] {
  const key = Object.keys(entry).find((each) => each.toLowerCase() === attribute.toLowerCase())
  const value = key === undefined ? undefined : entry[key]
  return (Array.isArray(value) ? value : [value]).flatMap((each) =>
    typeof each === 'string' ? [each] : each === undefined ? [] : [each.toString('utf8')],
  )
}
