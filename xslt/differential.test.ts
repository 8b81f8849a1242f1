import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalXml, parseXml } from 'viaduct'
import { afterAll, describe, expect, test } from 'vitest'
import { compileStylesheet } from './index.ts'
import { CASES, DOCUMENT } from './testing/cases.ts'

const there = spawnSync('xsltproc', ['--version']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'viaduct-xslt-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

if (!there && process.env['CI'] === undefined)
  test.skip('xsltproc is not installed: what it would make is not compared', () => {})

describe.skipIf(!there && process.env['CI'] === undefined)('what xsltproc makes of', () => {
  test.each(CASES.map((each, index) => [each.name, each, index] as const))(
    '%s',
    (_, { sheet, document = DOCUMENT, attributes = '' }, index) => {
      const text = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" ${attributes}>${sheet}</xsl:stylesheet>`
      const [sheetFile, documentFile] = [join(folder, `${index}.xsl`), join(folder, `${index}.xml`)]
      writeFileSync(sheetFile, text)
      writeFileSync(documentFile, document)
      const expected = execFileSync('xsltproc', [sheetFile, documentFile], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const result = compileStylesheet({ text, file: sheetFile }).transform(parseXml(document))
      expect(tidy(result.print())).toBe(tidy(expected))
    },
  )
})

/**
 * XML in exclusive canonical form, with what stands before its root: unused declarations and the order of attributes are no
 * difference. Anything else as it is, without newlines at the end.
 */
function tidy(text: string): string {
  try {
    const document = parseXml(text.replace(/<!DOCTYPE[^>]*>/, ''))
    return text.slice(0, text.search(/<[A-Za-z]/)) + canonicalXml(document.root, { form: 'exclusive' })
  } catch {
    return text.replace(/\n+$/, '')
  }
}
