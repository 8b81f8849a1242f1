export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL' | 'OFF'

export const LOG_LEVELS: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'OFF']

/** Structured facts beside the text of a line; names follow OpenTelemetry where it has one. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Where log lines go. Implementations escape control characters and cut long fields; callers never put secrets in. */
export interface Logger {
  enabled(level: LogLevel, category: string): boolean
  log(level: LogLevel, category: string, text: string, fields?: LogFields): void
}

export const silentLogger: Logger = { enabled: () => false, log: () => {} }
