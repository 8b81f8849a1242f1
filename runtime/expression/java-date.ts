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
      return field(date, letter, run.length)
    },
  )
}

function field(date: Date, letter: string, length: number): string {
  const padded = (value: number): string => String(value).padStart(length, '0')
  const named = (names: readonly string[], index: number): string =>
    length > 3 ? (names[index] ?? '') : (names[index] ?? '').slice(0, 3)
  switch (letter) {
    case 'y':
    case 'Y':
    case 'u':
      return length === 2 ? String(date.getFullYear() % 100).padStart(2, '0') : padded(date.getFullYear())
    case 'M':
    case 'L':
      return length > 2 ? named(MONTHS, date.getMonth()) : padded(date.getMonth() + 1)
    case 'd':
      return padded(date.getDate())
    case 'E':
      return named(DAYS, date.getDay())
    case 'a':
      return date.getHours() < 12 ? 'AM' : 'PM'
    case 'H':
      return padded(date.getHours())
    case 'k':
      return padded(date.getHours() || 24)
    case 'K':
      return padded(date.getHours() % 12)
    case 'h':
      return padded(date.getHours() % 12 || 12)
    case 'm':
      return padded(date.getMinutes())
    case 's':
      return padded(date.getSeconds())
    case 'S':
      return padded(date.getMilliseconds())
    case 'D':
      return padded(Math.floor((date.getTime() - new Date(date.getFullYear(), 0, 0).getTime()) / 86_400_000))
    case 'X':
    case 'Z':
    case 'z':
      return zone(date, letter, length)
    default:
      return ''
  }
}

function zone(date: Date, letter: string, length: number): string {
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
