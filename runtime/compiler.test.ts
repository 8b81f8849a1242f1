import { describe, expect, test } from 'vitest'
import { boolean, integer, oneOf, path, required, string, withDefault } from './attributes.ts'
import { defineMediator } from './mediator.ts'
import { child, children, InvalidValue, requiredChild } from './schema.ts'
import { compileMediators, createContext, createMarks, testServices } from './testing.ts'

const { definition: mark, passed } = createMarks()

const form = defineMediator({
  name: 'form',
  summary: 'Has everything.',
  attributes: {
    name: required(string('Text.')),
    count: withDefault(1, integer('A number.', 1)),
    on: boolean('A switch.'),
    kind: oneOf(['one', 'two'], 'A word.'),
  },
  children: {
    single: child('single', 'Once.', { attributes: { a: required(string('Text.')) } }),
    many: children('many', 'Often.', { content: 'text' }),
    needed: requiredChild('needed', 'Must be there.', { content: 'pipeline' }),
  },
  compile: () => () => 'continue',
})
const branch = defineMediator({
  name: 'branch',
  summary: 'Holds mediators.',
  attributes: { test: path('An expression.') },
  children: { otherwise: child('else', 'The other ones.', { content: 'pipeline' }) },
  content: 'pipeline',
  compile:
    ({ pipeline }) =>
    (ctx) =>
      pipeline?.(ctx) ?? 'continue',
})
const end = defineMediator({ name: 'end', summary: 'Ends.', ends: true, compile: () => () => 'stop' })
const drop = defineMediator({ name: 'drop', summary: 'Only ends.', ends: 'only', compile: () => () => 'stop' })
const picky = defineMediator({
  name: 'picky',
  summary: 'Refuses.',
  attributes: { how: required(string('Which way.')) },
  check({ how }, site) {
    if (how === 'check') site.fail('constraint-violated', 'not like this')
  },
  compile({ how }) {
    if (how === 'value') throw new InvalidValue('no such value')
    if (how === 'throw') throw new Error('broken')
    return () => 'continue'
  },
})

const mediators = [mark, form, branch, end, drop, picky]
const problems = (xml: string) => compileMediators(xml, { mediators }).diagnostics

describe('elements', () => {
  test('that keep to their definition have no problems', () => {
    expect(
      problems(`<form name="x" count=" 2 " on="TRUE" kind="two" description="d" xmlns:other="urn:o" other:any="y">
  <description>Mine</description>
  <many>a</many><single a="1"/><many/>
  <needed><mark name="m"/></needed>
</form>`),
    ).toEqual([])
  })

  test('tell every mistake in one run, each at its place', () => {
    expect(
      problems(`<form nmae="x" count="0" on="yes"
      kind="Two">
  <sinlge a="1"/>
  text
  <single/><single a="2"/>
  <many b="1"><form/></many>
</form>`),
    ).toEqual([
      'test.xml:1:7 warning attribute-unknown: <form> has no attribute "nmae"; did you mean "name"?',
      'test.xml:1:23 error attribute-invalid: count="0": expected 1 or more',
      'test.xml:1:30 error attribute-invalid: on="yes": expected true or false',
      'test.xml:2:13 error attribute-invalid: kind="Two": expected one of one, two',
      'test.xml:1:1 error attribute-missing: <form> needs the attribute "name"',
      'test.xml:3:3 error element-unknown: <form> has no child <sinlge>; did you mean "single"?',
      'test.xml:5:3 error attribute-missing: <single> needs the attribute "a"',
      'test.xml:5:12 error element-repeated: <single> may appear only once',
      'test.xml:6:9 warning attribute-unknown: <many> has no attribute "b"',
      'test.xml:6:15 error element-unknown: <many> has no child <form>',
      'test.xml:1:1 error text-invalid: <form> holds no text, but "text" stands in it',
      'test.xml:1:1 error element-missing: <form> needs a <needed>',
    ])
  })

  test('of a known name in another namespace are told apart from misspelt ones', () => {
    expect(problems('<form name="x"><needed/><single xmlns="" a="1"/></form>')).toEqual([
      'test.xml:1:25 error element-unknown: <form> has no child <single> in no namespace',
    ])
    expect(problems('<mark xmlns="urn:x" name="m"/>')).toEqual([
      'test.xml:1:1 error element-unknown: there is no mediator <mark> in the namespace "urn:x"; Synapse elements need xmlns="http://ws.apache.org/ns/synapse"',
    ])
  })

  test('of connectors are told as such', () => {
    expect(problems('<email.send/>')).toEqual([
      'test.xml:1:1 error element-unsupported: <email.send> is not supported yet: operations of connectors come with the whole language',
    ])
  })

  test('with warnings are compiled, with errors are left out', () => {
    passed.length = 0
    const { mediator } = compileMediators('<mark name="a" x="1"/><mark/><mark name="b"/>', { mediators })
    void mediator(createContext())
    expect(passed).toEqual(['a', 'b'])
  })

  test('are checked before they are compiled; what a definition throws is a diagnostic', () => {
    expect(problems('<picky how="check"/><picky how="value"/><picky how="throw"/><picky/>')).toEqual([
      'test.xml:1:1 error constraint-violated: not like this',
      'test.xml:1:21 error attribute-invalid: no such value',
      'test.xml:1:41 error module-failed: <picky> cannot be set up: broken',
      'test.xml:1:61 error attribute-missing: <picky> needs the attribute "how"',
    ])
  })
})

describe('what never runs', () => {
  test('is told once for every list', () => {
    expect(problems('<mark name="a"/><end/>\n<mark name="b"/><mark name="c"/>')).toEqual([
      'test.xml:2:1 warning flow-unreachable: <mark> never runs: <end> before it ends the sequence',
    ])
  })

  test('does not matter when it would only end the flow as well', () => {
    expect(problems('<end/><drop/>')).toEqual([])
    expect(problems('<drop/><mark name="a"/>')).toHaveLength(1)
  })

  test('is none of it when the end is in a branch, or in the dialect of Apache', () => {
    expect(problems('<branch><end/></branch><mark name="a"/>')).toEqual([])
    const services = testServices()
    const apache = { ...services, settings: { ...services.settings, dialect: 'apache' as const } }
    const { diagnostics } = compileMediators('<end/><mark name="a"/>', { mediators, services: apache })
    expect(diagnostics).toEqual([])
  })
})

test('a mediator whose expression looks into the body finds it in memory', async () => {
  const ctx = createContext({ body: '<a/>', streamed: true })
  const { mediator } = compileMediators('<branch test="//a"><mark name="m"/></branch>', { mediators })
  expect(ctx.message.built).toBe(false)
  await mediator(ctx)
  expect(ctx.message.built).toBe(true)
})

test('layers see every mediator with its path', () => {
  const paths: string[] = []
  const layers = [(inner: ReturnType<typeof mark.compile>, { path }: { path: string }) => (paths.push(path), inner)]
  compileMediators('<mark name="a"/><branch><mark name="b"/><mark name="c"/><else><mark name="d"/></else></branch>', {
    mediators,
    layers,
  })
  expect(paths).toEqual([
    'test/mark[1]',
    'test/branch[1]/else/mark[1]',
    'test/branch[1]/mark[1]',
    'test/branch[1]/mark[2]',
    'test/branch[1]',
  ])
})
