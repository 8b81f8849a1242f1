import { buildElement } from '../message/build-element.ts'
import { WSU } from '../names.ts'
import type { TimestampStep } from '../plan.ts'
import type { Protection } from '../protection.ts'
import { printTime } from './utc-time.ts'

/** Writes a wsu:Timestamp. */
export function writeTimestamp(protection: Protection, { ttl, milliseconds, position }: TimestampStep): void {
  const { now } = protection.state
  const timestamp = buildElement(
    WSU,
    'wsu:Timestamp',
    {},
    buildElement(WSU, 'wsu:Created', {}, printTime(now, milliseconds)),
    buildElement(WSU, 'wsu:Expires', {}, printTime(now + ttl * 1000, milliseconds)),
  )
  protection.timestamp = timestamp
  if (position === 'first') protection.header.first(timestamp)
  else protection.header.last(timestamp)
}
