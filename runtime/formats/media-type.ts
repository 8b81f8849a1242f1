/** Families of content: each has one builder and one formatter (language reference, section 6). */
export type Format = 'soap11' | 'soap12' | 'xml' | 'json' | 'form' | 'form-data' | 'related' | 'text' | 'binary'

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['text/xml', 'soap11'],
  ['application/soap+xml', 'soap12'],
  ['application/xml', 'xml'],
  ['application/json', 'json'],
  ['application/json/badgerfish', 'json'],
  ['text/json', 'json'],
  ['text/javascript', 'json'],
  ['application/x-www-form-urlencoded', 'form'],
  ['multipart/form-data', 'form-data'],
  ['multipart/related', 'related'],
  ['text/plain', 'text'],
  ['application/octet-stream', 'binary'],
  ['application/binary', 'binary'],
])

/** Type and subtype in lower case, without parameters. */
export function mediaType(contentType: string): string {
  const end = contentType.indexOf(';')
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

/** The family of a Content-Type; undefined when no builder claims it. */
export function formatOf(contentType: string | undefined): Format | undefined {
  if (contentType === undefined) return undefined
  const type = mediaType(contentType)
  const known = FORMATS.get(type)
  if (known !== undefined) return known
  if (type.endsWith('+json')) return 'json'
  if (type.endsWith('+xml')) return 'xml'
  if (type === 'application/xop+xml') return 'related'
  return undefined
}

/** A parameter of a Content-Type, without quotes; the first one counts. */
export function parameterOf(contentType: string | undefined, name: string): string | undefined {
  if (contentType === undefined) return undefined
  const lower = contentType.toLowerCase()
  for (let at = lower.indexOf(';'); at >= 0; at = endOfParameter(lower, at + 1)) {
    const equals = lower.indexOf('=', at)
    if (equals < 0) return undefined
    if (lower.slice(at + 1, equals).trim() === name)
      return unquoted(contentType.slice(equals + 1, valueEnd(contentType, equals + 1)))
  }
  return undefined
}

/** Index of the `;` in front of the next parameter, or -1. */
function endOfParameter(text: string, from: number): number {
  const equals = text.indexOf('=', from)
  if (equals < 0) return -1
  const end = valueEnd(text, equals + 1)
  return end < text.length ? end : -1
}

/** Where a parameter value ends: at a `;` outside quotes. */
function valueEnd(text: string, from: number): number {
  let quoted = false
  for (let i = from; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === 0x22) quoted = !quoted
    else if (character === 0x5c && quoted) i++
    else if (character === 0x3b && !quoted) return i
  }
  return text.length
}

function unquoted(value: string): string {
  const text = value.trim()
  return text.startsWith('"') ? text.replaceAll(/^"|"$/g, '').replaceAll(/\\(.)/g, '$1') : text
}

/** Whether a Content-Type says JSON. */
export const isJsonType = (contentType: string | undefined): boolean => formatOf(contentType) === 'json'

/** Whether a Content-Type is one that envelopes travel in. */
export function isSoapType(contentType: string | undefined): boolean {
  const format = formatOf(contentType)
  return format === 'soap11' || format === 'soap12' || format === 'related'
}

/** The SOAP version that a Content-Type promises; for MTOM and SwA its parameters do. */
export function soapVersionOf(contentType: string | undefined): '1.1' | '1.2' {
  const format = formatOf(contentType)
  if (format !== 'related') return format === 'soap12' ? '1.2' : '1.1'
  const inner = parameterOf(contentType, 'start-info') ?? parameterOf(contentType, 'type')
  return formatOf(inner) === 'soap12' ? '1.2' : '1.1'
}

/** How an HTTP client would say the type of a format when nobody says otherwise. */
export const TYPE_OF: Readonly<Record<Format, string>> = {
  soap11: 'text/xml',
  soap12: 'application/soap+xml',
  xml: 'application/xml',
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  'form-data': 'multipart/form-data',
  related: 'multipart/related',
  text: 'text/plain',
  binary: 'application/octet-stream',
}
