import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  decodeXml,
  inlineXop,
  MimeError,
  parseMediaType,
  parseXml,
  readMultipart,
  readRelated,
  XmlError,
} from 'viaduct'

interface Case {
  readonly id: string
  readonly cat: string
  readonly title: string
  readonly file: string
  readonly headers: { readonly 'content-type': string }
  readonly expect: 'reject' | 'accept' | 'inert'
  readonly maxMs: number
}

const KIT = join(import.meta.dirname, '../../../shared/attack-kit')
const MANIFEST = join(KIT, 'corpus/manifest.json')
const present = existsSync(MANIFEST)
const all = present ? (JSON.parse(readFileSync(MANIFEST, 'utf8')) as Case[]) : []
// The big files are made by the kit on demand.
const files = (category: string): Case[] =>
  all.filter(({ cat, file }) => cat === category && existsSync(join(KIT, file)))

/** Well-formed XML that is wrong SOAP or too much for a policy: for other layers to refuse. */
const NOT_FOR_THE_PARSER = /^(?:soap-|pi-in-body|stylesheet-pi)/

function outcome(read: () => void): 'accept' | 'reject' {
  try {
    read()
    return 'accept'
  } catch (error) {
    if (error instanceof XmlError || error instanceof MimeError) return 'reject'
    throw error
  }
}

const charsetOf = (contentType: string): string | undefined => parseMediaType(contentType)?.parameters.get('charset')

describe.skipIf(!present)('the attack corpus (skipped without ../shared/attack-kit)', () => {
  it('holds XML and MIME cases', () => {
    expect(files('xml').length).toBeGreaterThan(100)
    expect(files('mime').length).toBeGreaterThan(40)
  })

  for (const { id, title, file, headers, expect: expected, maxMs } of files('xml')) {
    it(`xml ${id}: ${title}`, () => {
      const bytes = readFileSync(join(KIT, file))
      const start = performance.now()
      const actual = outcome(() => parseXml(decodeXml(bytes, charsetOf(headers['content-type']))))
      expect(performance.now() - start).toBeLessThan(maxMs)
      if (expected !== 'inert' && !NOT_FOR_THE_PARSER.test(id)) expect(actual).toBe(expected)
    })
  }

  for (const { id, title, file, headers, expect: expected, maxMs } of files('mime')) {
    const contentType = headers['content-type']
    if (!contentType.startsWith('multipart/')) continue
    it(`mime ${id}: ${title}`, () => {
      const bytes = readFileSync(join(KIT, file))
      const start = performance.now()
      const actual = outcome(() => {
        if (!contentType.startsWith('multipart/related')) return readMultipart(bytes, contentType)
        const { root, parts } = readRelated(bytes, contentType)
        const tree = parseXml(decodeXml(root.bytes, charsetOf(root.contentType)))
        return inlineXop(tree, new Map(parts.map((part) => [part.contentId ?? '', part])))
      })
      expect(performance.now() - start).toBeLessThan(maxMs)
      if (expected !== 'inert') expect(actual).toBe(expected)
    })
  }
})
