import { DerError } from './der-error.ts'

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z$/
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/

/** A UTCTime (short) or GeneralizedTime, milliseconds since the epoch. Only UTC (`Z`) is read, as RFC 5280 4.1.2.5 asks. */
export function readTime(text: string, short: boolean): number {
  const match = (short ? UTC_TIME : GENERALIZED_TIME).exec(text)
  if (match === null) throw new DerError('a time is malformed')
  const [, year, month, day, hour, minute, second = '0', fraction = ''] = match
  const two = Number(year)
  const full = short ? two + (two < 50 ? 2000 : 1900) : two
  const fields = [full, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const
  const time = new Date(0).setUTCFullYear(fields[0], fields[1], fields[2]) + timeOfDay(fields[3], fields[4], fields[5])
  const back = new Date(time)
  if (back.getUTCMonth() !== fields[1] || back.getUTCDate() !== fields[2]) throw new DerError('a time is malformed')
  return time + Math.floor(Number(`0.${fraction || '0'}`) * 1000)
}

function timeOfDay(hour: number, minute: number, second: number): number {
  if (hour > 23 || minute > 59 || second > 59) throw new DerError('a time is malformed')
  return ((hour * 60 + minute) * 60 + second) * 1000
}

/** A GeneralizedTime without fraction, as Kerberos and certificates want it. */
export function printTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
}
