import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XmlDocument, XmlValidateError, XsdValidator } from 'libxml2-wasm'
import { describe, expect, test } from 'vitest'
import { SYNAPSE } from '../runtime/mediator.ts'
import { load } from '../runtime/loader.ts'
import { testServices } from '../runtime/testing.ts'
import { explain } from './explain.ts'
import type { Io, Verb } from './io.ts'
import { schema } from './schema.ts'
import { standardLanguage } from './standard.ts'

async function run(verb: Verb, args: readonly string[]) {
  const out: string[] = []
  const error: string[] = []
  const cwd = import.meta.dirname
  const io: Io = {
    out: (line) => out.push(line),
    error: (line) => error.push(line),
    environment: {},
    cwd,
    terminal: false,
  }
  const status = await verb.run(args, io)
  return { status, out: out.join('\n'), error: error.join('\n') }
}

const quickstart = join(import.meta.dirname, '../samples/quickstart')
const corpus = join(import.meta.dirname, '../../shared/corpus')

const xmlFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.xml'))
    .map((entry) => join(entry.parentPath, entry.name))

describe('schema --xsd', async () => {
  const { status, out } = await run(schema, ['--xsd'])
  const validator = XsdValidator.fromDoc(XmlDocument.fromString(out))
  /** What the schema finds wrong; '' when nothing. */
  const objection = (xml: Buffer | string): string => {
    using document = typeof xml === 'string' ? XmlDocument.fromString(xml) : XmlDocument.fromBuffer(xml)
    try {
      validator.validate(document)
      return ''
    } catch (error) {
      if (!(error instanceof XmlValidateError)) throw error
      return error.message
    }
  }

  test('is a schema that a real validator compiles', () => {
    expect(status).toBe(0)
  })

  test('accepts the quickstart', () => {
    const files = xmlFiles(quickstart)
    expect(files.length).toBeGreaterThan(3)
    expect(files.map((file) => objection(readFileSync(file)))).toEqual(files.map(() => ''))
  })

  test.each([
    ['a misspelt attribute', 'startOnLoad=', 'startOnload='],
    ['an unknown element', 'outSequence>', 'outSequense>'],
    ['a missing name', ' name="StockQuote"', ''],
  ])('refuses the quickstart with %s', (_, right, wrong) => {
    const proxy = readFileSync(join(quickstart, 'proxies/StockQuote.xml'), 'utf8')
    expect(proxy).toContain(right)
    expect(objection(proxy.replaceAll(right, wrong))).not.toBe('')
  })

  test('refuses a wrong word', () => {
    const logging = (level: string) => `<sequence xmlns="${SYNAPSE}" name="a"><log level="${level}"/></sequence>`
    expect(objection(logging('full'))).toBe('')
    expect(objection(logging('ful'))).not.toBe('')
  })

  test.skipIf(!existsSync(corpus))('takes what the loader takes without a word, in ../shared/corpus', async () => {
    const folders = [
      'classic/samples',
      'cases/configs',
      'integration/apis',
      'integration/endpoints',
      'integration/templates',
    ]
    const language = standardLanguage()
    const files = folders
      .flatMap((folder) => xmlFiles(join(corpus, folder)))
      .filter((file) => readFileSync(file).includes(SYNAPSE))
    let taken = 0
    const wrong: string[] = []
    for (const file of files) {
      const bytes = readFileSync(file)
      const { diagnostics } = await load([{ file, bytes }], language, testServices())
      if (diagnostics.length > 0) continue
      taken++
      const reason = objection(bytes)
      if (reason !== '') wrong.push(`${file}: ${reason}`)
    }
    expect(wrong).toEqual([])
    expect(taken).toBeGreaterThan(100)
  })
})

describe('schema', () => {
  test('--json and --settings print JSON Schema', async () => {
    const language = JSON.parse((await run(schema, ['--json'])).out)
    expect(Object.keys(language.$defs)).toEqual(expect.arrayContaining(['mediator.log', 'artifact.proxy']))
    const settings = JSON.parse((await run(schema, ['--settings'])).out)
    expect(settings.properties.listen.properties.port.default).toBe(8280)
  })

  test('without exactly one of its options is a usage error', async () => {
    expect((await run(schema, [])).status).toBe(2)
    expect((await run(schema, ['--xsd', '--json'])).status).toBe(2)
  })
})

describe('explain', () => {
  test('shows the attributes of a mediator', async () => {
    const { status, out } = await run(explain, ['log'])
    expect(status).toBe(0)
    expect(out).toContain('<log>  mediator')
    expect(out).toContain('level  simple | headers | full | custom')
  })

  test('knows an element with its brackets, and children by where they stand', async () => {
    expect((await run(explain, ['<then>'])).out).toContain('In <filter>')
  })

  test('shows meaning and cure of a code by number, by name, and of a diagnostic', async () => {
    for (const name of ['101503', 'connection-failed']) {
      const { status, out } = await run(explain, [name])
      expect(status).toBe(0)
      expect(out).toContain(
        '101503  fault connection-failed\n\n  No connection to the back end could be made.\n\n  Check',
      )
    }
    expect((await run(explain, ['xml-malformed'])).out).toContain('xml-malformed  diagnostic (error)')
  })

  test('tells what is not supported yet, and what may have been meant', async () => {
    expect(await run(explain, ['smooks'])).toMatchObject({
      status: 1,
      out: expect.stringContaining('not supported yet'),
    })
    expect(await run(explain, ['filtr'])).toMatchObject({
      status: 1,
      error: 'nothing is known of "filtr"; did you mean "filter"?',
    })
    expect(await run(explain, ['schema.test.ts'])).toMatchObject({
      status: 1,
      error: 'schema.test.ts: a message is explained with --policy FILE and --keystore FILE',
    })
  })

  test('lists everything, also as JSON', async () => {
    expect((await run(explain, [])).out).toContain('element-unknown')
    const { elements, faults } = JSON.parse((await run(explain, ['--json'])).out)
    expect(elements).toContain('proxy')
    expect(faults).toContain('101503 connection-failed')
    expect(JSON.parse((await run(explain, ['log', '--json'])).out).elements[0].attributes[0].name).toBe('level')
  })
})
