import { createHash } from 'node:crypto'
import { CORRELATION_HEADER, type MessageContext, printJson, printXml } from 'viaduct'

/** What two requests must have in common to have one answer: a hash. */
export type CacheKey = (ctx: MessageContext) => string

/** Differ from request to request without saying anything about the answer. */
const NEVER: ReadonlySet<string> = new Set([
  'date',
  'user-agent',
  'traceparent',
  'tracestate',
  'connection',
  'keep-alive',
  CORRELATION_HEADER.toLowerCase(),
])

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE'])

/**
 * Method, address, body and headers: those of `include`, or all but those of `exclude`; none when neither is given. Every
 * part is written with its length, so that no two requests run into each other.
 */
export function compileKey(include: string | undefined, exclude: string | undefined): CacheKey {
  const chosen = compileChoice(include, exclude)
  return (ctx) => {
    const { message, addressing, exchange } = ctx
    const { method } = exchange.arrival
    const hash = createHash('sha256')
    const add = (part: string | Buffer): void => void hash.update(`${part.length}:`).update(part)
    add(method)
    add(addressing.to ?? '')
    if (chosen !== undefined) {
      const fields = fieldsOf(message.headers.raw).filter(([name]) => !NEVER.has(name) && chosen(name))
      for (const [name, value] of fields.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        add(name)
        add(value)
      }
    }
    if (!BODILESS.has(method) && !message.empty)
      add(message.bytes ?? (message.isJson ? printJson(message.json) : printXml(message.tree)))
    return hash.digest('base64')
  }
}

function compileChoice(
  include: string | undefined,
  exclude: string | undefined,
): ((name: string) => boolean) | undefined {
  if (include !== undefined) {
    const names = namesOf(include)
    return names.has('*') ? () => true : (name) => names.has(name)
  }
  if (exclude === undefined) return undefined
  const names = namesOf(exclude)
  return names.has('*') ? undefined : (name) => !names.has(name)
}

const namesOf = (list: string): ReadonlySet<string> =>
  new Set(
    list
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
  )

function fieldsOf(raw: readonly string[]): [name: string, value: string][] {
  const fields: [string, string][] = []
  for (let i = 0; i < raw.length; i += 2) fields.push([(raw[i] ?? '').toLowerCase(), raw[i + 1] ?? ''])
  return fields
}
