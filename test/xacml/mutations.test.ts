import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { constantFrom, assert as holdsFor, asyncProperty, nat, tuple } from 'fast-check'
import type { DecisionRequest } from 'viaduct'
import { describe, expect, test } from 'vitest'
import {
  Indeterminate,
  loadPolicies,
  printExplanation,
  readRequest,
  readResponse,
  writeResponse,
} from '../../entitlement/xacml.ts'
import { readCases } from './cases.ts'

const DIRECTORY = join(import.meta.dirname, '../../../shared/xacml')
const present = existsSync(DIRECTORY)

const cases = present
  ? readCases(DIRECTORY).filter(({ files }) => files.policies.length === 1 && files.request !== undefined)
  : []

/** Ways to break a document that leave it well-formed more often than not. */
const BREAKS: readonly ((text: string, place: number) => string)[] = [
  // An attribute is lost.
  (text, place) => without(text, / [A-Za-z]+="[^"]*"/g, place),
  // The value of an attribute is another one of the same document.
  (text, place) => exchanged(text, /"[^"<]*"/g, place),
  // Two names of elements change places.
  (text, place) => exchanged(text, /(?<=<\/?)[A-Za-z]+/g, place),
  // A text is another one.
  (text, place) => exchanged(text, /(?<=>)[^<>]+(?=<)/g, place),
  // An empty element is lost.
  (text, place) => without(text, /<[A-Za-z]+[^<>]*\/>/g, place),
  // A piece is lost, tags and all.
  (text, place) => text.slice(0, place % text.length) + text.slice((place % text.length) + (place % 50)),
  // A version or number changes.
  (text, place) => exchanged(text, /\d+\.\d/g, place),
]

function without(text: string, pattern: RegExp, place: number): string {
  const found = [...text.matchAll(pattern)]
  const match = found[place % Math.max(found.length, 1)]
  return match === undefined ? text : text.slice(0, match.index) + text.slice(match.index + match[0].length)
}

function exchanged(text: string, pattern: RegExp, place: number): string {
  const found = [...text.matchAll(pattern)]
  const match = found[place % Math.max(found.length, 1)]
  const other = found[(place * 31 + 7) % Math.max(found.length, 1)]
  if (match === undefined || other === undefined) return text
  return text.slice(0, match.index) + other[0] + text.slice(match.index + match[0].length)
}

const anyBreaks = tuple(constantFrom(...BREAKS), nat(100_000), constantFrom(...BREAKS), nat(100_000))
const read = (dir: string, name: string): string => readFileSync(join(DIRECTORY, dir, name), 'utf8')

/** Some requests of the corpus are wrong as they are. */
function requestOf(dir: string, name: string): DecisionRequest | undefined {
  try {
    return readRequest(read(dir, name)).request
  } catch (error) {
    if (error instanceof Indeterminate) return undefined
    throw error
  }
}

describe.skipIf(!present)('documents of the corpus, broken', () => {
  test('as policies are refused with places or decide something, and never throw', async () => {
    await holdsFor(
      asyncProperty(constantFrom(...cases), anyBreaks, async ({ dir, files }, [one, here, other, there]) => {
        const text = other(one(read(dir, files.policies[0] ?? ''), here), there)
        const { point, failed, diagnostics } = loadPolicies([{ file: 'p.xml', text }])
        for (const { at } of diagnostics) expect(at.line * at.column).toBeGreaterThan(0)
        const request = requestOf(dir, files.request ?? '')
        if (request === undefined) return
        const results = await point.decide(request)
        expect(results.length).toBeGreaterThan(0)
        if (failed) expect(results.every(({ decision }) => decision === 'Indeterminate')).toBe(true)
        const explained = await point.explain(request)
        expect(explained.map(printExplanation).join('\n')).not.toBe('')
        if (request.combined !== true)
          expect(explained.map(({ result }) => result.decision)).toEqual(results.map(({ decision }) => decision))
        expect(readResponse(writeResponse(results))).toHaveLength(results.length)
      }),
      { numRuns: 600 },
    )
  }, 60_000)

  test('as requests are syntax errors or are decided, and never throw', async () => {
    await holdsFor(
      asyncProperty(constantFrom(...cases), anyBreaks, async ({ dir, files }, [one, here, other, there]) => {
        const { point } = loadPolicies([{ file: 'p.xml', text: read(dir, files.policies[0] ?? '') }])
        try {
          const results = await point.decide(
            readRequest(other(one(read(dir, files.request ?? ''), here), there)).request,
          )
          expect(results.length).toBeGreaterThan(0)
          for (const version of ['2.0', '3.0'] as const)
            expect(readResponse(writeResponse(results, version))).toHaveLength(results.length)
        } catch (error) {
          expect(error).toBeInstanceOf(Indeterminate)
        }
      }),
      { numRuns: 600 },
    )
  }, 60_000)
})
