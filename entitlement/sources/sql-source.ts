import type { AttributeQuery, AttributeSource, DecisionAttribute, Settings } from 'viaduct'
import { foundAttributes, type SoughtAttribute, soughtAttributes, textOfColumn } from './found-attributes.ts'

type SqlSettings = Settings['policies']['sql']

export type Row = Readonly<Record<string, unknown>>

/** Runs the query of a source for one key. */
export interface RowReader {
  rows(key: string): readonly Row[] | Promise<readonly Row[]>
  close(): void | Promise<void>
}

/** The columns of the rows that a query finds for a subject; several rows give several values. */
export class SqlSource implements AttributeSource {
  readonly name = 'sql'
  readonly category: string
  readonly attributes: readonly string[]
  readonly timeout: number
  readonly #settings: SqlSettings
  readonly #sought: readonly SoughtAttribute[]
  readonly #reader: RowReader

  /** Throws an Error that says what is wrong with the settings. */
  constructor(settings: SqlSettings, reader: RowReader) {
    this.category = settings.category
    this.attributes = Object.keys(settings.attributes)
    this.timeout = settings.timeout
    this.#settings = settings
    this.#sought = soughtAttributes(settings.attributes)
    this.#reader = reader
  }

  find(query: AttributeQuery): readonly DecisionAttribute[] | Promise<readonly DecisionAttribute[]> {
    const { category, key } = this.#settings
    const [name, other] = query.values(category, key)
    if (name === undefined || other !== undefined) return []
    const rows = this.#reader.rows(name)
    return rows instanceof Promise ? rows.then((found) => this.#found(found)) : this.#found(rows)
  }

  close(): void | Promise<void> {
    return this.#reader.close()
  }

  #found(rows: readonly Row[]): DecisionAttribute[] {
    return foundAttributes(this.#sought, (column) => {
      const texts = rows.flatMap((row) => {
        const value = row[column]
        return value === null || value === undefined ? [] : [textOfColumn(value)]
      })
      return [...new Set(texts)]
    })
  }
}
