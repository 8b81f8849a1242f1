import { spanOf } from 'viaduct'
import { createContext, createDeployment } from 'viaduct/testing'
import { expect, test } from 'vitest'
import { Diagnostics } from '../diagnostic.ts'
import { InvalidValue } from '../schema.ts'
import { TestLinker } from '../testing/linker.ts'
import { XmlElement } from '../xml/tree.ts'
import { compileTemplate } from './template.ts'

const element = new XmlElement('message')
const linker = new TestLinker(createDeployment(), new Diagnostics(), {})
const compile = (text: string) => compileTemplate(text, { element, at: spanOf(element), linker })

function rendered(text: string): string {
  const ctx = createContext({ contentType: 'application/json', body: '{"a":1,"o":{"x":"}"},"s":"t"}' })
  ctx.properties.set('default', 'p', 'v')
  return compile(text).string(ctx)
}

test.each([
  ['no expression', 'no expression'],
  ['${payload.a}', '1'],
  ['a ${payload.s} b ${props.synapse.p}!', 'a t b v!'],
  ['${payload.o}', '{"x":"}"}'],
  ["${payload.s == 't}' ? 'yes' : 'no}'}", 'no}'],
  ['$1 costs $ and ${', '$1 costs $ and ${'],
  ['', ''],
])('%s becomes %s', (text, expected) => {
  expect(rendered(text)).toBe(expected)
})

test('knows which expressions stand in quotes, and whether one looks into the body', () => {
  const template = compile('{"a": "${payload.a}", "b": ${vars.b}}')
  expect(template.parts.map((part) => (typeof part === 'string' ? part : part.quoted))).toEqual([
    '{"a": "',
    true,
    '", "b": ',
    false,
    '}',
  ])
  expect(template.contentAware).toBe(true)
  expect(compile('${vars.b}').contentAware).toBe(false)
})

test('refuses an expression that cannot be compiled', () => {
  expect(() => compile('${1 +}')).toThrow(InvalidValue)
})
