const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(Z|[+-]\d\d:\d\d)$/

/**
 * An xsd:dateTime with time zone, milliseconds since the epoch; undefined for everything else, also where the zone is missing.
 * Any number of fractional digits is read, seconds are below 60.
 */
export function parseInstant(text: string): number | undefined {
  const match = INSTANT.exec(text.trim())
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (fields[3] > 23 || fields[4] > 59 || fields[5] > 59) return undefined
  const time = Date.UTC(fields[0], fields[1] - 1, fields[2], fields[3], fields[4], fields[5])
  const date = new Date(time)
  if (fields[0] < 1000 || date.getUTCMonth() !== fields[1] - 1 || date.getUTCDate() !== fields[2]) return undefined
  const offset = offsetOf(zone)
  return offset === undefined ? undefined : time + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset
}

function offsetOf(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4))
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

/** An instant in UTC with milliseconds, as every WS-* document wants it. */
export const printInstant = (time: number): string => new Date(time).toISOString()
