import type { Headers } from './headers.ts'
import type { Platform } from './platform.ts'

export const CORRELATION_HEADER = 'X-Correlation-ID'

/** The client's correlation id when it is short and harmless to print, else a new one. */
export function correlationOf(headers: Headers, platform: Platform): string {
  const given = headers.get(CORRELATION_HEADER)
  return given !== undefined && /^[\w.:/+=@-]{1,128}$/.test(given) ? given : platform.uuid()
}

export const TRACE_HEADER = 'traceparent'

/**
 * The client's W3C trace context when it is well-formed, else a new one that asks nobody to record. Its trace id is the
 * correlation id when that was made here, so that one finds the other.
 */
export function traceOf(headers: Headers, correlationId: string, platform: Platform): string {
  const given = headers.get(TRACE_HEADER)
  if (given !== undefined && /^(?!ff)[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(given)) return given
  const uuid = headers.has(CORRELATION_HEADER) ? platform.uuid() : correlationId
  const half = uuid.slice(19, 23) + uuid.slice(24)
  return `00-${uuid.slice(0, 8)}${uuid.slice(9, 13)}${uuid.slice(14, 18)}${half}-${half}-00`
}
