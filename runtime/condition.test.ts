import { describe, expect, test } from 'vitest'
import { type Condition, compileCondition, ConditionSubject } from './condition.ts'
import { defineMediator } from './mediator.ts'
import { compileMediators, createContext, type ContextOptions } from './testing.ts'

/** A condition that stands in a mediator, and what is wrong with it. */
function compile(xml: string): { condition: Condition | undefined; diagnostics: readonly string[] } {
  let condition: Condition | undefined
  const holder = defineMediator({
    name: 'when',
    summary: 'Holds a condition.',
    content: 'xml',
    compile: (config, site) => {
      condition = compileCondition(config.node, site)
      return () => 'continue'
    },
  })
  const { diagnostics } = compileMediators(`<when>${xml}</when>`, { mediators: [holder] })
  return { condition, diagnostics }
}

const BODY =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q><n>3</n></q></s:Body></s:Envelope>'

function holds(xml: string, options: ContextOptions = {}, address = ''): boolean | undefined {
  const { condition, diagnostics } = compile(xml)
  expect(diagnostics).toEqual([])
  const ctx = createContext({ body: BODY, headers: { 'X-Kind': 'Gold' }, ...options })
  ctx.properties.set('default', 'level', 'High')
  return condition?.test(ctx, new ConditionSubject(address))
}

const URL = 'http://user@host:8080/a/b?x=1&empty=#end'

describe('a condition', () => {
  test.each([
    ['<equal source="X-Kind" value="gold"/>', true],
    ['<equal type="header" source="x-kind" value="GOLD"/>', true],
    ['<equal source="X-Kind" value="silver"/>', false],
    ['<equal source="X-None" value=""/>', false],
    ['<equal type="property" source="level" value="high"/>', true],
    ['<equal type="soap" source="//n" value="3"/>', true],
    ['<match source="X-Kind" regex="G.*"/>', true],
    ['<match source="X-Kind" regex="G"/>', false],
    ['<match type="property" source="none" regex=".*"/>', false],
    ['<exist source="X-Kind"/>', true],
    ['<exist source="X-None"/>', false],
    ['<exist type="soap" source="//n"/>', true],
    // What selects nothing is an empty text, and no null, in Synapse.
    ['<exist type="soap" source="//none"/>', true],
  ])('%s is %s [COMPAT condition-equal-ignores-case]', (xml, expected) => {
    expect(holds(xml)).toBe(expected)
  })

  test.each([
    ['<equal type="url" value="http://user@host:8080/a/b?x=1&amp;empty=#end"/>', true],
    ['<equal type="url" source="protocol" value="http"/>', true],
    ['<equal type="url" source="user" value="user"/>', true],
    ['<equal type="url" source="host" value="HOST"/>', true],
    ['<equal type="url" source="port" value="8080"/>', true],
    ['<match type="url" source="path" regex="/a/.*"/>', true],
    ['<match type="url" source="query" regex="x=1.*"/>', true],
    ['<equal type="url" source="ref" value="end"/>', true],
    ['<equal type="param" source="x" value="1"/>', true],
    ['<exist type="param" source="empty"/>', true],
    ['<exist type="param" source="none"/>', false],
  ])('%s of an address is %s', (xml, expected) => {
    expect(holds(xml, {}, URL)).toBe(expected)
  })

  test('an address without a port has the port -1', () => {
    expect(holds('<equal type="url" source="port" value="-1"/>', {}, 'http://host/a')).toBe(true)
  })

  test.each([
    ['<and><exist source="X-Kind"/><exist type="property" source="level"/></and>', true],
    ['<and><exist source="X-Kind"/><exist source="X-None"/></and>', false],
    ['<or><exist source="X-None"/><exist source="X-Kind"/></or>', true],
    ['<or><exist source="X-None"/></or>', false],
    ['<not><exist source="X-None"/></not>', true],
    ['<not><and><exist source="X-Kind"/><not><exist source="X-None"/></not></and></not>', false],
  ])('%s is %s', (xml, expected) => {
    expect(holds(xml)).toBe(expected)
  })

  test('needs the body in memory only when something in it looks there', () => {
    expect(compile('<equal type="soap" source="//n" value="3"/>').condition?.contentAware).toBe(true)
    expect(
      compile('<and><exist source="a"/><not><exist type="soap" source="//n"/></not></and>').condition?.contentAware,
    ).toBe(true)
    expect(compile('<or><exist source="a"/><exist type="param" source="b"/></or>').condition?.contentAware).toBe(false)
  })

  test.each([
    ['', '1:1 error element-missing: <when> needs a condition: one of and, or, not, equal, match, exist'],
    [
      '<exist source="a"/><exist source="b"/>',
      '1:26 error element-repeated: <when> holds one condition; combine them with <and> or <or>',
    ],
    [
      '<equals source="a" value="b"/>',
      '1:7 error element-unknown: there is no condition <equals>; did you mean "equal"?',
    ],
    ['<and/>', '1:7 error element-missing: <and> needs conditions inside it'],
    ['<equal source="a"/>', '1:7 error attribute-missing: <equal> needs the attribute "value"'],
    ['<match source="a"/>', '1:7 error attribute-missing: <match> needs the attribute "regex"'],
    ['<exist/>', '1:7 error attribute-missing: <exist> needs the attribute "source"'],
    [
      '<exist type="headers" source="a"/>',
      '1:7 error attribute-invalid: type="headers": expected one of header, param, url, property, soap; did you mean "header"?',
    ],
    [
      '<exist type="url" source="hots"/>',
      '1:7 error attribute-invalid: source="hots": expected one of protocol, user, host, port, path, query, ref',
    ],
    ['<match source="a" regex="("/>', '1:32 error attribute-invalid: regex="(": not a regular expression'],
    ['<exist type="soap" source="//("/>', '1:34 error expression-invalid: source="//("'],
    ['<not><nothing/></not>', '1:12 error element-unknown: there is no condition <nothing>'],
  ])('%s is told at its place', (xml, expected) => {
    const { condition, diagnostics } = compile(xml)
    expect(condition).toBeUndefined()
    expect(diagnostics).toEqual([expect.stringContaining(`test.xml:${expected}`)])
  })
})
