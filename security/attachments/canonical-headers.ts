import type { MimePart } from 'viaduct'

/** The headers that a complete signature covers, sorted and with the case of SwA profile 1.1 section 5.4.1. */
const COVERED = [
  'Content-Description',
  'Content-Disposition',
  'Content-ID',
  'Content-Location',
  'Content-Type',
] as const

/** Parameters whose values are compared without case. */
const CASELESS: ReadonlySet<string> = new Set([
  'charset',
  'creation-date',
  'filename',
  'modification-date',
  'padding',
  'read-date',
  'size',
  'type',
])

/** MIME headers in canonical form: unfolded, without comments, parameters sorted and quoted, `name:value` CRLF each. */
export function canonicalHeaders({ headers }: MimePart): string {
  let text = ''
  for (const name of COVERED) {
    const value = headers.get(name.toLowerCase())
    if (value !== undefined) text += `${name}:${canonicalValue(name, value)}\r\n`
    else if (name === 'Content-Type') text += 'Content-Type:text/plain;charset="us-ascii"\r\n'
  }
  return text
}

function canonicalValue(name: (typeof COVERED)[number], value: string): string {
  const unfolded = value.replace(/\r?\n(?=[ \t])/g, '')
  const plain = withoutComments(unfolded)
  if (name === 'Content-Description') return plain
  const trimmed = plain.replace(/^[ \t]+/, '')
  return (name === 'Content-Disposition' || name === 'Content-Type') && trimmed.includes(';')
    ? canonicalParameters(trimmed)
    : trimmed
}

function canonicalParameters(value: string): string {
  const [first = '', ...rest] = splitOutsideQuotes(value)
  const parameters = rest.flatMap((parameter): [string, string][] => {
    const equals = parameter.indexOf('=')
    if (equals < 0) return []
    const name = parameter.slice(0, equals).trim().toLowerCase()
    const bare = parameter
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/s, '$1')
    const content = CASELESS.has(name) ? bare.toLowerCase() : bare
    return [[name, `"${content.replace(/\\(.)/gs, '$1').replace(/["\\]/g, '\\$&')}"`]]
  })
  const sorted = parameters.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return [first.toLowerCase(), ...sorted.map(([name, content]) => `${name}=${content}`)].join(';')
}

/** Removes what stands in parentheses outside of quotes; parentheses may be nested. */
function withoutComments(value: string): string {
  if (!value.includes('(')) return value
  let plain = ''
  let depth = 0
  for (const { text, quoted } of pieces(value)) {
    if (quoted) {
      if (depth === 0) plain += text
    } else if (text === '(') depth++
    else if (text === ')' && depth > 0) depth--
    else if (depth === 0) plain += text
  }
  return plain
}

function splitOutsideQuotes(value: string): string[] {
  const parts = ['']
  for (const { text, quoted } of pieces(value)) {
    if (!quoted && text === ';') parts.push('')
    else parts[parts.length - 1] += text
  }
  return parts
}

/** Characters one by one, a quoted string as a whole. */
function* pieces(value: string): Generator<{ readonly text: string; readonly quoted: boolean }> {
  for (let at = 0; at < value.length;) {
    const end = value[at] === '"' ? endOfQuote(value, at) : at + 1
    yield { text: value.slice(at, end), quoted: end > at + 1 }
    at = end
  }
}

function endOfQuote(value: string, start: number): number {
  for (let at = start + 1; at < value.length; at++) {
    if (value[at] === '\\') at++
    else if (value[at] === '"') return at + 1
  }
  return value.length
}
