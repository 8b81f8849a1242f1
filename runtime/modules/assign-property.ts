import { InvalidValue } from '../schema.ts'

/**
 * Sets a configured property on an object of a drop-in class: through `setName(value)`, else the field of that name, with the
 * conversions that Java setters make. Throws {@link InvalidValue} when there is neither.
 */
export function assignProperty(object: object, name: string, value: unknown): void {
  const setter = `set${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const method: unknown = Reflect.get(object, setter)
  if (typeof method === 'function') Reflect.apply(method, object, [value])
  else if (Object.hasOwn(object, name)) Reflect.set(object, name, likeField(Reflect.get(object, name), value, name))
  else throw new InvalidValue(`it has neither ${setter}() nor a field "${name}"`)
}

/** Text becomes the type that the field begins with, as Java setters convert. */
function likeField(initial: unknown, value: unknown, name: string): unknown {
  if (typeof value !== 'string') return value
  if (typeof initial === 'boolean') return value.trim().toLowerCase() === 'true'
  if (typeof initial !== 'number') return value
  const number = Number(value)
  if (value.trim() === '' || Number.isNaN(number))
    throw new InvalidValue(`"${value}" is no number for the field "${name}"`)
  return number
}
