import {
  anyURI,
  boolean,
  type DataType,
  date,
  dateTime,
  dayTimeDuration,
  dnsName,
  double,
  integer,
  ipAddress,
  LexicalError,
  rfc822Name,
  string,
  time,
  x500Name,
  yearMonthDuration,
} from '../data-types/index.ts'
import { processingError } from '../evaluation/indeterminate.ts'
import { defineFunction, defineVariadic, type FunctionDefinition, valueType } from './function.ts'

const V1 = 'urn:oasis:names:tc:xacml:1.0:function:'
const V2 = 'urn:oasis:names:tc:xacml:2.0:function:'
const V3 = 'urn:oasis:names:tc:xacml:3.0:function:'

function parsed<T>(type: DataType<T>, text: string): T {
  try {
    return type.parse(text)
  } catch (error) {
    if (!(error instanceof LexicalError)) throw error
    throw processingError(error.message)
  }
}

function conversions<T>(type: DataType<T>): FunctionDefinition[] {
  return [
    defineFunction(`${V3}${type.name}-from-string`, [string], type as DataType, (text) => parsed(type, text)),
    defineFunction(`${V3}string-from-${type.name}`, [type as DataType], string, (value) => type.print(value as T)),
  ]
}

/** Positions count from 0; `end` is behind the last, -1 for the end of the text. */
function substring(text: string, begin: bigint, end: bigint): string {
  const last = end === -1n ? BigInt(text.length) : end
  if (begin < 0n || last < begin || last > BigInt(text.length))
    throw processingError(`there is no substring from ${begin} to ${end} in a text of ${text.length} characters`)
  return text.slice(Number(begin), Number(last))
}

/** The searched-for part comes first in all of them. */
const searches = (type: DataType<string>): FunctionDefinition[] => [
  defineFunction(`${V3}${type.name}-starts-with`, [string, type], boolean, (part, text) => text.startsWith(part)),
  defineFunction(`${V3}${type.name}-ends-with`, [string, type], boolean, (part, text) => text.endsWith(part)),
  defineFunction(`${V3}${type.name}-contains`, [string, type], boolean, (part, text) => text.includes(part)),
  defineFunction(`${V3}${type.name}-substring`, [type, integer, integer], string, substring),
]

const LONGEST = 1_000_000

function concatenated(parts: readonly string[]): string {
  const text = parts.join('')
  if (text.length > LONGEST) throw processingError('the text is too long')
  return text
}

/** XACML 2.0 appendix A.14.6 and its mirror: a URI followed by texts. */
const uriConcatenate = (id: string): FunctionDefinition => ({
  id,
  parameters: [valueType(anyURI), valueType(string)],
  rest: valueType(string),
  result: valueType(anyURI),
  call: (...parts) => parsed(anyURI, concatenated(parts.map(String))),
})

/** Sections A.3.3 and A.3.9 of XACML 3.0. */
export const strings: readonly FunctionDefinition[] = [
  // XPath's normalize-space would fold blanks inside as well; this one takes off those at the ends (section A.3.3).
  defineFunction(`${V1}string-normalize-space`, [string], string, (text) => text.trim()),
  defineFunction(`${V1}string-normalize-to-lower-case`, [string], string, (text) => text.toLowerCase()),
  defineVariadic(`${V2}string-concatenate`, 2, string, string, concatenated),
  uriConcatenate(`${V2}uri-string-concatenate`),
  uriConcatenate(`${V2}string-uri-concatenate`),
  ...searches(string),
  ...searches(anyURI),
  ...conversions(boolean),
  ...conversions(integer),
  ...conversions(double),
  ...conversions(time),
  ...conversions(date),
  ...conversions(dateTime),
  ...conversions(anyURI),
  ...conversions(dayTimeDuration),
  ...conversions(yearMonthDuration),
  ...conversions(x500Name),
  ...conversions(rfc822Name),
  ...conversions(ipAddress),
  ...conversions(dnsName),
]
