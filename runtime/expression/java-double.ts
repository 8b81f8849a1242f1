/** A double as Java prints it: a whole number keeps its `.0`, very large and small ones get an exponent (`1.0E7`). */
export function javaDouble(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return String(value)
  if (value !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value)
}
