import { attributeValue, type XmlElement } from 'viaduct'
import { parseInstant } from '../message/instant.ts'
import { simpleText } from '../message/read-element.ts'
import { SecurityFailure } from '../security-failure.ts'

/**
 * A moment as WS-Security writes it, in milliseconds since the epoch. An offset is understood, a missing zone is not (Basic
 * Security Profile R3217, R3223); so is any number of digits of the fraction.
 */
export function readTime(element: XmlElement): number {
  const time = attributeValue(element, 'ValueType') === undefined ? parseInstant(simpleText(element)) : undefined
  if (time === undefined) throw new SecurityFailure('malformed', `${element.name} is not a UTC dateTime`)
  return time
}

/** A moment in UTC. */
export function printTime(time: number, milliseconds: boolean): string {
  const text = new Date(time).toISOString()
  return milliseconds ? text : text.replace(/\.\d{3}Z$/, 'Z')
}
