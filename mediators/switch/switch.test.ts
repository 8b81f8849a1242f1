import { compileMediators, createContext, createMarks } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { switchMediator } from './switch.ts'

async function passed(cases: string, symbol: string | undefined): Promise<string[]> {
  const { definition, passed: marks } = createMarks()
  const { mediator, diagnostics } = compileMediators(
    `<switch source="get-property('symbol')">${cases}</switch><mark name="after"/>`,
    {
      mediators: [switchMediator, definition],
    },
  )
  expect(diagnostics).toEqual([])
  const ctx = createContext()
  if (symbol !== undefined) ctx.properties.set('default', 'symbol', symbol)
  await mediator(ctx)
  return marks
}

const WORDS =
  '<case regex="IBM"><mark name="ibm"/></case><case regex="IBM"><mark name="second"/></case><default><mark name="default"/></default>'
const PATTERNS = '<case regex="I.*"><mark name="i"/></case><case regex="[A-Z]+"><mark name="caps"/></case>'

describe('switch', () => {
  test('runs the first case that matches the whole value', async () => {
    expect(await passed(WORDS, 'IBM')).toEqual(['ibm', 'after'])
    expect(await passed(PATTERNS, 'IBM')).toEqual(['i', 'after'])
    expect(await passed(PATTERNS, 'SUN')).toEqual(['caps', 'after'])
  })

  test('runs the default when no case matches or there is no value', async () => {
    expect(await passed(WORDS, 'IBM2')).toEqual(['default', 'after'])
    expect(await passed(WORDS, undefined)).toEqual(['default', 'after'])
    expect(
      await passed(`<case regex=".*"><mark name="any"/></case><default><mark name="default"/></default>`, undefined),
    ).toEqual(['default', 'after'])
  })

  test('goes on when nothing matches and there is no default', async () => {
    expect(await passed(PATTERNS, 'lower')).toEqual(['after'])
    expect(await passed('', 'IBM')).toEqual(['after'])
  })

  test('knows the empty value, which is not the same as none', async () => {
    expect(
      await passed('<case regex=""><mark name="empty"/></case><default><mark name="default"/></default>', ''),
    ).toEqual(['empty', 'after'])
  })

  test('passes on that a case stops the flow', async () => {
    expect(await passed('<case regex="a"><mark name="x" flow="stop"/></case>', 'a')).toEqual(['x'])
  })

  test('an empty case does nothing', async () => {
    expect(await passed('<case regex="a"/><default><mark name="default"/></default>', 'a')).toEqual(['after'])
  })

  test('reports a missing source and patterns that are none', () => {
    const { definition } = createMarks()
    const { diagnostics } = compileMediators('<switch/>\n<switch source="//a"><case regex="a++"/><case/></switch>', {
      mediators: [switchMediator, definition],
    })
    expect(diagnostics).toEqual([
      'test.xml:1:1 error attribute-missing: <switch> needs the attribute "source"',
      'test.xml:2:35 error attribute-invalid: regex="a++": not a regular expression: possessive quantifiers are not supported',
      'test.xml:2:41 error attribute-missing: <case> needs the attribute "regex"',
    ])
  })
})
