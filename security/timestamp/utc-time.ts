import { attributeValue, type XmlElement } from 'viaduct'
import { simpleText } from '../message/read-element.ts'
import { SecurityFailure } from '../security-failure.ts'

const DATE_TIME = /^(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,12})?(Z|[+-]\d\d:\d\d)$/

/**
 * A moment as WS-Security writes it, in milliseconds since the epoch. An offset is understood, a missing zone is not (Basic
 * Security Profile R3217, R3223); so is any number of digits of the fraction.
 */
export function readTime(element: XmlElement): number {
  const match = attributeValue(element, 'ValueType') === undefined ? DATE_TIME.exec(simpleText(element).trim()) : null
  const time = match === null ? NaN : Date.parse(`${match[1]}${match[2]?.slice(0, 4) ?? ''}${match[3]}`)
  if (match === null || Number.isNaN(time) || !isCalendarDate(match[1] ?? ''))
    throw new SecurityFailure('malformed', `${element.name} is not a UTC dateTime`)
  return time
}

/** JavaScript takes 30 February for 2 March. */
const isCalendarDate = (text: string): boolean => new Date(`${text}Z`).toISOString().startsWith(text)

/** A moment in UTC. */
export function printTime(time: number, milliseconds: boolean): string {
  const text = new Date(time).toISOString()
  return milliseconds ? text : text.replace(/\.\d{3}Z$/, 'Z')
}
