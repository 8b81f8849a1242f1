/**
 * A JSON value. Objects are Maps: any key is plain data (`__proto__` too) and keys keep the order they came in, even those
 * that look like numbers. A number is a JavaScript number only when printing it gives back the very text it came from.
 */
export type JsonValue = null | boolean | number | string | JsonNumber | JsonArray | JsonObject
export type JsonArray = JsonValue[]
export type JsonObject = Map<string, JsonValue>

/** A number whose text a JavaScript number would change: `1.10`, `1E400`, `12345678901234567890`, `-0`. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** The nearest JavaScript number. */
  valueOf(): number {
    return Number(this.text)
  }

  toString(): string {
    return this.text
  }
}

export const isJsonObject = (value: unknown): value is JsonObject => value instanceof Map

export const isJsonArray = (value: unknown): value is JsonArray => Array.isArray(value)

export const isJsonNumber = (value: unknown): value is number | JsonNumber =>
  typeof value === 'number' || value instanceof JsonNumber

/** The value of a JSON number text: a JavaScript number when that keeps the text, else the text itself. */
export function jsonNumber(text: string): number | JsonNumber {
  const value = Number(text)
  return String(value) === text ? value : new JsonNumber(text)
}

/** Equal as JSON: numbers by value, objects without regard to the order of their keys. */
export function jsonEquals(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true
  if (isJsonNumber(a) && isJsonNumber(b)) return a.valueOf() === b.valueOf()
  if (isJsonArray(a))
    return isJsonArray(b) && a.length === b.length && a.every((item, i) => jsonEquals(item, b[i] ?? null))
  if (!isJsonObject(a) || !isJsonObject(b) || a.size !== b.size) return false
  for (const [key, value] of a) {
    const other = b.get(key)
    if (other === undefined || !jsonEquals(value, other)) return false
  }
  return true
}

/** A copy that shares nothing that can be changed. */
export function cloneJson<V extends JsonValue>(value: V): V
export function cloneJson(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map((item) => cloneJson(item))
  if (!isJsonObject(value)) return value
  const copy: JsonObject = new Map()
  for (const [key, item] of value) copy.set(key, cloneJson(item))
  return copy
}
