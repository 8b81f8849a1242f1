import type { Client, Entry } from 'ldapts'

/** How a directory is reached (LDAP 3, RFC 4511). */
export interface DirectorySettings {
  /** `ldap://` or `ldaps://`. */
  readonly url: string
  /** Secures an `ldap://` connection before anything is sent. */
  readonly startTls: boolean
  /** Who asks; '' is nobody. */
  readonly bindDn: string
  readonly bindPassword: string
  /** Milliseconds. */
  readonly timeout: number
}

export interface DirectorySearch {
  /** Where to begin; all below is searched. */
  readonly base: string
  /** See {@link fillFilter}. */
  readonly filter: string
  readonly attributes: readonly string[]
  /** Of more entries the directory fails, or gives as many. */
  readonly most: number
}

export interface DirectoryEntry {
  /** The distinguished name. */
  readonly dn: string
  /** The values of an attribute, whose name is compared without regard to case. */
  texts(attribute: string): readonly string[]
}

/** An open connection to a directory. */
export interface Directory {
  search(search: DirectorySearch): Promise<readonly DirectoryEntry[]>
  /** Whether this is the password of the entry, in whose name the connection speaks from then on. */
  binds(dn: string, password: string): Promise<boolean>
  close(): Promise<void>
}

/**
 * Connects to a directory, in the name of `bindDn`. `ca`: authorities that its server is checked against, PEM, instead of the
 * well-known ones. Rejects without the package `ldapts`, and when the directory refuses.
 */
export async function openDirectory(settings: DirectorySettings, ca: Buffer | undefined): Promise<Directory> {
  const { url, startTls, timeout, bindDn, bindPassword } = settings
  const tls = ca === undefined ? {} : { ca }
  const ldap = await ldapts()
  const options = url.startsWith('ldaps:') ? { tlsOptions: tls } : {}
  const client = new ldap.Client({ url, timeout, connectTimeout: timeout, ...options })
  const directory = new LdapDirectory(client, ldap, Math.ceil(timeout / 1000))
  try {
    if (startTls) await client.startTLS({ ...tls, servername: new URL(url).hostname })
    if (bindDn !== '') await client.bind(bindDn, bindPassword)
    return directory
  } catch (failure) {
    await directory.close()
    throw failure
  }
}

type Ldapts = typeof import('ldapts')

async function ldapts(): Promise<Ldapts> {
  try {
    return await import('ldapts')
  } catch {
    throw new Error('a directory needs the package ldapts: npm install ldapts')
  }
}

class LdapDirectory implements Directory {
  readonly #client: Client
  readonly #ldap: Ldapts
  readonly #seconds: number

  constructor(client: Client, ldap: Ldapts, seconds: number) {
    this.#client = client
    this.#ldap = ldap
    this.#seconds = seconds
  }

  async search({ base, filter, attributes, most }: DirectorySearch): Promise<readonly DirectoryEntry[]> {
    const { searchEntries } = await this.#client.search(base, {
      scope: 'sub',
      filter,
      attributes: [...attributes],
      sizeLimit: most,
      timeLimit: this.#seconds,
    })
    return searchEntries.map((entry) => ({ dn: entry.dn, texts: (attribute) => textsOf(entry, attribute) }))
  }

  async binds(dn: string, password: string): Promise<boolean> {
    const { InvalidCredentialsError, NoSuchObjectError, InvalidDNSyntaxError } = this.#ldap
    try {
      await this.#client.bind(dn, password)
      return true
    } catch (failure) {
      const refused = [InvalidCredentialsError, NoSuchObjectError, InvalidDNSyntaxError]
      if (refused.some((kind) => failure instanceof kind)) return false
      throw failure
    }
  }

  async close(): Promise<void> {
    await this.#client.unbind().catch(() => {})
  }
}

function textsOf(entry: Entry, attribute: string): readonly string[] {
  const key = Object.keys(entry).find((each) => each.toLowerCase() === attribute.toLowerCase())
  const value = key === undefined ? undefined : entry[key]
  return (Array.isArray(value) ? value : [value]).flatMap((each) =>
    typeof each === 'string' ? [each] : each === undefined ? [] : [each.toString('utf8')],
  )
}

/** The filter with values in place of `{0}`, `{1}`, none of which can end the assertion they stand in (RFC 4515, section 3). */
export function fillFilter(filter: string, ...values: readonly string[]): string {
  return filter.replaceAll(/\{(\d)\}/g, (all, number: string) => {
    const value = values[Number(number)]
    return value === undefined
      ? all
      : value.replaceAll(/[\\*()\0]/g, (special) => `\\${special.charCodeAt(0).toString(16).padStart(2, '0')}`)
  })
}
