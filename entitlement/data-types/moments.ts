import { type Civil, civilOf, daysInMonth, daysOf } from './calendar.ts'
import { collapsed, type DataType, LexicalError, XSD } from './data-type.ts'

export const SECOND = 1_000_000_000n
export const MINUTE = 60n * SECOND
export const DAY = 86_400n * SECOND

/**
 * A point of time as somebody's clock shows it: nanoseconds of the local calendar (or day), and how many minutes that clock
 * is before UTC. A clock that does not say counts as UTC, the implicit time zone of this decision point.
 */
export interface Moment {
  readonly local: bigint
  readonly zone: number | undefined
}

export const instantOf = ({ local, zone }: Moment): bigint =>
  zone === undefined || zone === 0 ? local : local - BigInt(zone) * MINUTE

const CLOCK = '([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]+))?'
const DATE = '(-?(?:[1-9][0-9]{3,8}|0[0-9]{3}))-([0-9]{2})-([0-9]{2})'
const ZONE = '(Z|[+-][0-9]{2}:[0-9]{2})?'
const DATE_TIME_FORM = new RegExp(`^${DATE}T${CLOCK}${ZONE}$`)
const DATE_FORM = new RegExp(`^${DATE}${ZONE}$`)
const TIME_FORM = new RegExp(`^${CLOCK}${ZONE}$`)

export const dateTime: DataType<Moment> = {
  id: `${XSD}dateTime`,
  name: 'dateTime',
  parse(text) {
    const [, year, month, day, hour, minute, second, fraction, zone] = DATE_TIME_FORM.exec(collapsed(text)) ?? []
    const days = dayNumber(year, month, day)
    const clock = nanoseconds(hour, minute, second, fraction)
    const offset = offsetOf(zone)
    if (days === undefined || clock === undefined || offset === null) throw new LexicalError(text, 'dateTime')
    return { local: BigInt(days) * DAY + clock, zone: offset }
  },
  print: ({ local, zone }) => {
    const days = floorDay(local)
    return `${printDate(Number(days))}T${printClock(local - days * DAY)}${printZone(zone)}`
  },
  key: instantOf,
}

export const date: DataType<Moment> = {
  id: `${XSD}date`,
  name: 'date',
  parse(text) {
    const [, year, month, day, zone] = DATE_FORM.exec(collapsed(text)) ?? []
    const days = dayNumber(year, month, day)
    const offset = offsetOf(zone)
    if (days === undefined || offset === null) throw new LexicalError(text, 'date')
    return { local: BigInt(days) * DAY, zone: offset }
  },
  print: ({ local, zone }) => printDate(Number(local / DAY)) + printZone(zone),
  key: instantOf,
}

export const time: DataType<Moment> = {
  id: `${XSD}time`,
  name: 'time',
  parse(text) {
    const [, hour, minute, second, fraction, zone] = TIME_FORM.exec(collapsed(text)) ?? []
    const clock = nanoseconds(hour, minute, second, fraction)
    const offset = offsetOf(zone)
    if (clock === undefined || offset === null) throw new LexicalError(text, 'time')
    return { local: clock % DAY, zone: offset }
  },
  print: ({ local, zone }) => printClock(local) + printZone(zone),
  key: instantOf,
}

/** The last midnight, in days. */
export function floorDay(local: bigint): bigint {
  const days = local / DAY
  return local < 0n && local % DAY !== 0n ? days - 1n : days
}

export const civilOfMoment = ({ local }: Moment): Civil => civilOf(Number(floorDay(local)))

function dayNumber(year?: string, month?: string, day?: string): number | undefined {
  const civil = { year: Number(year), month: Number(month), day: Number(day) }
  if (year === undefined || civil.month < 1 || civil.month > 12) return undefined
  return civil.day < 1 || civil.day > daysInMonth(civil.year, civil.month) ? undefined : daysOf(civil)
}

/** Nanoseconds since midnight; 24:00:00 is the next midnight. What is finer than a nanosecond is cut off. */
function nanoseconds(hour?: string, minute?: string, second?: string, fraction = ''): bigint | undefined {
  if (hour === undefined || Number(minute) > 59 || Number(second) > 59) return undefined
  const nanos = BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  const clock = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * SECOND + nanos
  return clock > DAY ? undefined : clock
}

/** Minutes; undefined without a zone, null when it is no zone. */
function offsetOf(zone: string | undefined): number | undefined | null {
  if (zone === undefined) return undefined
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))
  if (minutes > 14 * 60 || Number(zone.slice(4)) > 59) return null
  return zone.startsWith('-') ? 0 - minutes : minutes
}

const two = (value: number): string => String(value).padStart(2, '0')

function printDate(days: number): string {
  const { year, month, day } = civilOf(days)
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}-${two(month)}-${two(day)}`
}

function printClock(clock: bigint): string {
  const seconds = Number(clock / SECOND)
  const nanos = clock % SECOND
  const fraction = nanos === 0n ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`
}

function printZone(zone: number | undefined): string {
  if (zone === undefined) return ''
  if (zone === 0) return 'Z'
  const minutes = Math.abs(zone)
  return `${zone < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
