import { isJsonArray, isJsonObject, type JsonValue } from './value.ts'

/** Compact JSON as Gson writes it: no white space, U+2028 and U+2029 escaped, numbers as they came. */
export function printJson(value: JsonValue): string {
  if (typeof value === 'string') return printString(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  if (isJsonArray(value)) {
    let text = '['
    for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + printJson(value[i] ?? null)
    return `${text}]`
  }
  if (isJsonObject(value)) {
    let text = '{'
    for (const [key, member] of value) text += `${text.length === 1 ? '' : ','}${printString(key)}:${printJson(member)}`
    return `${text}}`
  }
  return String(value)
}

const printString = (text: string): string => {
  const json = JSON.stringify(text)
  return /[\u2028\u2029]/.test(json) ? json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029') : json
}
