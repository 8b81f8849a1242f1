import { Fault } from 'viaduct'

/** How far a call had come when it failed. */
export type CallStage = 'connecting' | 'sending' | 'waiting' | 'reading'

/** A failure of the network or of the back end as a fault with the code of the language reference, 1.6. */
export function faultOf(failure: unknown, stage: CallStage): Fault {
  if (failure instanceof Fault) return failure
  const cause = reasonOf(failure)
  const code = codeOf(cause)
  // What was asked for cannot be put into a request at all; nothing was sent.
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED')
    return new Fault('request-unwritable', 'The request cannot be written', { cause })
  switch (stage) {
    case 'connecting':
      return code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT'
        ? new Fault(101508, 'Connection timeout', { cause })
        : new Fault(101503, 'Error connecting to the back end', { cause })
    case 'sending':
      if (isViolation(cause, code)) return new Fault(101506, 'Protocol violation', { cause })
      return new Fault(101500, 'Error while sending the request to the back end', { cause })
    case 'waiting':
      return isViolation(cause, code)
        ? new Fault(101506, 'Protocol violation', { cause })
        : new Fault(101505, 'The connection was closed by the back end', { cause })
    case 'reading':
      return new Fault(101501, 'Error while receiving the answer of the back end', { cause })
  }
}

/** A connection that was closed under the request, as opposed to an answer that makes no sense. */
export function isClosed(failure: unknown): boolean {
  const cause = reasonOf(failure)
  const code = codeOf(cause)
  return code === 'ECONNRESET' || code === 'EPIPE' || (code === 'UND_ERR_SOCKET' && !isViolation(cause, code))
}

/** One of several failed attempts (IPv4 and IPv6) stands for all. */
function reasonOf(failure: unknown): Error {
  if (failure instanceof AggregateError) {
    const [first] = failure.errors as unknown[]
    if (first instanceof Error) return first
  }
  return failure instanceof Error ? failure : new Error('unknown failure')
}

const codeOf = (failure: Error): string | undefined => {
  const { code } = failure as NodeJS.ErrnoException
  return typeof code === 'string' ? code : undefined
}

/** undici's words for a message that nobody asked for. */
const UNASKED = /^bad (?:response|upgrade)/

function isViolation(failure: Error, code: string | undefined): boolean {
  if (failure.name === 'HTTPParserError') return true
  if (code === undefined) return false
  if (code === 'UND_ERR_SOCKET') return UNASKED.test(failure.message)
  return code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
}
