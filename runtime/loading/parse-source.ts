import type { Report } from '../diagnostic.ts'
import type { SourceFile } from './source-file.ts'
import { decodeXml, parseConfiguration, type XmlDocument, XmlError } from '../xml/index.ts'

/** Parses a configuration file with places; undefined when it is not well-formed, which is reported. */
export function parseSource({ file, bytes }: SourceFile, report: Report): XmlDocument | undefined {
  try {
    return parseConfiguration(decodeXml(bytes), file)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const { line, column } = error
    const reason = bytes.toString('latin1').trim() === '' ? 'the file is empty' : error.reason
    report('xml-malformed', { file, line, column, endLine: line, endColumn: column + 1 }, reason)
    return undefined
  }
}
