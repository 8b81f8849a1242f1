import { spawnSync } from 'node:child_process'
import { XmlDocument, XmlValidateError, XsdValidator } from 'libxml2-wasm'
import { describe, expect, test } from 'vitest'
import { defineArtifact } from '../artifact.ts'
import { boolean, integer, key, named, oneOf, path, required, string, withDefault } from '../attributes.ts'
import { Language } from '../language.ts'
import { defineMediator, SYNAPSE } from '../mediator.ts'
import { child, children, requiredChild } from '../schema.ts'
import { TestFolder } from '../testing/folder.ts'
import { jsonSchemaOf, pageMarkdown, pageNames, pagesOf, pageText, xsdOf } from './index.ts'

const compile = () => () => 'continue' as const

const log = defineMediator({
  name: 'log',
  summary: 'Writes a <line> & more.',
  attributes: {
    level: oneOf(['simple', 'full'], 'How much.'),
    category: withDefault('INFO', oneOf(['INFO', 'WARN'], 'Level.', true)),
    on: boolean('Whether.'),
    count: integer('How often.'),
    cacheId: named('cache-id', string('Under which id.')),
  },
  children: {
    properties: children('property', 'An item.', {
      attributes: { name: required(string('Name.')), expression: path('Value.') },
    }),
  },
  compile,
})
const filter = defineMediator({
  name: 'filter',
  summary: 'Chooses.',
  attributes: { xpath: path('Condition.'), id: string('Its own id.') },
  children: {
    matched: child('then', 'On a match.', {
      attributes: { sequence: key('sequence', 'Instead.') },
      content: 'pipeline',
    }),
    otherwise: child('else', 'Else.', { content: 'pipeline' }),
  },
  content: 'pipeline',
  compile,
})
/** Holds mediators, and a child of the name of one. */
const clash = defineMediator({
  name: 'clash',
  summary: 'Has a child that is called like a mediator.',
  children: { log: child('log', 'Another log.', { attributes: { other: string('Text.') } }) },
  content: 'pipeline',
  compile,
})
const two = defineMediator({
  name: 'two',
  summary: 'Needs two children, in any order, with others around them.',
  children: {
    source: requiredChild('source', 'From.'),
    target: requiredChild('target', 'To.', { content: 'text' }),
    hints: children('hint', 'How.', { content: 'xml' }),
  },
  compile,
})
const once = defineMediator({
  name: 'once',
  summary: 'Has children that appear once.',
  children: { source: requiredChild('source', 'From.'), target: child('target', 'To.') },
  compile,
})
const send = defineMediator({ name: 'send', summary: 'Sends.', content: 'endpoint', compile })
const callSequence = defineMediator({
  name: 'sequence',
  summary: 'Runs a sequence.',
  attributes: { key: required(key('sequence', 'Its name.')) },
  compile,
})
const foreign = defineMediator({ name: 'mask', namespace: 'urn:acme', summary: 'Hides.', compile })

const sequence = defineArtifact({
  name: 'sequence',
  folders: ['sequences'],
  summary: 'A flow.',
  attributes: { name: required(string('Name.')) },
  content: 'pipeline',
  compile: () => undefined,
})
const endpoint = defineArtifact({
  name: 'endpoint',
  folders: ['endpoints'],
  summary: 'A place.',
  attributes: { name: string('Name.'), key: key('endpoint', 'Another.') },
  children: { address: child('address', 'Where.', { attributes: { uri: required(string('URL.')) } }) },
  compile: () => undefined,
})
const localEntry = defineArtifact({
  name: 'localEntry',
  nameAttribute: 'key',
  folders: ['local-entries'],
  summary: 'An entry.',
  attributes: { key: required(string('Name.')) },
  content: 'xml',
  compile: () => undefined,
})

const language = new Language({
  mediators: [log, filter, clash, two, once, send, callSequence, foreign],
  artifacts: [sequence, endpoint, localEntry],
  pending: new Map(),
})

const schema = xsdOf(language)

const main = (content: string) => `<sequence xmlns="${SYNAPSE}" name="main">${content}</sequence>`
const whole = (content: string) => `<definitions xmlns="${SYNAPSE}">${content}</definitions>`

const RIGHT = [
  main(''),
  main('<log/>'),
  main('<log level="full" category="warn" on=" True " count="+3" cache-id="x" description="d" trace="enable"/>'),
  main('<log xmlns:o="urn:o" o:any="x"><property name="a" expression="//x"/><property name="b"/></log>'),
  main('<description>Mine</description><log/>'),
  main('<filter xpath="//a" id="1"><then sequence="x"/><else><log/><send/></else></filter>'),
  main('<filter xpath="//a"><log/><filter/></filter>'),
  main('<clash><log other="x"/><filter/><send/></clash>'),
  main('<two><hint>x<y/></hint><target>text</target><source/><hint/></two>'),
  main('<two><source/><target/></two>'),
  main('<once><target/><source/></once>'),
  main('<send><endpoint key="e"/></send><send><endpoint><address uri="http://x"/></endpoint></send>'),
  main('<sequence key="other"/>'),
  main('<mask xmlns="urn:acme" any="thing"/>'),
  `<endpoint xmlns="${SYNAPSE}" name="e"><address uri="http://x"/></endpoint>`,
  `<localEntry xmlns="${SYNAPSE}" key="k">text <any xmlns=""><thing/></any></localEntry>`,
  `<registry xmlns="${SYNAPSE}" provider="x"><parameter name="root">file:.</parameter></registry>`,
  whole(
    '<registry provider="x"/><taskManager/><sequence name="a"/><endpoint name="b"/><localEntry key="c">x</localEntry>',
  ),
  whole('<description>Mine</description>'),
]

const WRONG: readonly (readonly [name: string, xml: string])[] = [
  ['a misspelt attribute', main('<log lvl="full"/>')],
  ['an unknown element', main('<lgo/>')],
  ['an unknown child', main('<log><proprety name="a"/></log>')],
  ['a wrong word', main('<log level="ful"/>')],
  ['a word in another case', main('<log level="FULL"/>')],
  ['a wrong word where case does not count', main('<log category="LOUD"/>')],
  ['a wrong switch', main('<log on="yes"/>')],
  ['a wrong number', main('<log count="many"/>')],
  ['a missing attribute', main('<log><property expression="//x"/></log>')],
  ['an empty expression', main('<filter xpath=""/>')],
  ['an empty reference', main('<sequence key=""/>')],
  ['a missing child', main('<once><target/></once>')],
  ['one of two missing children', main('<two><source/></two>')],
  ['a repeated child', main('<once><source/><source/></once>')],
  ['text where none is allowed', main('<log>text</log>')],
  ['a mediator where none is allowed', main('<once><source/><log/></once>')],
  ['two endpoints where one is allowed', main('<send><endpoint key="a"/><endpoint key="b"/></send>')],
  ['a mediator at top level', `<log xmlns="${SYNAPSE}"/>`],
  ['a mediator in <definitions>', whole('<log/>')],
  ['an artifact without its name', `<endpoint xmlns="${SYNAPSE}"><address uri="http://x"/></endpoint>`],
  ['an artifact in a sequence', main('<localEntry key="k"/>')],
  ['a root without namespace', '<sequence name="a"/>'],
]

describe('XML Schema', () => {
  const validator = XsdValidator.fromDoc(XmlDocument.fromString(schema))
  const refused = (xml: string): boolean => {
    using document = XmlDocument.fromString(xml)
    try {
      validator.validate(document)
      return false
    } catch (error) {
      if (!(error instanceof XmlValidateError)) throw error
      return true
    }
  }

  test.each(RIGHT)('accepts %s', (xml) => {
    expect(refused(xml)).toBe(false)
  })

  test.each(WRONG)('refuses %s', (_, xml) => {
    expect(refused(xml)).toBe(true)
  })

  test.skipIf(spawnSync('xmllint', ['--version']).error !== undefined)('means the same to xmllint', () => {
    using folder = new TestFolder({ 'schema.xsd': schema })
    const files = [...RIGHT, ...WRONG.map(([, xml]) => xml)].map((xml, i) => {
      folder.write(`${i}.xml`, xml)
      return folder.file(`${i}.xml`)
    })
    const { stderr } = spawnSync('xmllint', ['--noout', '--schema', folder.file('schema.xsd'), ...files], {
      encoding: 'utf8',
    })
    const valid = files.filter((file) => stderr.includes(`${file} validates`))
    expect(valid).toEqual(files.slice(0, RIGHT.length))
  })

  test('carries the documentation, escaped', () => {
    expect(schema).toContain('<xs:documentation>Writes a &lt;line&gt; &amp; more.</xs:documentation>')
    expect(schema).toContain('<xs:attribute name="cache-id" type="xs:string">')
  })
})

test('JSON Schema describes every element, its attributes, children and content', () => {
  const { $defs, anyOf } = JSON.parse(JSON.stringify(jsonSchemaOf(language)))
  expect(Object.keys($defs)).toEqual([
    'artifact',
    'mediator',
    ...['log', 'filter', 'clash', 'two', 'once', 'send', 'sequence', 'mask'].map((name) => `mediator.${name}`),
    ...['sequence', 'endpoint', 'localEntry'].map((name) => `artifact.${name}`),
  ])
  expect($defs['mediator.log'].properties.level).toEqual({ description: 'How much.', enum: ['simple', 'full'] })
  expect($defs['mediator.log'].properties.property.items.required).toEqual(['name'])
  expect($defs['mediator.filter'].properties.then.properties.mediators.items).toEqual({ $ref: '#/$defs/mediator' })
  expect($defs['mediator.two'].required).toEqual(['source', 'target'])
  expect(anyOf).toHaveLength(4)
  const references = [...JSON.stringify({ $defs, anyOf }).matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name)
  expect(references.filter((name) => !Object.hasOwn($defs, name ?? ''))).toEqual([])
})

describe('reference', () => {
  test('shows a mediator as text', () => {
    expect(pagesOf(language, 'filter').map(pageText)).toEqual([
      `<filter>  mediator

  Chooses.

  Attributes
    xpath  expression
        Condition.
    id  text
        Its own id.

  Children
    <then>  optional
        On a match.

      Attributes
        sequence  name or {expression}
            Instead.

      Holds mediators.
    <else>  optional
        Else.

      Holds mediators.

  Holds mediators.`,
    ])
  })

  test('knows a mediator and an artifact of one name, and children by the elements they stand in', () => {
    expect(pagesOf(language, 'sequence').map(({ kind }) => kind)).toEqual(['mediator', 'artifact'])
    expect(pagesOf(language, 'source').map(({ summary }) => summary)).toEqual(['In <two>: From.', 'In <once>: From.'])
    expect(pagesOf(language, 'nothing')).toEqual([])
    expect(pageNames(language)).toContain('localEntry')
  })

  test('shows a mediator as Markdown tables', () => {
    const [page] = pagesOf(language, 'log')
    expect(page && pageMarkdown(page)).toContain('| `category` | INFO \\| WARN | `INFO` | Level. |')
    expect(page && pageMarkdown(page)).toContain('## Attributes of `<log/property>`')
  })
})
