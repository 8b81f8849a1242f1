import type { Evaluation } from './evaluation.ts'
import { isNode, type XPathNode } from './node.ts'

/** A node-set (in document order, each node once), or one of the other three types of XPath 1.0. */
export type XPathValue = XPathNode[] | string | number | boolean

const NUMBER = /^[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*$/

/** `number()` of a string: NaN unless it is written as XPath writes numbers (no exponent, no plus sign). */
export function parseNumber(text: string): number {
  const match = NUMBER.exec(text)
  return match === null ? Number.NaN : Number(match[1])
}

/** `string()` of a number: never an exponent. */
export function formatNumber(value: number): string {
  const text = String(value)
  if (value === 0) return '0'
  return text.includes('e') ? plainDecimal(text) : text
}

function plainDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = ''] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  const digits = whole + fraction
  const point = 1 + Number(power)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return sign + digits.padEnd(point, '0')
}

export function toBoolean(value: XPathValue): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value)
  return value.length > 0
}

export function toString(value: XPathValue, evaluation: Evaluation<unknown>): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  const [first] = value
  return first === undefined ? '' : evaluation.stringValue(first)
}

export function toNumber(value: XPathValue, evaluation: Evaluation<unknown>): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return parseNumber(toString(value, evaluation))
}

/**
 * What a variable or function of the host gave, as a value of XPath: nothing is the empty string, a node or an array is a
 * node-set (what is no node in it is left out), any other object its text.
 */
export function fromHost(value: unknown): XPathValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return ''
  if (isNode(value)) return [value]
  if (Array.isArray(value)) return value.every(isNode) ? value : value.filter(isNode)
  return objectText(value)
}

/** The text of a foreign object; '' when it has none of its own. */
function objectText(value: object): string {
  try {
    const text: unknown = (value as { toString(): unknown }).toString()
    return typeof text !== 'string' || text === '[object Object]' ? '' : text
  } catch {
    return ''
  }
}
