import type { Writable } from 'node:stream'
import { LOG_LEVELS, type LogFields, type Logger, type LogLevel } from 'viaduct'

const LONGEST_FIELD = 4096

/** Control characters would let a message forge lines or colour a terminal. */
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029]/g
const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

function clean(text: string, lines: boolean): string {
  const cut = text.length > LONGEST_FIELD ? `${text.slice(0, LONGEST_FIELD)}… (${text.length} characters)` : text
  const escaped = cut.replace(CONTROL, escape)
  return lines ? escaped : escaped.replaceAll('\n', '\\n')
}

export interface LogOptions {
  readonly format: 'pretty' | 'json'
  readonly level: LogLevel
  readonly colour: boolean
}

const COLOURS: Readonly<Record<LogLevel, string>> = {
  TRACE: '2',
  DEBUG: '2',
  INFO: '32',
  WARN: '33',
  ERROR: '31',
  FATAL: '35',
  OFF: '0',
}

/**
 * The log of the process. Lines are collected and written once per turn of the event loop; a full disk or a closed pipe loses
 * lines, never the bus.
 */
export class ProcessLog implements Logger {
  readonly #out: Writable
  readonly #options: LogOptions
  readonly #threshold: number
  #pending = ''
  #scheduled = false

  constructor(out: Writable, options: LogOptions) {
    this.#out = out
    this.#options = options
    this.#threshold = LOG_LEVELS.indexOf(options.level)
    out.on('error', () => {})
  }

  enabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= this.#threshold
  }

  log(level: LogLevel, category: string, text: string, fields: LogFields = {}): void {
    if (!this.enabled(level)) return
    this.#pending += `${this.#options.format === 'json' ? json(level, category, text, fields) : this.#pretty(level, category, text, fields)}\n`
    if (this.#pending.length > 65_536) this.flush()
    else if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(() => this.flush())
    }
  }

  flush(): void {
    this.#scheduled = false
    if (this.#pending === '') return
    this.#out.write(this.#pending)
    this.#pending = ''
  }

  #pretty(level: LogLevel, category: string, text: string, fields: LogFields): string {
    const { correlation_id: correlation, 'exception.stacktrace': stack } = fields
    const time = new Date().toISOString().slice(11, 23)
    const shown = this.#options.colour ? `\u001B[${COLOURS[level]}m${level.padEnd(5)}\u001B[0m` : level.padEnd(5)
    const tail = `${correlation === undefined ? '' : ` [${clean(String(correlation), false)}]`}${stack === undefined ? '' : `\n${clean(String(stack), true)}`}`
    return `${time} ${shown} ${category}: ${clean(text, true).replaceAll('\n', '\n    ')}${tail}`
  }
}

function json(level: LogLevel, category: string, text: string, fields: LogFields): string {
  const record: Record<string, unknown> = {
    time: new Date().toISOString(),
    level,
    logger: category,
    message: clean(text, true),
  }
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) record[name] = typeof value === 'string' ? clean(value, true) : value
  return JSON.stringify(record)
}
