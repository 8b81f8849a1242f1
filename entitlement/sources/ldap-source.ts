import { readFileSync } from 'node:fs'
import type { Client, Entry } from 'ldapts'
import type { AttributeQuery, AttributeSource, DecisionAttribute, Settings } from 'viaduct'
import { foundAttributes, type SoughtAttribute, soughtAttributes } from './found-attributes.ts'

type LdapSettings = Settings['policies']['ldap']

/** One entry of a directory tells about one subject; more are refused, since nobody knows which is meant. */
export class LdapSource implements AttributeSource {
  readonly name = 'ldap'
  readonly category: string
  readonly attributes: readonly string[]
  readonly timeout: number
  readonly #settings: LdapSettings
  readonly #sought: readonly SoughtAttribute[]
  #client: Promise<Client> | undefined

  /** Throws an Error that says what is wrong with the settings. */
  constructor(settings: LdapSettings) {
    this.category = settings.category
    this.attributes = Object.keys(settings.attributes)
    this.timeout = settings.timeout
    this.#settings = settings
    this.#sought = soughtAttributes(settings.attributes)
  }

  async find(query: AttributeQuery): Promise<readonly DecisionAttribute[]> {
    const { category, key } = this.#settings
    const [name, other] = query.values(category, key)
    if (name === undefined || other !== undefined) return []
    const entry = await this.#search(name)
    return entry === undefined ? [] : foundAttributes(this.#sought, (attribute) => textsOf(entry, attribute))
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined)
    this.#client = undefined
    await client?.unbind().catch(() => {})
  }

  async #search(name: string): Promise<Entry | undefined> {
    const { base, filter, timeout } = this.#settings
    const client = await (this.#client ??= this.#connect())
    try {
      const { searchEntries } = await client.search(base, {
        scope: 'sub',
        filter: filter.replaceAll('{0}', escaped(name)),
        attributes: [...new Set(this.#sought.map((attribute) => attribute.name))],
        sizeLimit: 2,
        timeLimit: Math.ceil(timeout / 1000),
      })
      const [entry, other] = searchEntries
      if (other !== undefined) throw new Error(`the filter finds more than one entry for ${name}`)
      return entry
    } catch (failure) {
      // Whatever it was, the next decision gets a new connection.
      await this.close()
      throw failure
    }
  }

  async #connect(): Promise<Client> {
    try {
      return await this.#bound()
    } catch (failure) {
      this.#client = undefined
      throw failure
    }
  }

  async #bound(): Promise<Client> {
    const { url, startTls, trust, timeout, bindDn, bindPassword } = this.#settings
    const tls = trust === '' ? {} : { ca: readFileSync(trust) }
    const { Client: Connection } = await ldapts()
    const options = url.startsWith('ldaps:') ? { tlsOptions: tls } : {}
    const client = new Connection({ url, timeout, connectTimeout: timeout, ...options })
    if (startTls) await client.startTLS({ ...tls, servername: new URL(url).hostname })
    if (bindDn !== '') await client.bind(bindDn, bindPassword)
    return client
  }
}

async function ldapts(): Promise<typeof import('ldapts')> {
  try {
    return await import('ldapts')
  } catch {
    throw new Error('policies.ldap needs the package ldapts: npm install ldapts')
  }
}

/** Nothing in the value can end the assertion that it stands in (RFC 4515, section 3). */
const escaped = (value: string): string =>
  value.replaceAll(/[\\*()\0]/g, (special) => `\\${special.charCodeAt(0).toString(16).padStart(2, '0')}`)

function textsOf(entry: Entry, attribute: string): string[] {
  const key = Object.keys(entry).find((each) => each.toLowerCase() === attribute.toLowerCase())
  const value = key === undefined ? undefined : entry[key]
  return (Array.isArray(value) ? value : [value]).flatMap((each) =>
    typeof each === 'string' ? [each] : each === undefined ? [] : [each.toString('utf8')],
  )
}
