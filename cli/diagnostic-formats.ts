import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Diagnostic, DIAGNOSTICS, formatDiagnostic } from 'viaduct'
import type { Io } from './io.ts'
import { packageVersion } from './package.ts'

const FORMATS = ['pretty', 'json', 'sarif'] as const
export type Format = (typeof FORMATS)[number]

export const isFormat = (text: string): text is Format => (FORMATS as readonly string[]).includes(text)

export interface Report {
  readonly diagnostics: readonly Diagnostic[]
  /** Contents of the files that were read, by the path that diagnostics show. */
  readonly sources: ReadonlyMap<string, Buffer>
  readonly format: Format
}

/** Prints what a check has found. */
export function printReport(report: Report, io: Io): void {
  if (report.format === 'json') io.out(JSON.stringify(asJson(report), undefined, 2))
  else if (report.format === 'sarif') io.out(JSON.stringify(asSarif(report, io.cwd), undefined, 2))
  else printPretty(report, io)
}

const countOf = (diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number =>
  diagnostics.filter((each) => each.severity === severity).length

function printPretty({ diagnostics, sources }: Report, io: Io): void {
  const lines = new SourceLines(sources, io.cwd)
  for (const diagnostic of diagnostics) {
    io.out(coloured(formatDiagnostic(diagnostic), diagnostic.severity, io))
    for (const line of lines.excerpt(diagnostic)) io.out(`    ${line}`)
    io.out(`    ${DIAGNOSTICS[diagnostic.code].cure}`)
  }
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  const read = plural(sources.size, 'file')
  const errors = countOf(diagnostics, 'error')
  const warnings = countOf(diagnostics, 'warning')
  io.out(
    diagnostics.length === 0
      ? `${read}, no problems`
      : `${read}, ${plural(errors, 'error')}, ${plural(warnings, 'warning')}`,
  )
}

const coloured = (text: string, severity: Diagnostic['severity'], io: Io): string =>
  io.terminal ? `\u001B[${severity === 'error' ? 31 : 33}m${text}\u001B[0m` : text

const WIDEST = 100

/** Lines of the files that diagnostics point into. */
class SourceLines {
  readonly #sources: ReadonlyMap<string, Buffer>
  readonly #cwd: string
  readonly #lines = new Map<string, readonly string[]>()

  constructor(sources: ReadonlyMap<string, Buffer>, cwd: string) {
    this.#sources = sources
    this.#cwd = cwd
  }

  /** The line, cut to a width that a terminal shows, and under it carets; nothing when the file cannot be read as text. */
  excerpt({ at }: Diagnostic): string[] {
    const line = this.#of(at.file)[at.line - 1]?.replaceAll(/[\t\u0000-\u001F\u007F-\u009F]/g, ' ')
    if (line === undefined || line.trim() === '') return []
    const start = at.column - 1
    const from = line.length <= WIDEST ? line.length - line.trimStart().length : Math.max(0, start - 40)
    const cut = line.slice(Math.min(from, start), Math.min(from, start) + WIDEST)
    const indent = start - Math.min(from, start)
    const end = at.endLine === at.line ? at.endColumn - 1 : line.trimEnd().length
    const length = Math.min(Math.max(end - start, 1), Math.max(cut.trimEnd().length - indent, 1))
    return [cut, ' '.repeat(indent) + '^'.repeat(length)]
  }

  #of(file: string): readonly string[] {
    let lines = this.#lines.get(file)
    if (lines === undefined) this.#lines.set(file, (lines = this.#read(file)))
    return lines
  }

  #read(file: string): string[] {
    try {
      return (this.#sources.get(file) ?? readFileSync(resolve(this.#cwd, file))).toString('utf8').split(/\r\n|[\r\n]/)
    } catch {
      return []
    }
  }
}

function asJson({ diagnostics, sources }: Report): object {
  return {
    files: sources.size,
    errors: countOf(diagnostics, 'error'),
    warnings: countOf(diagnostics, 'warning'),
    diagnostics: diagnostics.map(({ code, severity, message, at }) => ({
      ...at,
      severity,
      code,
      message,
      cure: DIAGNOSTICS[code].cure,
    })),
  }
}

/** SARIF 2.1.0, which code hosts show beside the changed lines. */
function asSarif({ diagnostics }: Report, cwd: string): object {
  const rules = [...new Set(diagnostics.map(({ code }) => code))].map((id) => ({
    id,
    shortDescription: { text: DIAGNOSTICS[id].meaning },
    help: { text: DIAGNOSTICS[id].cure },
  }))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'viaduct', version: packageVersion(), rules } },
        originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(cwd).href}/` } },
        results: diagnostics.map(({ code, severity, message, at }) => ({
          ruleId: code,
          level: severity,
          message: { text: message },
          locations: [{ physicalLocation: { artifactLocation: locationOf(at.file), region: regionOf(at) } }],
        })),
      },
    ],
  }
}

const locationOf = (file: string): object =>
  file.startsWith('/') ? { uri: pathToFileURL(file).href } : { uri: file.split('\\').join('/'), uriBaseId: 'ROOT' }

const regionOf = ({ line, column, endLine, endColumn }: Diagnostic['at']): object => ({
  startLine: line,
  startColumn: column,
  endLine,
  endColumn,
})
