import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MailContent, MailTemplate, Report } from 'viaduct'
import { composeLetter, parseTemplate, TemplateError } from './template.ts'

const FILE = /^([\w-]+)(?:\.([a-z]{2}(?:-[A-Za-z0-9]{2,8})*))?\.(txt|html)$/
const LARGEST = 256 * 1024

/**
 * The templates of a home: `<name>.txt`, `<name>.html`, and `<name>.<language>.txt` … for other languages. They are read with
 * the configuration; what is wrong with one is reported where it is.
 */
export class TemplateFolder {
  readonly #templates = new Map<string, MailTemplate>()

  constructor(home: string, folder: string, report: Report) {
    const texts = new Map<string, string>()
    for (const [key, kind, file] of templateFiles(join(home, folder))) {
      const text = read(join(home, folder, file), join(folder, file), kind, report)
      if (text !== undefined) texts.set(`${key}.${kind}`, text)
    }
    for (const [key, text] of texts) {
      if (!key.endsWith('.txt')) continue
      const html = texts.get(key.replace(/txt$/, 'html'))
      this.#templates.set(key.replace(/\.txt$/, ''), html === undefined ? { text } : { text, html })
    }
  }

  /** In the language of the locale, or the language that it is a kind of, or without a language; else the fallback. */
  compose(
    name: string,
    values: ReadonlyMap<string, string>,
    { locale = '', fallback }: { readonly locale?: string; readonly fallback: MailTemplate },
  ): MailContent {
    const language = locale.split('-', 1)[0] ?? ''
    const found = [`${name}.${locale}`, `${name}.${language}`, name].map((key) => this.#templates.get(key))
    return composeLetter(found.find((each) => each !== undefined) ?? fallback, values)
  }
}

function* templateFiles(folder: string): Iterable<[key: string, kind: string, file: string]> {
  for (const file of listed(folder)) {
    const [, name = '', language, kind = ''] = FILE.exec(file) ?? []
    if (name !== '') yield [language === undefined ? name : `${name}.${language}`, kind, file]
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}

function read(file: string, shown: string, kind: string, report: Report): string | undefined {
  const text = readFileSync(file, 'utf8')
  const wrong = (message: string, at: number): undefined => {
    const lines = text.slice(0, at).split('\n')
    const [line, column] = [lines.length, (lines.at(-1)?.length ?? 0) + 1]
    report('template-invalid', { file: shown, line, column, endLine: line, endColumn: column }, message)
    return undefined
  }
  if (text.length > LARGEST) return wrong('a template may have 256 kB', 0)
  if (kind === 'txt' && !/^Subject:[ \t]*\S/i.test(text)) return wrong('the first line is to be "Subject: …"', 0)
  try {
    parseTemplate(text)
    return text
  } catch (failure) {
    if (failure instanceof TemplateError) return wrong(failure.message, failure.at)
    throw failure
  }
}
