import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  append,
  attributeValue,
  canonicalXml,
  type CanonicalForm,
  cloneNode,
  detach,
  ELEMENT,
  elements,
  INSTRUCTION,
  parseXml,
  printXml,
  TEXT,
  textOf,
  XmlDocument,
  type XmlElement,
  XmlError,
} from 'viaduct'
import { damagedDocuments, documents } from './generated-documents.ts'
import { libxml2Canonical, libxml2Verdict, xmldomTree } from './oracles.ts'

const WITH_COMMENTS = { form: 'inclusive', comments: true } as const

const canonical = (text: string): string => canonicalXml(parseXml(text), WITH_COMMENTS)

/** The tree as one line for each node, in the form of the xmldom oracle. */
function lines(element: XmlElement): string[] {
  const attributes = element.attributes.map(
    ({ namespace, prefix, name, value }) => `@{${namespace}}${prefix}:${name}=${value}`,
  )
  const found = [`<{${element.namespace}}${element.prefix}:${element.name}`, ...attributes.sort()]
  for (const child of element.children) {
    if (child.type === ELEMENT) found.push(...lines(child))
    else if (child.type === TEXT) found.push(`${child.cdata ? 4 : 3}=${child.value}`)
    else found.push(child.type === INSTRUCTION ? `?${child.name}=${child.value}` : `!${child.value}`)
  }
  return [...found, '>']
}

/** Marks one element as the one to canonicalise. */
function withApex(text: string, choice: number): { marked: string; apex: XmlElement } {
  const document = parseXml(text)
  const all: XmlElement[] = []
  const collect = (element: XmlElement): void => {
    all.push(element)
    for (const child of elements(element)) collect(child)
  }
  collect(document.root)
  const apex = all[choice % all.length] as XmlElement
  apex.attributes = [...apex.attributes, parseXml('<a apex=""/>').root.attributes[0] as XmlElement['attributes'][0]]
  return { marked: printXml(document), apex }
}

describe('the parser', () => {
  it('builds the tree that libxml2 builds, and prints what parses to the same tree', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const own = canonical(text)
        expect(libxml2Verdict(text)).toEqual({ canonical: own })
        expect(canonical(printXml(parseXml(text)))).toBe(own)
      }),
      { numRuns: 2000 },
    )
  })

  it('builds the tree that xmldom builds', () => {
    // xmldom leaves white space in attributes as it is, and takes neither U+000D nor an empty CDATA section.
    fc.assert(
      fc.property(documents, (text) => {
        const plain = text
          .replace(/\t|\r\n?/g, ' ')
          .replace(/&#13;|<!\[CDATA\[\]\]>/g, '-')
          .replace(/=\s*(["'])([^"']*)\1/g, (found) => found.replaceAll('\n', ' '))
        expect(lines(parseXml(plain).root)).toEqual(xmldomTree(plain))
      }),
      { numRuns: 1000 },
    )
  })

  it('refuses what libxml2 refuses, and accepts what it accepts', () => {
    fc.assert(
      fc.property(damagedDocuments, (text) => {
        const verdict = libxml2Verdict(text)
        // It warns of namespace names that are no absolute URIs, takes a version without digits, and does not refuse DOCTYPE.
        if ('refusal' in verdict ? /URI|canonicalize/.test(verdict.refusal) : /version=.1\.["']|<!DOCTYPE/.test(text))
          return
        let own: unknown
        try {
          own = { canonical: canonical(text) }
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError)
          own = undefined
        }
        expect(own).toEqual('refusal' in verdict ? undefined : verdict)
      }),
      { numRuns: 3000 },
    )
  })

  it('refuses what xmldom refuses', () => {
    fc.assert(
      fc.property(damagedDocuments, (text) => {
        if (xmldomTree(text) !== undefined || 'canonical' in libxml2Verdict(text)) return
        expect(() => parseXml(text)).toThrow(XmlError)
      }),
      { numRuns: 500 },
    )
  })
})

describe('canonical forms', () => {
  for (const form of ['inclusive', 'inclusive-1.1', 'exclusive'] satisfies CanonicalForm[]) {
    it(`${form}: a subtree gives the bytes that libxml2 gives`, () => {
      const prefixes = fc.subarray(['p', 'q', 'soap', '#default'])
      fc.assert(
        fc.property(documents, fc.nat(), fc.boolean(), prefixes, (text, choice, comments, prefixes) => {
          const { marked, apex } = withApex(text, choice)
          const options = { form, comments, prefixes }
          expect(canonicalXml(apex, options)).toBe(libxml2Canonical(marked, options))
        }),
        { numRuns: 1000 },
      )
    })
  }
})

describe('fragments', () => {
  it('mean the same alone as in their document', () => {
    fc.assert(
      fc.property(documents, fc.nat(), (text, choice) => {
        const { apex } = withApex(text, choice)
        const before = canonicalXml(apex, { form: 'exclusive' })
        expect(canonicalXml(parseXml(printXml(apex)), { form: 'exclusive' })).toBe(before)
        expect(canonicalXml(cloneNode(apex), { form: 'exclusive' })).toBe(before)
        const moved = new XmlDocument()
        append(moved, detach(apex))
        expect(canonicalXml(apex, { form: 'exclusive' })).toBe(before)
        expect(printXml(parseXml(printXml(moved)))).toBe(printXml(moved))
        expect(attributeValue(apex, 'apex')).toBe('')
        expect(textOf(apex)).toBe(textOf(parseXml(printXml(moved)).root))
      }),
      { numRuns: 1000 },
    )
  })
})
