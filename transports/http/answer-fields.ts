import { fieldsNamedBy, isContentLength, withoutFields } from './fields.ts'

/** What the head of an answer says about its body. */
export interface AnswerFraming {
  readonly raw: readonly string[]
  /** -1: not announced. */
  readonly length: number
  /** Both a length and a transfer coding: two readers would see two different bodies. */
  readonly ambiguous: boolean
}

/** Longest run of bytes that is turned into one string. */
const SPAN = 65_536

/** Reads the field list of an answer as undici gives it. */
export function readAnswerFields(fields: readonly Buffer[]): AnswerFraming {
  const raw = textOf(fields)
  let length = -1
  let coded = false
  let connection: string | undefined
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? ''
    if (isContentLength(name)) length = Number(raw[i + 1])
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') coded = true
    else if (name.length === 10 && name.toLowerCase() === 'connection')
      connection = connection === undefined ? raw[i + 1] : `${connection},${raw[i + 1]}`
  }
  const named = connection === undefined ? undefined : fieldsNamedBy(connection)
  return {
    raw: named === undefined ? raw : withoutFields(raw, named),
    length: coded ? -1 : length,
    ambiguous: coded && length >= 0,
  }
}

/** Names and values nearly always lie side by side in one buffer: one string is made of all and cut up. */
function textOf(fields: readonly Buffer[]): string[] {
  const [first] = fields
  const last = fields.at(-1)
  if (first === undefined || last === undefined) return []
  const { buffer, byteOffset: start } = first
  const end = last.byteOffset + last.length
  if (end < start || end - start > SPAN) return eachAlone(fields)
  const text = Buffer.from(buffer, start, end - start).toString('latin1')
  const raw: string[] = []
  for (const field of fields) {
    const at = field.byteOffset - start
    if (field.buffer !== buffer || at < 0 || at > text.length) return eachAlone(fields)
    raw.push(text.slice(at, at + field.length))
  }
  return raw
}

const eachAlone = (fields: readonly Buffer[]): string[] => fields.map((field) => field.toString('latin1'))
