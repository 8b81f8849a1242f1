import type { Run, Value } from '../run.ts'
import type { ExsltEntry } from './index.ts'
import { textOf } from './arguments.ts'

const MOMENT = /^(-?\d{4,})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?$/
const TIME = /^(\d\d):(\d\d):(\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?$/
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = 'January February March April May June July August September October November December'.split(' ')

interface Moment {
  readonly year: number
  readonly month: number | undefined
  readonly day: number | undefined
  readonly hour: number | undefined
  readonly minute: number | undefined
  readonly second: number | undefined
  readonly zone: string
}

function parse(text: string): Moment | undefined {
  const match = MOMENT.exec(text.trim())
  if (match === null) {
    const time = TIME.exec(text.trim())
    if (time === null) return undefined
    return {
      year: Number.NaN,
      month: undefined,
      day: undefined,
      hour: Number(time[1]),
      minute: Number(time[2]),
      second: Number(time[3]),
      zone: time[4] ?? '',
    }
  }
  const part = (index: number): number | undefined => (match[index] === undefined ? undefined : Number(match[index]))
  return {
    year: Number(match[1]),
    month: part(2),
    day: part(3),
    hour: part(4),
    minute: part(5),
    second: part(6),
    zone: match[7] ?? '',
  }
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/** UTC, because a bus has no place of its own. */
const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`

const read =
  <T>(use: (moment: Moment) => T, otherwise: T) =>
  ([value]: Value[], run: Run): T => {
    const moment = parse(value === undefined ? now() : textOf(value, run))
    return moment === undefined ? otherwise : use(moment)
  }

const number = (use: (moment: Moment) => number | undefined) => read((moment) => use(moment) ?? Number.NaN, Number.NaN)

const utcDay = ({ year, month = 1, day = 1 }: Moment): Date => new Date(Date.UTC(year, month - 1, day))

function dayInYear(moment: Moment): number {
  return Math.round((utcDay(moment).getTime() - Date.UTC(moment.year, 0, 1)) / 86_400_000) + 1
}

/** ISO 8601: the week of the year's first Thursday is the first. */
function weekInYear(moment: Moment): number {
  const date = utcDay(moment)
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000)
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  return Math.floor((thursday.getTime() - first) / 604_800_000) + 1
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const DURATION = /^(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

interface Duration {
  readonly months: number
  readonly seconds: number
}

function parseDuration(text: string): Duration | undefined {
  const match = DURATION.exec(text.trim())
  if (match === null || /[PT]$/.test(text.trim())) return undefined
  const part = (index: number): number => Number(match[index] ?? 0)
  const sign = match[1] === undefined ? 1 : -1
  return {
    months: sign * (part(2) * 12 + part(3)),
    seconds: sign * (part(4) * 86_400 + part(5) * 3600 + part(6) * 60 + part(7)),
  }
}

function printDuration({ months, seconds }: Duration): string {
  if (months === 0 && seconds === 0) return 'P0D'
  const sign = months < 0 || seconds < 0 ? '-' : ''
  const [m, s] = [Math.abs(months), Math.abs(seconds)]
  const unit = (value: number, letter: string): string => (value === 0 ? '' : `${value}${letter}`)
  const time =
    unit(Math.floor((s % 86_400) / 3600), 'H') +
    unit(Math.floor((s % 3600) / 60), 'M') +
    unit(Number((s % 60).toFixed(6)), 'S')
  return `${sign}P${unit(Math.floor(m / 12), 'Y')}${unit(m % 12, 'M')}${unit(Math.floor(s / 86_400), 'D')}${time === '' ? '' : `T${time}`}`
}

/** Adds months first, keeping the day inside the month (XML Schema part 2, appendix E). */
function add(text: string, durationText: string): string {
  const moment = parse(text)
  const duration = parseDuration(durationText)
  if (moment === undefined || duration === undefined || Number.isNaN(moment.year)) return ''
  const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0, zone } = moment
  const months = year * 12 + month - 1 + duration.months
  const [newYear, newMonth] = [Math.floor(months / 12), ((months % 12) + 12) % 12]
  const last = new Date(Date.UTC(newYear, newMonth + 1, 0)).getUTCDate()
  const time = Date.UTC(newYear, newMonth, Math.min(day, last), hour, minute) + second * 1000 + duration.seconds * 1000
  const date = new Date(time)
  const iso = date.toISOString()
  const seconds = date.getUTCMilliseconds() === 0 ? iso.slice(0, 19) : iso.slice(0, 23).replace(/0+$/, '')
  if (moment.hour !== undefined || duration.seconds % 86_400 !== 0) return seconds + zone
  if (moment.day !== undefined) return iso.slice(0, 10) + zone
  return moment.month === undefined ? iso.slice(0, 4) + zone : iso.slice(0, 7) + zone
}

function difference(from: string, to: string): string {
  const [a, b] = [parse(from), parse(to)]
  if (a === undefined || b === undefined) return ''
  if (a.day === undefined || b.day === undefined)
    return printDuration({ months: (b.year - a.year) * 12 + (b.month ?? 1) - (a.month ?? 1), seconds: 0 })
  return printDuration({ months: 0, seconds: (instant(b) - instant(a)) / 1000 })
}

function instant({ year, month = 1, day = 1, hour = 0, minute = 0, second = 0, zone }: Moment): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1)
  return Date.UTC(year, month - 1, day, hour, minute) + second * 1000 - offset
}

function date({ year, month, day, zone }: Moment): string {
  return month === undefined || day === undefined ? '' : `${pad(year, 4)}-${pad(month)}-${pad(day)}${zone}`
}

function time({ hour, minute, second, zone }: Moment): string {
  return hour === undefined ? '' : `${pad(hour)}:${pad(minute ?? 0)}:${pad(Math.floor(second ?? 0))}${zone}`
}

/** exslt.org/dates-and-times. */
export const dates: ReadonlyMap<string, ExsltEntry> = new Map<string, ExsltEntry>([
  ['date-time', [0, 0, () => now()]],
  ['date', [0, 1, read(date, '')]],
  ['time', [0, 1, read(time, '')]],
  ['year', [0, 1, number(({ year }) => year)]],
  ['leap-year', [0, 1, read(({ year }): boolean | number => isLeap(year), Number.NaN)]],
  ['month-in-year', [0, 1, number(({ month }) => month)]],
  ['month-name', [0, 1, read(({ month }) => MONTHS[(month ?? 0) - 1] ?? '', '')]],
  ['month-abbreviation', [0, 1, read(({ month }) => (MONTHS[(month ?? 0) - 1] ?? '').slice(0, 3), '')]],
  ['week-in-year', [0, 1, number((moment) => (moment.day === undefined ? undefined : weekInYear(moment)))]],
  ['day-in-year', [0, 1, number((moment) => (moment.day === undefined ? undefined : dayInYear(moment)))]],
  ['day-in-month', [0, 1, number(({ day }) => day)]],
  ['day-in-week', [0, 1, number((moment) => (moment.day === undefined ? undefined : utcDay(moment).getUTCDay() + 1))]],
  [
    'day-name',
    [0, 1, read((moment) => (moment.day === undefined ? '' : (DAYS[utcDay(moment).getUTCDay()] ?? '')), '')],
  ],
  [
    'day-abbreviation',
    [
      0,
      1,
      read((moment) => (moment.day === undefined ? '' : (DAYS[utcDay(moment).getUTCDay()] ?? '').slice(0, 3)), ''),
    ],
  ],
  ['hour-in-day', [0, 1, number(({ hour }) => hour)]],
  ['minute-in-hour', [0, 1, number(({ minute }) => minute)]],
  ['second-in-minute', [0, 1, number(({ second }) => second)]],
  ['seconds', [0, 1, ([value], run) => secondsOf(value === undefined ? now() : textOf(value, run))]],
  ['add', [2, 2, ([moment, duration], run) => add(textOf(moment, run), textOf(duration, run))]],
  ['difference', [2, 2, ([from, to], run) => difference(textOf(from, run), textOf(to, run))]],
  [
    'duration',
    [
      0,
      1,
      ([seconds], run) =>
        printDuration({
          months: 0,
          seconds: seconds === undefined ? Math.floor(Date.now() / 1000) : Number(textOf(seconds, run)),
        }),
    ],
  ],
])

function secondsOf(text: string): number {
  const duration = parseDuration(text)
  if (duration !== undefined) return duration.months === 0 ? duration.seconds : Number.NaN
  const moment = parse(text)
  return moment === undefined || Number.isNaN(moment.year) ? Number.NaN : instant(moment) / 1000
}
