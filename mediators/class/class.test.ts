import { defineMediator, Modules, path, required, string } from 'viaduct'
import { compileMediators, createContext } from 'viaduct/testing'
import { expect, test } from 'vitest'
import { classMediator } from './class.ts'

const note = defineMediator({
  name: 'note',
  namespace: 'urn:test',
  summary: 'Notes.',
  attributes: { header: required(string('Header.')), from: path('Source.') },
  compile:
    ({ header, from }) =>
    (ctx) => {
      ctx.message.headers.set(header, from?.string(ctx) ?? 'nothing')
      return 'continue'
    },
})

class Counter {
  start = 1
  loud = false
  mediate(context: { setProperty(name: string, value: unknown): void }): boolean {
    context.setProperty('count', this.loud ? -this.start : this.start)
    return this.start < 10
  }
}

const place = {
  exportName: 'default',
  file: '/home/mediators/x.ts',
  url: 'file:///x.ts',
  isolation: 'none',
  timeout: 1000,
} as const
const modules = new Modules([
  { kind: 'definition', definition: note, names: ['note', 'org.acme.Note'], ...place },
  { kind: 'class', create: Counter, names: ['Counter'], ...place },
])
const compile = (xml: string) => compileMediators(xml, { mediators: [classMediator], modules })

test('a definition gets its attributes from <property> elements, expressions included', async () => {
  const { mediator, diagnostics } = compile(
    `<class name="org.acme.Note"><property name="header" value="X-Note"/><property name="from" expression="$trp:Host"/></class>`,
  )
  expect(diagnostics).toEqual([])
  const ctx = createContext({ headers: { Host: 'example.org' } })
  expect(await mediator(ctx)).toBe('continue')
  expect(ctx.message.headers.get('X-Note')).toBe('example.org')
})

test('a property that the definition does not declare is reported where it stands', () => {
  const { diagnostics } = compile(
    `<class name="note">\n  <property name="header" value="X"/>\n  <property name="hedaer" value="Y"/>\n</class>`,
  )
  expect(diagnostics).toEqual([
    'test.xml:3:19 warning attribute-unknown: <note> has no attribute "hedaer"; did you mean "header"?',
  ])
})

test('a missing property of a definition is an error at the class element', () => {
  expect(compile('<class name="note"/>').diagnostics).toEqual([
    'test.xml:1:1 error attribute-missing: <note> needs the attribute "header"',
  ])
})

test('fields of a plain class take text as the type they begin with', async () => {
  const { mediator } = compile(
    `<class name="Counter"><property name="start" value="7"/><property name="loud" value="TRUE"/></class>`,
  )
  const ctx = createContext()
  expect(await mediator(ctx)).toBe('continue')
  expect(ctx.properties.get('default', 'count')).toBe(-7)
})

test('a plain class that returns false ends the flow', async () => {
  const { mediator } = compile(`<class name="com.example.Counter"><property name="start" value="10"/></class>`)
  expect(await mediator(createContext())).toBe('stop')
})

test.each([
  [
    'no setter and no field',
    '<class name="Counter"><property name="finish" value="7"/></class>',
    'it has neither setFinish() nor a field "finish"',
  ],
  [
    'a text for a number',
    '<class name="Counter"><property name="start" value="seven"/></class>',
    '"seven" is no number for the field "start"',
  ],
])('a property with %s is a diagnostic at the class', (_case, xml, reason) => {
  expect(compile(xml).diagnostics).toEqual([`test.xml:1:1 error module-failed: Counter: ${reason}`])
})

test('a class nobody exports is an error at the class element', () => {
  const [diagnostic] = compile('<class name="org.acme.Conter"/>').diagnostics
  expect(diagnostic).toMatch(/^test\.xml:1:1 error class-unknown: .*org\.acme\.Conter/)
})
