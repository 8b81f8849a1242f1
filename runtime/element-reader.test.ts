import { describe, expect, test } from 'vitest'
import {
  boolean,
  integer,
  list,
  named,
  number,
  oneOf,
  qname,
  regex,
  required,
  string,
  withDefault,
} from './attributes.ts'
import { defineMediator } from './mediator.ts'
import { child, children, requiredChild } from './schema.ts'
import { compileMediators } from './testing.ts'

interface Read {
  readonly [name: string]: unknown
}

/** What a definition reads of an element, and what it says about it. */
function read(xml: string): { config: Read | undefined; told: string[] } {
  let config: Read | undefined
  const full = defineMediator({
    name: 'full',
    summary: 'Has one of everything.',
    attributes: {
      name: required(string('A name.')),
      on: withDefault(true, boolean('A flag.')),
      count: integer('A number.', 1),
      share: number('A number.'),
      kind: oneOf(['Small', 'Large'], 'A word.', true),
      exact: oneOf(['Small', 'Large'], 'A word.'),
      words: list('Words.'),
      pattern: regex('A pattern.'),
      type: qname('A name.'),
      dashed: named('dashed-name', string('Another.')),
    },
    children: {
      one: requiredChild('one', 'Once.', { attributes: { a: string('An attribute.') } }),
      may: child('may', 'At most once.', { content: 'text' }),
      many: children('many', 'Any number.', { attributes: { n: required(integer('A number.')) } }),
    },
    compile: (found) => {
      config = found as unknown as Read
      return () => 'continue'
    },
  })
  const { diagnostics } = compileMediators(xml, { mediators: [full] })
  return { config, told: diagnostics.map((each) => each.replace('test.xml:', '')) }
}

describe('what is read', () => {
  test('attributes by type, defaults, children in order', () => {
    const { config, told } = read(
      '<full name="n" count=" 7 " share="1.5" kind="large" words="a, b c" pattern="a+" type="p:q" xmlns:p="urn:p" dashed-name="d"><many n="1"/><one a="x"/><many n="2"/><may> text </may></full>',
    )
    expect(told).toEqual([])
    expect(config).toMatchObject({
      name: 'n',
      on: true,
      count: 7,
      share: 1.5,
      kind: 'Large',
      words: ['a', 'b', 'c'],
      type: { prefix: 'p', name: 'q', namespace: 'urn:p' },
      dashed: 'd',
      one: { a: 'x' },
      may: { text: 'text' },
      many: [{ n: 1 }, { n: 2 }],
    })
    expect(config?.['pattern']).toEqual(expect.objectContaining({ source: expect.stringContaining('a+') }))
  })

  test('what is not there is undefined, or empty where there may be many', () => {
    const { config } = read('<full name="n"><one/></full>')
    expect([config?.['count'], config?.['may'], config?.['many']]).toEqual([undefined, undefined, []])
  })

  test('comments, instructions and descriptions count for nothing, and so do Synapse’s switches', () => {
    const { told } = read(
      '<full name="n" description="d" statistics="enable" trace="enable"><!-- c --><?p i?><description>d</description><one/></full>',
    )
    expect(told).toEqual([])
  })

  test('attributes of another namespace are somebody else’s', () => {
    expect(read('<full name="n" xmlns:x="urn:x" x:name="y" x:nonsense="z"><one/></full>').told).toEqual([])
  })
})

describe('what is wrong is told at its place, all of it', () => {
  const ONE = '<one/></full>'

  test.each([
    [`<full>${ONE}`, '1:1 error attribute-missing: <full> needs the attribute "name"'],
    [`<full name="n" on="yes">${ONE}`, '1:20 error attribute-invalid: on="yes": expected true or false'],
    [`<full name="n" count="x">${ONE}`, '1:23 error attribute-invalid: count="x": expected a whole number'],
    [`<full name="n" count="0">${ONE}`, '1:23 error attribute-invalid: count="0": expected 1 or more'],
    [`<full name="n" share="">${ONE}`, '1:23 error attribute-invalid: share="": expected a number'],
    [
      `<full name="n" exact="small">${ONE}`,
      '1:23 error attribute-invalid: exact="small": expected one of Small, Large',
    ],
    [`<full name="n" pattern="(">${ONE}`, '1:25 error attribute-invalid: pattern="(": not a regular expression'],
    [`<full name="n" type="x:y">${ONE}`, '1:22 error attribute-invalid: type="x:y": the prefix "x" is not declared'],
    [
      `<full name="n" cuont="1">${ONE}`,
      '1:16 warning attribute-unknown: <full> has no attribute "cuont"; did you mean "count"?',
    ],
    ['<full name="n"/>', '1:1 error element-missing: <full> needs a <one>'],
    ['<full name="n"><one/><one/></full>', '1:22 error element-repeated: <one> may appear only once'],
    ['<full name="n"><one/><mayn/></full>', '1:22 error element-unknown: <full> has no child <mayn>'],
    ['<full name="n"><one/><many/></full>', '1:22 error attribute-missing: <many> needs the attribute "n"'],
    ['<full name="n">text<one/></full>', '1:1 error text-invalid: <full> holds no text, but "text" stands in it'],
    ['<full name="n"><one>text</one></full>', '1:16 error text-invalid: <one> holds no text, but "text" stands in it'],
    [
      '<full name="n"><one/><may xmlns="urn:x"/></full>',
      '1:22 error element-unknown: <full> has no child <may> in the namespace "urn:x"',
    ],
    [
      '<full name="n"><one/><may xmlns=""/></full>',
      '1:22 error element-unknown: <full> has no child <may> in no namespace',
    ],
  ])('%s', (xml, expected) => {
    expect(read(xml).told).toEqual([expect.stringContaining(expected)])
  })

  test('several mistakes of one element come together', () => {
    expect(read('<full on="1" count="-1" x="y"><one/><one/><many n="z"/></full>').told).toEqual([
      expect.stringContaining('1:11 error attribute-invalid: on="1"'),
      expect.stringContaining('1:21 error attribute-invalid: count="-1"'),
      expect.stringContaining('1:25 warning attribute-unknown'),
      expect.stringContaining('1:1 error attribute-missing'),
      expect.stringContaining('1:37 error element-repeated'),
      expect.stringContaining('1:52 error attribute-invalid: n="z"'),
    ])
  })
})
