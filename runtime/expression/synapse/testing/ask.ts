import { InvalidValue, type Path } from 'viaduct'
import { type ContextOptions, createContext, type TestContext } from 'viaduct/testing'
import { expect } from 'vitest'
import { compileSynapsePath } from '../synapse-path.ts'

const NAMESPACES: ReadonlyMap<string, string> = new Map([['m', 'urn:menu']])

export const compile = (expression: string): Path =>
  compileSynapsePath(`\${${expression}}`, (prefix) => NAMESPACES.get(prefix))

export const ORDER = {
  id: 7,
  customer: 'Ann',
  paid: false,
  note: null,
  empty: '',
  at: 1,
  limit: 10,
  kind: 'book',
  '@odd key': 'odd',
  payload: { vars: 'deep' },
  text: '{"inner":[1,{"a":"b"}]}',
  items: [
    { sku: 'a1', price: 8.5, kind: 'book', tags: ['new', 'red'] },
    { sku: 'b2', price: 12, kind: 'toy' },
    { sku: 'c3', price: 22.25, kind: 'book' },
  ],
  numbers: [3, 1, 2],
}

export const withJson = (body: unknown = ORDER, options: ContextOptions = {}): TestContext =>
  createContext({ contentType: 'application/json', body: Buffer.from(JSON.stringify(body)), ...options })

export const withXml = (xml: string, contentType = 'application/xml'): TestContext =>
  createContext({ contentType, body: Buffer.from(xml) })

/** The text of the result, over the order unless another context is given. */
export const ask = (expression: string, ctx = withJson()): string => compile(expression).string(ctx)

/** The reason that was logged; the result must be empty. */
export function reasonOf(expression: string, ctx = withJson()): string {
  expect(compile(expression).string(ctx)).toBe('')
  const [line = '', ...more] = ctx.lines
  expect(more).toEqual([])
  expect(line).toMatch(/^WARN .*; the result is empty$/s)
  return line.slice(`WARN \${${expression}}: `.length, -'; the result is empty'.length)
}

export function mistakeIn(expression: string): string {
  try {
    compile(expression)
  } catch (error) {
    if (error instanceof InvalidValue) return `${error.code}: ${error.message}`
    throw error
  }
  return ''
}
