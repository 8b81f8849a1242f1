import type { Headers } from './headers.ts'
import type { Platform } from './platform.ts'

export const CORRELATION_HEADER = 'X-Correlation-ID'

/** The client's correlation id when it is short and harmless to print, else a new one. */
export function correlationOf(headers: Headers, platform: Platform): string {
  const given = headers.get(CORRELATION_HEADER)
  return given !== undefined && /^[\w.:/+=@-]{1,128}$/.test(given) ? given : platform.uuid()
}
