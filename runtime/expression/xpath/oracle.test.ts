import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documents, expressions } from './testing/generate.ts'
import { type Answer, libxml2, ours, xpathOnXmldom } from './testing/oracles.ts'

const SECONDS = 3

/** -0 and 0 are the same number to XPath; libxml2 is wrong in the last digits. */
const comparable = (answer: Answer): unknown => {
  const number = typeof answer === 'string' && /^-?\d+\.\d{6,}$/.test(answer) ? Number(answer) : answer
  return typeof number === 'number' && Number.isFinite(number) ? Number(number.toPrecision(12)) + 0 : answer
}

/** `position()` and `last()` outside of predicates: libxml2's wrapper has no context size for them. */
function asksPositionOutside(expression: string): boolean {
  let outside = expression
  for (let before = ''; before !== outside;) {
    before = outside
    outside = outside.replace(/\[[^[\]]*\]/g, '')
  }
  return /position\(\)|last\(\)/.test(outside)
}

/** libxml2 leaves the content of its element out of what follows an attribute, and writes numbers with 15 digits. */
const libxmlIsWrong = (expression: string): boolean =>
  (expression.includes('@') && expression.includes('following::')) || expression.includes(' div ')

/**
 * The package xpath takes declarations for attributes and attributes for elements, gives documents a name, counts UTF-16
 * units, and is wrong about some axes from the root.
 */
const xpathIsWrong = (expression: string): boolean =>
  /@.*self::|@\*|following|preceding|string-length|substring\(|translate|name\(/.test(expression)

/** Asks about many expressions, a few hundred for each document, until the time is over. */
function compare(seed: number, ask: (xml: string) => (expression: string) => void): number {
  const xmls = fc.sample(documents, { seed, numRuns: 200 })
  const asked = fc.sample(expressions, { seed: seed + 1, numRuns: 20_000 })
  const end = performance.now() + SECONDS * 1000
  let count = 0
  for (const xml of xmls) {
    const question = ask(xml)
    for (let i = 0; i < 200 && performance.now() < end; i++) question(asked[count++ % asked.length] ?? '.')
  }
  return count
}

describe('XPath 1.0 gives the same answers as', () => {
  test('libxml2', () => {
    const count = compare(51, (xml) => {
      const engine = ours(xml)
      const oracle = libxml2(xml)
      return (expression) => {
        if (asksPositionOutside(expression) || libxmlIsWrong(expression)) return
        const expected = oracle.ask(expression)
        if (expected === undefined) return
        const answer = engine(expression)
        expect(comparable(answer), `${expression} on ${xml}`).toEqual(comparable(expected))
      }
    })
    expect(count).toBeGreaterThan(2000)
  })

  test('xpath on xmldom', () => {
    const count = compare(52, (xml) => {
      const engine = ours(xml)
      const oracle = xpathOnXmldom(xml)
      return (expression) => {
        if (xpathIsWrong(expression)) return
        expect(comparable(engine(expression)), `${expression} on ${xml}`).toEqual(comparable(oracle(expression)))
      }
    })
    expect(count).toBeGreaterThan(2000)
  })
})
