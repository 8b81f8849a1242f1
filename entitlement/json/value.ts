import type { DecisionValue } from 'viaduct'
import { boolean, dataType, dataTypeNamed, double, integer, string, xpathExpression } from '../data-types/index.ts'
import { syntaxError } from '../evaluation/indeterminate.ts'
import { type Json, JsonObject } from './json-object.ts'

/** The URI of a data type that is given by URI or by short name; an unknown one is a mistake of the request. */
export function typeId(name: string): string {
  const type = dataTypeNamed(name) ?? dataType(name)
  if (type === undefined) throw syntaxError(`there is no data type "${name}"`)
  return type.id
}

/** The values of an attribute: one, or an array of one type; without a DataType it follows from them (section 3.3.1). */
export function readValues(value: Json | undefined, written: string | undefined): DecisionValue[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value]
  const type = written === undefined ? inferred(list) : typeId(written)
  return list.map((each) => readValue(each, type))
}

function inferred(values: readonly Json[]): string {
  const types = new Set(values.map(typeOf))
  if (types.size === 2 && types.has(integer.id) && types.has(double.id)) return double.id
  const [type = string.id, other] = types
  if (other !== undefined) throw syntaxError('the values of an attribute must have one type')
  return type
}

function typeOf(value: Json): string {
  if (typeof value === 'string') return string.id
  if (typeof value === 'boolean') return boolean.id
  if (typeof value === 'number') return Number.isInteger(value) ? integer.id : double.id
  if (typeof value === 'object' && value !== null && 'XPath' in value) return xpathExpression.id
  throw syntaxError('a value must be a string, a number, a boolean or a path')
}

function readValue(value: Json, type: string): DecisionValue {
  if (type === xpathExpression.id) return readPath(value)
  if (typeof value === 'number') return { type, text: numberText(value, type) }
  if (typeof value === 'string' || typeof value === 'boolean') return { type, text: String(value) }
  throw syntaxError('a value must be a string, a number or a boolean')
}

function numberText(value: number, type: string): string {
  if (type !== double.id && Number.isInteger(value)) {
    // What JSON.parse made of it is no longer what was written.
    if (!Number.isSafeInteger(value)) throw syntaxError('integers of this size must be written as strings')
    return BigInt(value).toString()
  }
  return double.print(value)
}

function readPath(value: Json): DecisionValue {
  const path = new JsonObject(value, 'a path', ['XPathCategory', 'Namespaces', 'XPath'])
  const namespaces = new Map<string, string>()
  for (const each of path.list('Namespaces')) {
    const namespace = new JsonObject(each, 'Namespaces', ['Prefix', 'Namespace'])
    namespaces.set(namespace.string('Prefix') ?? '', namespace.required('Namespace'))
  }
  const category = path.required('XPathCategory')
  return { type: xpathExpression.id, text: path.required('XPath'), xpath: { category, namespaces } }
}

/** A value as JSON has it, where JSON has it. */
export function writeValue({ type, text, xpath }: DecisionValue): Json {
  if (xpath !== undefined && type === xpathExpression.id) {
    const namespaces = [...xpath.namespaces].map(([prefix, namespace]) => ({ Prefix: prefix, Namespace: namespace }))
    return { XPathCategory: xpath.category, Namespaces: namespaces, XPath: text }
  }
  if (type === boolean.id) return text.trim() === 'true' || text.trim() === '1'
  const number = Number(text)
  if (type === integer.id && /^\s*[+-]?[0-9]+\s*$/.test(text) && Number.isSafeInteger(number)) return number
  if (type === double.id && Number.isFinite(number) && text.trim() !== '') return number
  return text
}
