import { javaDouble } from './expression/java-double.ts'
import { jsonNumber, type JsonValue, parseJson } from './json/index.ts'
import { parseXml } from './xml/index.ts'
import type { XmlElement } from './xml/tree.ts'

/** Types that a property or variable can be given (language reference 2.1, `property` and `variable`). */
export type DataType = 'STRING' | 'BOOLEAN' | 'INTEGER' | 'LONG' | 'SHORT' | 'FLOAT' | 'DOUBLE' | 'OM' | 'XML' | 'JSON'

export type TypedValue = JsonValue | XmlElement

const LIMITS: ReadonlyMap<DataType, bigint> = new Map([
  ['SHORT', 2n ** 15n],
  ['INTEGER', 2n ** 31n],
  ['LONG', 2n ** 63n],
])

/** Converts text to a type. Throws an Error that says why it cannot. */
export function convertText(text: string, type: DataType): TypedValue {
  switch (type) {
    case 'STRING':
      return text
    case 'BOOLEAN':
      return text.toLowerCase() === 'true'
    case 'SHORT':
    case 'INTEGER':
    case 'LONG':
      return wholeNumber(text, type)
    case 'FLOAT':
    case 'DOUBLE':
      return decimalNumber(text, type)
    case 'OM':
    case 'XML':
      return parseXml(text).root
    case 'JSON':
      return jsonOrText(text)
  }
}

function wholeNumber(text: string, type: DataType): JsonValue {
  const limit = LIMITS.get(type) ?? 0n
  if (!/^[+-]?\d{1,19}$/.test(text)) throw new Error(`"${text.slice(0, 40)}" is not a whole number`)
  const value = BigInt(text)
  if (value >= limit || value < -limit) throw new Error(`${text} is too large for ${type}`)
  return jsonNumber(value.toString())
}

function decimalNumber(text: string, type: DataType): JsonValue {
  const value = Number(text.replace(/[fFdD]$/, ''))
  if (text.trim() === '' || Number.isNaN(value)) throw new Error(`"${text.slice(0, 40)}" is not a number`)
  if (!Number.isFinite(value)) throw new Error(`${text} is too large for ${type}`)
  return jsonNumber(javaDouble(value))
}

/** Text that is no JSON is taken as a JSON string, as upstream. */
function jsonOrText(text: string): JsonValue {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}
