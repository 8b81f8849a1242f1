import { collapsed, type DataType, LexicalError, XSD } from './data-type.ts'

/** Reading a number takes more than linear time; nobody counts this far. */
const MOST_DIGITS = 1000

/** Unbounded, as XML Schema has it. */
export const integer: DataType<bigint> = {
  id: `${XSD}integer`,
  name: 'integer',
  parse(text) {
    const digits = collapsed(text)
    if (digits.length > MOST_DIGITS || !/^[+-]?[0-9]+$/.test(digits)) throw new LexicalError(text, 'integer')
    return BigInt(digits.startsWith('+') ? digits.slice(1) : digits)
  },
  print: (value) => value.toString(),
  key: (value) => value,
}

/** IEEE 754 double precision. Negative zero equals zero, and NaN itself, as in all engines that are in use. */
export const double: DataType<number> = {
  id: `${XSD}double`,
  name: 'double',
  parse(text) {
    const word = collapsed(text)
    if (word === 'INF') return Number.POSITIVE_INFINITY
    if (word === '-INF') return Number.NEGATIVE_INFINITY
    if (word === 'NaN') return Number.NaN
    if (word.length > MOST_DIGITS || !/^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(word))
      throw new LexicalError(text, 'double')
    return Number(word)
  },
  print: printDouble,
  key: (value) => (value === 0 ? 0 : Number.isNaN(value) ? 'NaN' : value),
}

/** As Java prints doubles between 0.001 and 10⁷, with a fraction always; beyond that with an exponent. */
function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF'
  const size = Math.abs(value)
  if (size === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits = '', power = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(power)}`
}
