import { readFileSync } from 'node:fs'
import {
  type AttributeQuery,
  type AttributeSource,
  type DecisionAttribute,
  type Directory,
  type DirectoryEntry,
  fillFilter,
  openDirectory,
  type Settings,
} from 'viaduct'
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
  readonly #authorities: Buffer | undefined
  #directory: Promise<Directory> | undefined

  /** Throws an Error that says what is wrong with the settings. */
  constructor(settings: LdapSettings) {
    this.category = settings.category
    this.attributes = Object.keys(settings.attributes)
    this.timeout = settings.timeout
    this.#settings = settings
    this.#sought = soughtAttributes(settings.attributes)
    this.#authorities = settings.trust === '' ? undefined : readFileSync(settings.trust)
  }

  async find(query: AttributeQuery): Promise<readonly DecisionAttribute[]> {
    const { category, key } = this.#settings
    const [name, other] = query.values(category, key)
    if (name === undefined || other !== undefined) return []
    const entry = await this.#search(name)
    return entry === undefined ? [] : foundAttributes(this.#sought, (attribute) => entry.texts(attribute))
  }

  async close(): Promise<void> {
    const directory = await this.#directory?.catch(() => undefined)
    this.#directory = undefined
    await directory?.close()
  }

  async #search(name: string): Promise<DirectoryEntry | undefined> {
    const { base, filter } = this.#settings
    const directory = await (this.#directory ??= this.#connect())
    try {
      const [entry, other] = await directory.search({
        base,
        filter: fillFilter(filter, name),
        attributes: [...new Set(this.#sought.map((attribute) => attribute.name))],
        most: 2,
      })
      if (other !== undefined) throw new Error(`the filter finds more than one entry for ${name}`)
      return entry
    } catch (failure) {
      // Whatever it was, the next decision gets a new connection.
      await this.close()
      throw failure
    }
  }

  async #connect(): Promise<Directory> {
    try {
      return await openDirectory(this.#settings, this.#authorities)
    } catch (failure) {
      this.#directory = undefined
      throw failure
    }
  }
}
