import type { Arrival, Logger, Settings } from 'viaduct'
import type { Connection } from './connection.ts'
import type { Overload } from './overload.ts'

/** Limits of a listener in the units in which they are looked at. */
export interface ReceptionLimits {
  /** Largest body that is announced or sent. */
  readonly body: number
  readonly keepAliveLooks: number
  readonly readerLooks: number
  readonly bodyIdle: number
  /** For a body that is kept until it is complete. */
  readonly buildLooks: number
}

/** What all connections of one listener share. */
export interface Reception {
  readonly scheme: 'http' | 'https'
  readonly inbound: string | undefined
  readonly limits: ReceptionLimits
  /** Fields that every answer gets. */
  readonly answerFields: readonly string[]
  /** What answers that leave the connection open say about it. */
  readonly keepAlive: string
  readonly log: Logger
  readonly overload: Overload
  readonly connections: Set<Connection>
  /** No more requests after the ones under way: every answer says `Connection: close`. */
  closing: boolean
  dispatch(arrival: Arrival): void
}

/** Larger bodies of which nothing is known but their length. */
const LARGEST = 2 ** 40

export function receptionLimits({ limits, timeouts }: Settings): ReceptionLimits {
  const looks = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000))
  return {
    body: limits.stream > 0 ? limits.stream : LARGEST,
    keepAliveLooks: looks(timeouts.keepAlive),
    readerLooks: looks(timeouts.reader),
    bodyIdle: timeouts.bodyIdle,
    buildLooks: looks(timeouts.build),
  }
}
