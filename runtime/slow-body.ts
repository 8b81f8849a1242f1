import { Fault } from './fault.ts'
import type { Message } from './message.ts'

/** A body that drips: of a client, or of a back end. */
export const tooSlow = ({ status }: Message, milliseconds: number): Fault =>
  status === undefined
    ? new Fault(101001, `the body was not complete within ${milliseconds} ms`)
    : new Fault(101501, 'Error while receiving the answer of the back end', {
        detail: `the answer was not complete within ${milliseconds} ms`,
      })
