import { collapsed, type DataType, LexicalError, XSD } from './data-type.ts'
import { DAY, MINUTE, SECOND } from './moments.ts'

const DAY_TIME =
  /^(-)?P(?=[0-9T])(?:([0-9]{1,15})D)?(?:T(?=[0-9])(?:([0-9]{1,15})H)?(?:([0-9]{1,15})M)?(?:([0-9]{1,15})(?:\.([0-9]+))?S)?)?$/
const YEAR_MONTH = /^(-)?P(?=[0-9])(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?$/

/** The value is a length in nanoseconds, so that P1DT2H equals PT26H. */
export const dayTimeDuration: DataType<bigint> = {
  id: `${XSD}dayTimeDuration`,
  name: 'dayTimeDuration',
  parse(text) {
    const match = DAY_TIME.exec(collapsed(text))
    if (match === null) throw new LexicalError(text, 'dayTimeDuration')
    const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match
    const length =
      BigInt(days) * DAY +
      BigInt(hours) * 60n * MINUTE +
      BigInt(minutes) * MINUTE +
      BigInt(seconds) * SECOND +
      BigInt(fraction.slice(0, 9).padEnd(9, '0'))
    return sign === undefined ? length : -length
  },
  print: printDayTime,
  key: (value) => value,
}

/** The value is a number of months. */
export const yearMonthDuration: DataType<number> = {
  id: `${XSD}yearMonthDuration`,
  name: 'yearMonthDuration',
  parse(text) {
    const match = YEAR_MONTH.exec(collapsed(text))
    if (match === null) throw new LexicalError(text, 'yearMonthDuration')
    const [, sign, years = '0', months = '0'] = match
    const length = Number(years) * 12 + Number(months)
    return sign === undefined ? length : 0 - length
  },
  print: (value) => {
    const months = Math.abs(value)
    const [years, rest] = [Math.floor(months / 12), months % 12]
    const text = `${years > 0 ? `${years}Y` : ''}${rest > 0 || years === 0 ? `${rest}M` : ''}`
    return `${value < 0 ? '-' : ''}P${text}`
  },
  key: (value) => value,
}

function printDayTime(value: bigint): string {
  const length = value < 0n ? -value : value
  const days = length / DAY
  const hours = (length % DAY) / (60n * MINUTE)
  const minutes = (length % (60n * MINUTE)) / MINUTE
  const seconds = (length % MINUTE) / SECOND
  const nanos = length % SECOND
  const fraction = nanos === 0n ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
  const clock =
    (hours > 0n ? `${hours}H` : '') +
    (minutes > 0n ? `${minutes}M` : '') +
    (seconds > 0n || fraction !== '' ? `${seconds}${fraction}S` : '')
  if (clock === '' && days === 0n) return 'PT0S'
  return `${value < 0n ? '-' : ''}P${days > 0n ? `${days}D` : ''}${clock === '' ? '' : `T${clock}`}`
}
