import { escapeXml } from './xml.ts'

/** One random quote as the Java services compute it. Properties stand in the order in which Axis2 writes them. */
export interface Quote {
  readonly change: number
  readonly earnings: number
  readonly high: number
  readonly last: number
  readonly lastTradeTimestamp: string
  readonly low: number
  readonly marketCap: number
  readonly name: string
  readonly open: number
  readonly peRatio: number
  readonly percentageChange: number
  readonly prevClose: number
  readonly symbol: string | undefined
  readonly volume: number
}

/** Draws new prices: no two calls give the same quote, which the cache and throttle samples rely on. */
export function drawQuote(symbol: string | undefined): Quote {
  const last = draw(100, 0.9, true)
  const change = draw(3, 0.5, false)
  const prevClose = draw(last, 0.15, false)
  return {
    change,
    earnings: draw(10, 0.4, false),
    high: draw(last, 0.05, false),
    last,
    lastTradeTimestamp: printJavaDate(new Date()),
    low: draw(last, 0.05, false),
    marketCap: draw(10e6, 5, false),
    name: `${symbol ?? 'null'} Company`,
    open: draw(last, 0.05, false),
    peRatio: draw(20, 0.3, false),
    percentageChange: (change / prevClose) * 100,
    prevClose,
    symbol,
    volume: Math.trunc(draw(10_000, 1, true)),
  }
}

function draw(base: number, variance: number, positive: boolean): number {
  const random = Math.random()
  const sign = random > 0.5 ? 1 : -1
  return (base + sign * variance * base * random) * (positive ? 1 : sign)
}

/** Writes a quote as the children of an element of type `ax21:GetQuoteResponse`. */
export function printQuote(quote: Quote): string {
  return Object.entries(quote)
    .map(([name, value]: [string, string | number | undefined]) => {
      if (value === undefined) return `<ax21:${name} xsi:nil="true"/>`
      const text =
        typeof value === 'string' ? escapeXml(value) : name === 'volume' ? String(value) : printJavaDouble(value)
      return `<ax21:${name}>${text}</ax21:${name}>`
    })
    .join('')
}

/** `Double.toString`: a decimal point always, an exponent outside 10^-3 … 10^7. */
export function printJavaDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  const plain = String(value)
  if (value === 0 || (size >= 1e-3 && size < 1e7))
    return plain.includes('.') ? plain : `${Object.is(value, -0) ? '-0' : plain}.0`
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}

/** `java.util.Date.toString()` in UTC. */
export function printJavaDate(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date.toUTCString().split(' ')
  return `${weekday.slice(0, -1)} ${month} ${day} ${time} UTC ${year}`
}
