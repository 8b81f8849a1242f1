import type { Headers } from '../headers.ts'
import { type Axis2Values, EXCESS_TRANSPORT_HEADERS, valueOf } from './http-properties.ts'
import { words } from '../properties.ts'
import { putField } from './forward.ts'

/** Adds the fields of EXCESS_TRANSPORT_HEADERS: a map, or an object, of names to a value or a list of values. */
export function excessFields(values: Axis2Values, headers: Headers): void {
  const excess = valueOf(values, EXCESS_TRANSPORT_HEADERS)
  if (excess === undefined || typeof excess !== 'object' || excess === null) return
  const entries: Iterable<[unknown, unknown]> = excess instanceof Map ? excess : Object.entries(excess)
  const fields: string[] = []
  for (const [name, value] of entries) {
    const all: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const one of all) putField(fields, words(name) ?? '', words(one) ?? '')
  }
  for (let i = 0; i + 1 < fields.length; i += 2) headers.add(fields[i] ?? '', fields[i + 1] ?? '')
}
