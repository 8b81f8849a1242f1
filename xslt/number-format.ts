import { attributeValue, type XmlElement } from 'viaduct'
import { StylesheetError } from './stylesheet-error.ts'

/** Characters of `xsl:decimal-format` (XSLT 1.0, section 12.3). */
export interface DecimalFormat {
  readonly decimal: string
  readonly grouping: string
  readonly percent: string
  readonly perMille: string
  readonly zero: string
  readonly digit: string
  readonly separator: string
  readonly minus: string
  readonly infinity: string
  readonly nan: string
}

export const DEFAULT_DECIMAL_FORMAT: DecimalFormat = {
  decimal: '.',
  grouping: ',',
  percent: '%',
  perMille: '‰',
  zero: '0',
  digit: '#',
  separator: ';',
  minus: '-',
  infinity: 'Infinity',
  nan: 'NaN',
}

export function readDecimalFormat(element: XmlElement): DecimalFormat {
  const read = (name: string, otherwise: string): string => attributeValue(element, name) ?? otherwise
  return {
    decimal: read('decimal-separator', '.'),
    grouping: read('grouping-separator', ','),
    percent: read('percent', '%'),
    perMille: read('per-mille', '‰'),
    zero: read('zero-digit', '0'),
    digit: read('digit', '#'),
    separator: read('pattern-separator', ';'),
    minus: read('minus-sign', '-'),
    infinity: read('infinity', 'Infinity'),
    nan: read('NaN', 'NaN'),
  }
}

interface Picture {
  readonly prefix: string
  readonly suffix: string
  readonly least: number
  readonly leastFraction: number
  readonly mostFraction: number
  readonly group: number
  readonly factor: number
}

/** `format-number()`: the pattern language of Java's DecimalFormat. Throws StylesheetError for a wrong pattern. */
export function formatDecimal(value: number, pattern: string, format: DecimalFormat): string {
  if (Number.isNaN(value)) return format.nan
  const [positive = '', negative] = pattern.split(format.separator, 2)
  const picture = readPicture(positive, format)
  const isNegative = value < 0
  const { prefix, suffix } = isNegative && negative !== undefined ? readPicture(negative, format) : picture
  const sign = isNegative && negative === undefined ? format.minus : ''
  if (!Number.isFinite(value)) return `${sign}${prefix}${format.infinity}${suffix}`
  const digits = digitsOf(Math.abs(value) * picture.factor, picture, format)
  return `${sign}${prefix}${digits}${suffix}`
}

function readPicture(text: string, format: DecimalFormat): Picture {
  const active = new Set([format.decimal, format.grouping, format.zero, format.digit])
  const characters = Array.from(text)
  const first = characters.findIndex((each) => active.has(each))
  if (first < 0) throw new StylesheetError(`format-number(): "${text}" has no digit`)
  let last = first
  while (last + 1 < characters.length && active.has(characters[last + 1] ?? '')) last++
  const number = characters.slice(first, last + 1)
  const prefix = characters.slice(0, first).join('')
  const suffix = characters.slice(last + 1).join('')
  const [whole, fraction] = splitAt(number, format.decimal)
  const grouping = whole.lastIndexOf(format.grouping)
  const affixes = prefix + suffix
  return {
    prefix: unquoted(prefix),
    suffix: unquoted(suffix),
    least: whole.filter((each) => each === format.zero).length,
    leastFraction: fraction.filter((each) => each === format.zero).length,
    mostFraction: fraction.filter((each) => each === format.zero || each === format.digit).length,
    group: grouping < 0 ? 0 : whole.length - 1 - grouping,
    factor: affixes.includes(format.percent) ? 100 : affixes.includes(format.perMille) ? 1000 : 1,
  }
}

function splitAt(characters: readonly string[], separator: string): [readonly string[], readonly string[]] {
  const at = characters.indexOf(separator)
  return at < 0 ? [characters, []] : [characters.slice(0, at), characters.slice(at + 1)]
}

const unquoted = (text: string): string =>
  text.replaceAll(/'([^']*)'/g, (_, inner: string) => (inner === '' ? "'" : inner))

function digitsOf(
  value: number,
  { least, leastFraction, mostFraction, group }: Picture,
  format: DecimalFormat,
): string {
  const [whole = '0', fraction = ''] = rounded(value, mostFraction).split('.')
  const kept = fraction.replace(/0+$/, '').padEnd(leastFraction, '0')
  let integer = whole.replace(/^0+/, '').padStart(least, '0')
  if (integer === '' && kept === '') integer = '0'
  if (group > 0) integer = integer.replaceAll(new RegExp(`(?=(?:.{${group}})+$)(?!^)`, 'gs'), format.grouping)
  const text = kept === '' ? integer : `${integer}${format.decimal}${kept}`
  if (format.zero === '0') return text
  const zero = format.zero.codePointAt(0) ?? 48
  return text.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))
}

/** Half to even, as Java rounds, on the shortest decimal that stands for the number. */
function rounded(value: number, places: number): string {
  if (value >= 1e21) return BigInt(Math.trunc(value)).toString()
  const [digits = '0', power = '0'] = value.toString().split('e')
  const [whole = '0', fraction = ''] = digits.split('.')
  const exponent = Number(power)
  const all = whole + fraction
  const point = whole.length + exponent
  const padded = point <= 0 ? '0'.repeat(1 - point) + all : all.padEnd(point, '0')
  const at = Math.max(point, 1)
  const integer = padded.slice(0, at)
  const rest = padded.slice(at)
  if (rest.length <= places) return rest === '' ? integer : `${integer}.${rest}`
  const head = BigInt(integer + rest.slice(0, places))
  const tail = rest.slice(places)
  const half = `5${'0'.repeat(tail.length - 1)}`
  const up = tail > half || (tail === half && head % 2n === 1n)
  const text = String(up ? head + 1n : head).padStart(integer.length + places, '0')
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
}
