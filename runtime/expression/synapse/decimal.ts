/** An exact decimal number: `digits` · 10^-`scale`. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

/** Digits that a quotient gets: more than a double can tell apart. */
const QUOTIENT_DIGITS = 25

/** A finite number, by its shortest decimal form. */
export function toDecimal(value: number): Decimal {
  const [mantissa = '', power = '0'] = String(value).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(power)
  const digits = BigInt(whole + fraction)
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale }
}

export const toNumber = ({ digits, scale }: Decimal): number => Number(`${digits}e-${scale}`)

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { digits: digitsAt(a, scale) + digitsAt(b, scale), scale }
}

export const negateDecimal = ({ digits, scale }: Decimal): Decimal => ({ digits: -digits, scale })

export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => ({
  digits: a.digits * b.digits,
  scale: a.scale + b.scale,
})

/** `b` is not zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  const more = Math.max(0, QUOTIENT_DIGITS + lengthOf(b) - lengthOf(a), b.scale - a.scale)
  return { digits: (a.digits * 10n ** BigInt(more)) / b.digits, scale: a.scale + more - b.scale }
}

/** With the sign of the dividend. `b` is not zero. */
export function remainderOfDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { digits: digitsAt(a, scale) % digitsAt(b, scale), scale }
}

/** Rounds to a number of decimal places, halves away from zero. */
export function roundDecimal({ digits, scale }: Decimal, places: number): Decimal {
  if (places >= scale) return { digits, scale }
  const unit = 10n ** BigInt(scale - places)
  const half = digits < 0n ? -unit / 2n : unit / 2n
  return { digits: (digits + half) / unit, scale: places }
}

const digitsAt = ({ digits, scale }: Decimal, wanted: number): bigint => digits * 10n ** BigInt(wanted - scale)

const lengthOf = ({ digits }: Decimal): number => digits.toString().length
