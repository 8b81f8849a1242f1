import type { Headers } from './headers.ts'
import type { Platform } from './platform.ts'

export const CORRELATION_HEADER = 'X-Correlation-ID'

/** The client's correlation id when it is short and harmless to print, else a new one. */
export function correlationOf(headers: Headers, platform: Platform): string {
  const given = headers.get(CORRELATION_HEADER)
  return given !== undefined && /^[\w.:/+=@-]{1,128}$/.test(given) ? given : platform.uuid()
}

export const TRACE_HEADER = 'traceparent'

/** The client's W3C trace context when it is well-formed, else a new one that asks nobody to record. */
export function traceOf(headers: Headers, platform: Platform): string {
  const given = headers.get(TRACE_HEADER)
  if (given !== undefined && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(given) && !given.startsWith('ff'))
    return given
  const trace = platform.uuid().replaceAll('-', '')
  return `00-${trace}-${trace.slice(16)}-00`
}
