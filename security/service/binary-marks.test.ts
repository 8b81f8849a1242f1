import { firstElement, parseXml, printXml, TEXT, type XmlElement } from 'viaduct'
import { describe, expect, test } from 'vitest'
import type { Decryption, SecurityResults } from '../security-results.ts'
import { Case, decrypted, x509 } from '../testing/verified.ts'
import { markBinary } from './binary-marks.ts'

const bytesOf = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => (at * 7) % 256))

/** An element that was decrypted, with this inside. */
const elementOf = (inside: string): XmlElement => parseXml(`<q:image xmlns:q="urn:q">${inside}</q:image>`).root

function mark(node: XmlElement, typed: readonly string[] = [], more: Partial<Decryption> = {}): void {
  const results: SecurityResults = new Case().results({ decryptions: [decrypted(node, x509(undefined), more)] })
  markBinary(results, new Set(typed))
}

/** The bytes that an element is marked to hold. */
function marked(element: XmlElement | undefined): Buffer | undefined {
  const [only] = element?.children ?? []
  return only?.type === TEXT ? only.binary?.bytes : undefined
}

describe('a long text that is base64', () => {
  test('is binary content, and reads as before', () => {
    const text = bytesOf(900).toString('base64')
    const element = elementOf(text)
    const before = printXml(element)
    mark(element)
    expect(marked(element)).toEqual(bytesOf(900))
    expect(printXml(element)).toBe(before)
  })

  test('at any depth', () => {
    const element = elementOf(`<a><b>${bytesOf(900).toString('base64')}</b><c>x</c></a>`)
    mark(element)
    const a = firstElement(element, 'a')
    expect(a && marked(firstElement(a, 'b'))).toEqual(bytesOf(900))
    expect(a && marked(firstElement(a, 'c'))).toBeUndefined()
  })

  test.each<[string, string]>([
    ['short', bytesOf(90).toString('base64')],
    ['broken into lines', bytesOf(900).toString('base64').replace(/.{76}/g, '$&\n')],
    ['of another alphabet', bytesOf(900).toString('base64url')],
    ['with bits that no byte has', `${bytesOf(901).toString('base64').slice(0, -3)}R==`],
    ['without its end', bytesOf(900).toString('base64').slice(1)],
    ['beside a comment', `${bytesOf(900).toString('base64')}<!-- -->`],
  ])('not when %s', (_title, text) => {
    const element = elementOf(text)
    mark(element)
    expect(marked(element)).toBeUndefined()
  })
})

describe('an element that the description types as base64Binary', () => {
  test('may be short', () => {
    const element = elementOf('AQID')
    mark(element, ['{urn:q}image'])
    expect(marked(element)).toEqual(Buffer.from([1, 2, 3]))
  })

  test.each(['', 'not base64!', 'AQI', 'AQIE=', 'AQJ='])('holds no bytes as %j', (text) => {
    const element = elementOf(text)
    mark(element, ['{urn:q}image'])
    expect(marked(element)).toBeUndefined()
  })

  test('is meant with its namespace', () => {
    const element = elementOf('AQID')
    mark(element, ['{urn:other}image', '{}image'])
    expect(marked(element)).toBeUndefined()
  })
})

test('what came in an attachment stays there', () => {
  const element = elementOf('AQID')
  mark(element, ['{urn:q}image'], { kind: 'attachment' })
  expect(marked(element)).toBeUndefined()
})
