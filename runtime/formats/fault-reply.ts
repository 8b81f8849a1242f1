import type { Exchange } from '../exchange.ts'
import type { Fault } from '../fault.ts'
import { Headers } from '../headers.ts'
import type { Arrival, OutgoingReply } from '../transport.ts'

/** The answer to a client when no flow gave one. */
export function faultReply(_client: Exchange | Arrival, _fault: Fault, status = 500): OutgoingReply {
  return { status, headers: new Headers(), body: undefined }
}
