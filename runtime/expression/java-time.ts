/** What a date-time pattern prints and reads; fields that nothing is known of are undefined. */
export interface LocalTime {
  readonly year?: number | undefined
  readonly month?: number | undefined
  readonly day?: number | undefined
  readonly hour?: number | undefined
  readonly minute?: number | undefined
  readonly second?: number | undefined
  readonly millisecond?: number | undefined
}

/** The pattern is none that this formatter knows, or the text does not fit it. */
export class TimeFormatError extends Error {
  override readonly name = 'TimeFormatError'
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')
const HALVES = ['AM', 'PM']

interface Part {
  print(time: LocalTime): string
  /** Reads the part at the start of a text into `read`, and says how long it is. Throws {@link TimeFormatError}. */
  parse(text: string, read: Map<string, number>): number
}

/** A pattern of Java's DateTimeFormatter, for local dates and times in English. */
export class JavaTimeFormat {
  readonly #parts: readonly Part[]

  /** Throws {@link TimeFormatError}. */
  constructor(pattern: string) {
    this.#parts = partsOf(pattern)
  }

  /** Throws {@link TimeFormatError} when the pattern asks for a field that the time does not have. */
  print(time: LocalTime): string {
    let text = ''
    for (const part of this.#parts) text += part.print(time)
    return text
  }

  /** Reads a date, a time or both. Throws {@link TimeFormatError}. */
  parse(text: string): LocalTime {
    const read = new Map<string, number>()
    let at = 0
    for (const part of this.#parts) at += part.parse(text.slice(at), read)
    if (at < text.length) throw new TimeFormatError('the text is longer than the pattern')
    return resolve(read)
  }
}

/** The fields of a moment in the time zone of the process. */
export function localTime(milliseconds: number): LocalTime {
  const date = new Date(milliseconds)
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
    millisecond: date.getMilliseconds(),
  }
}

function partsOf(pattern: string): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const { 0: run, 1: quoted, 2: letter, index } of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*/g)) {
    if (index > at) parts.push(plain(pattern.slice(at, index)))
    if (letter !== undefined) parts.push(partOf(letter, run.length))
    else parts.push(literal(run === "''" ? "'" : (quoted ?? '').replaceAll("''", "'")))
    at = index + run.length
  }
  if (at < pattern.length) parts.push(plain(pattern.slice(at)))
  return parts
}

/** Text outside quotes. */
function plain(text: string): Part {
  const special = /['[\]{}#]/.exec(text)?.[0]
  return special === undefined ? literal(text) : fail(`${special} cannot stand in a pattern outside quotes`)
}

function literal(text: string): Part {
  return {
    print: () => text,
    parse: (rest) => (rest.startsWith(text) ? text.length : fail(`"${text}" is expected`)),
  }
}

const fail = (message: string): never => {
  throw new TimeFormatError(message)
}

const need = (field: number | undefined): number => field ?? fail('the pattern asks for what the time does not have')

function partOf(letter: string, length: number): Part {
  switch (letter) {
    case 'y':
    case 'u':
      return length === 2 ? twoDigitYear : digits('year', length, ({ year }) => need(year), length === 1 ? 1 : length)
    case 'M':
    case 'L':
      if (length > 2) return names('month', named(MONTHS, length), ({ month }) => need(month) - 1, 1)
      return digits('month', length, ({ month }) => need(month))
    case 'd':
      return digits('day', length, ({ day }) => need(day))
    case 'E':
      return names('weekday', named(DAYS, length), (time) => weekdayOf(time), 0)
    case 'a':
      return names('half', HALVES, ({ hour }) => Math.floor(need(hour) / 12), 0)
    case 'H':
      return digits('hour', length, ({ hour }) => need(hour))
    case 'k':
      return digits('hour24', length, ({ hour }) => need(hour) || 24)
    case 'h':
      return digits('hour12', length, ({ hour }) => need(hour) % 12 || 12)
    case 'K':
      return digits('hour11', length, ({ hour }) => need(hour) % 12)
    case 'm':
      return digits('minute', length, ({ minute }) => need(minute))
    case 's':
      return digits('second', length, ({ second }) => need(second))
    case 'S':
      return fraction(length)
    default:
      return fail(`the letter ${letter} cannot stand in a pattern for local times`)
  }
}

const named = (all: readonly string[], length: number): readonly string[] =>
  length === 4 ? all : all.map((name) => name.slice(0, 3))

const weekdayOf = ({ year, month, day }: LocalTime): number =>
  new Date(Date.UTC(need(year), need(month) - 1, need(day))).getUTCDay()

/** A number; a single letter reads any count of digits, several read exactly as many (years: or more). */
function digits(field: string, length: number, value: (time: LocalTime) => number, least = length): Part {
  const pattern =
    field === 'year' ? new RegExp(`^\\d{${least},9}`) : new RegExp(`^\\d{${least},${length === 1 ? 9 : length}}`)
  return {
    print: (time) => String(value(time)).padStart(length, '0'),
    parse: (text, read) => {
      const found = pattern.exec(text)?.[0] ?? fail('digits are expected')
      read.set(field, Number(found))
      return found.length
    },
  }
}

const twoDigitYear: Part = {
  print: ({ year }) => String(need(year) % 100).padStart(2, '0'),
  parse: (text, read) => {
    const found = /^\d{2}/.exec(text)?.[0] ?? fail('digits are expected')
    read.set('year', 2000 + Number(found))
    return 2
  },
}

/** Of a second; what is finer than milliseconds is 0. */
function fraction(length: number): Part {
  const pattern = new RegExp(`^\\d{${length}}`)
  return {
    print: ({ millisecond }) => String(need(millisecond)).padStart(3, '0').padEnd(length, '0').slice(0, length),
    parse: (text, read) => {
      const found = pattern.exec(text)?.[0] ?? fail('digits are expected')
      read.set('millisecond', Number(found.padEnd(3, '0').slice(0, 3)))
      return found.length
    },
  }
}

function names(field: string, all: readonly string[], index: (time: LocalTime) => number, first: number): Part {
  return {
    print: (time) => all[index(time)] ?? '',
    parse: (text, read) => {
      const found = all.findIndex((name) => text.startsWith(name))
      if (found < 0) fail('a name is expected')
      read.set(field, found + first)
      return (all[found] ?? '').length
    },
  }
}

/** Puts fields together as Java's smart resolver does: days after the end of a month are its last day. */
function resolve(read: ReadonlyMap<string, number>): LocalTime {
  const get = (field: string, least: number, most: number): number | undefined => {
    const value = read.get(field)
    return value === undefined || (value >= least && value <= most) ? value : fail(`the ${field} is out of range`)
  }
  const hour = hourOf(get)
  const [year, month] = [get('year', 0, 999_999_999), get('month', 1, 12)]
  const day = get('day', 1, 31)
  const date = year !== undefined && month !== undefined && day !== undefined
  if (!date && hour === undefined) fail('the text has neither a date nor a time')
  const time = hour !== undefined && {
    hour,
    minute: get('minute', 0, 59) ?? 0,
    second: get('second', 0, 59) ?? 0,
    millisecond: read.get('millisecond') ?? 0,
  }
  const checked = date && { year, month, day: Math.min(day, new Date(Date.UTC(year, month, 0)).getUTCDate()) }
  return { ...checked, ...time }
}

type Get = (field: string, least: number, most: number) => number | undefined

function hourOf(get: Get): number | undefined {
  const hour = get('hour', 0, 23)
  if (hour !== undefined) return hour
  const late = get('hour24', 1, 24)
  if (late !== undefined) return late % 24
  const half = get('half', 0, 1)
  const twelve = get('hour12', 1, 12) ?? get('hour11', 0, 11)
  return half === undefined || twelve === undefined ? undefined : (twelve % 12) + 12 * half
}
