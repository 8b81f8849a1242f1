import { isJsonArray, isJsonNumber, isJsonObject, type JsonValue } from 'viaduct'

/** A JSON value as plain objects of a script. Names from outside are own members, `__proto__` too. */
export function toScript(value: JsonValue): unknown {
  if (isJsonArray(value)) return value.map(toScript)
  if (isJsonObject(value)) {
    const object: Record<string, unknown> = {}
    for (const [name, member] of value)
      Object.defineProperty(object, name, {
        value: toScript(member),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    return object
  }
  return isJsonNumber(value) ? value.valueOf() : value
}

/** What `JSON.stringify` would keep of a value of a script. */
export function fromScript(value: unknown): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (Array.isArray(value)) return value.map(fromScript)
  if (typeof value !== 'object') return null
  const toJson: unknown = Reflect.get(value, 'toJSON')
  if (typeof toJson === 'function') return fromScript(toJson.call(value, ''))
  const members = Object.entries(value).filter(([, member]) => member !== undefined && typeof member !== 'function')
  return new Map(members.map(([name, member]) => [name, fromScript(member)] as const))
}
