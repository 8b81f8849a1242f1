import { syntaxError } from '../evaluation/indeterminate.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Text of this length is refused before anything is made of it. */
const LONGEST = 8_000_000

/** Throws Indeterminate with `syntax-error`. */
export function parseJson(text: string): Json {
  if (text.length > LONGEST) throw syntaxError('the text is too long')
  try {
    return JSON.parse(text) as Json
  } catch {
    throw syntaxError('the text is not JSON')
  }
}

/** A JSON object that is read member by member; names that nobody asked for are mistakes. */
export class JsonObject {
  readonly #members: ReadonlyMap<string, Json>
  readonly #where: string

  constructor(value: Json | undefined, where: string, known: readonly string[]) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw syntaxError(`${where} must be an object`)
    this.#where = where
    this.#members = new Map(Object.entries(value))
    for (const name of this.#members.keys()) if (!known.includes(name)) throw syntaxError(`${where} has no "${name}"`)
  }

  get(name: string): Json | undefined {
    return this.#members.get(name) ?? undefined
  }

  string(name: string): string | undefined {
    const value = this.get(name)
    if (value !== undefined && typeof value !== 'string')
      throw syntaxError(`${name} of ${this.#where} must be a string`)
    return value
  }

  required(name: string): string {
    const value = this.string(name)
    if (value === undefined) throw syntaxError(`${this.#where} needs "${name}"`)
    return value
  }

  boolean(name: string): boolean {
    const value = this.get(name)
    if (value === undefined || typeof value === 'boolean') return value ?? false
    throw syntaxError(`${name} of ${this.#where} must be true or false`)
  }

  /** One value counts as a list of one, as the profile allows it. */
  list(name: string): readonly Json[] {
    const value = this.get(name)
    if (value === undefined) return []
    return Array.isArray(value) ? (value as readonly Json[]) : [value]
  }
}
