const DEFAULT_PATTERN = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Formats a time by a pattern of Java's SimpleDateFormat, in the time zone of the process. */
export function javaDate(milliseconds: number, pattern = DEFAULT_PATTERN): string {
  const date = new Date(milliseconds)
  return pattern.replaceAll(
    /'((?:[^']|'')*)'|([A-Za-z])\2*/g,
    (run: string, quoted: string | undefined, letter: string | undefined) => {
      if (letter === undefined) return quoted === '' || quoted === undefined ? "'" : quoted.replaceAll("''", "'")
      return FIELDS.get(letter)?.(date, run.length, letter) ?? ''
    },
  )
}

type Field = (date: Date, length: number, letter: string) => string

const padded =
  (value: (date: Date) => number): Field =>
  (date, length) =>
    String(value(date)).padStart(length, '0')

const named = (names: readonly string[], index: number, length: number): string =>
  length > 3 ? (names[index] ?? '') : (names[index] ?? '').slice(0, 3)

const year: Field = (date, length) =>
  length === 2 ? String(date.getFullYear() % 100).padStart(2, '0') : String(date.getFullYear()).padStart(length, '0')

const month: Field = (date, length) =>
  length > 2 ? named(MONTHS, date.getMonth(), length) : String(date.getMonth() + 1).padStart(length, '0')

const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['y', year],
  ['Y', year],
  ['u', year],
  ['M', month],
  ['L', month],
  ['d', padded((date) => date.getDate())],
  ['E', (date, length) => named(DAYS, date.getDay(), length)],
  ['a', (date) => (date.getHours() < 12 ? 'AM' : 'PM')],
  ['H', padded((date) => date.getHours())],
  ['k', padded((date) => date.getHours() || 24)],
  ['K', padded((date) => date.getHours() % 12)],
  ['h', padded((date) => date.getHours() % 12 || 12)],
  ['m', padded((date) => date.getMinutes())],
  ['s', padded((date) => date.getSeconds())],
  ['S', padded((date) => date.getMilliseconds())],
  ['D', padded((date) => Math.floor((date.getTime() - new Date(date.getFullYear(), 0, 0).getTime()) / 86_400_000))],
  ['X', zone],
  ['Z', zone],
  ['z', zone],
])

function zone(date: Date, length: number, letter: string): string {
  const offset = -date.getTimezoneOffset()
  if (letter === 'X' && offset === 0) return 'Z'
  if (letter === 'z' && offset === 0) return 'UTC'
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0')
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0')
  const sign = offset < 0 ? '-' : '+'
  if (letter === 'z') return `GMT${sign}${hours}:${minutes}`
  if (letter === 'X' && length === 1) return `${sign}${hours}`
  return letter === 'X' && length === 3 ? `${sign}${hours}:${minutes}` : `${sign}${hours}${minutes}`
}
