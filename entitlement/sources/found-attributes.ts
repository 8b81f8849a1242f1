import type { DecisionAttribute } from 'viaduct'
import { dataType, dataTypeNamed } from '../data-types/index.ts'

/** An attribute that a source finds: under what name there, and as what. */
export interface SoughtAttribute {
  readonly id: string
  readonly name: string
  /** URI. */
  readonly type: string
}

/** Reads `{ "urn:level": "employeeNumber integer" }`. Throws an Error for a data type that does not exist. */
export function soughtAttributes(attributes: Readonly<Record<string, string>>): SoughtAttribute[] {
  return Object.entries(attributes).map(([id, written]) => {
    const [name = '', named = 'string'] = written.trim().split(/\s+/)
    const type = dataTypeNamed(named) ?? dataType(named)
    if (type === undefined) throw new Error(`there is no data type "${named}"`)
    return { id, name, type: type.id }
  })
}

/** What was found under the name of each, those that were not left out. */
export function foundAttributes(
  sought: readonly SoughtAttribute[],
  texts: (name: string) => readonly string[],
): DecisionAttribute[] {
  return sought.flatMap(({ id, name, type }) => {
    const values = texts(name).map((text) => ({ type, text }))
    return values.length === 0 ? [] : [{ id, values }]
  })
}

/** The text of a value of a database, as its data type is written: whole numbers without a fraction, flags as words. */
export const textOfColumn = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value))
