import { compileMediators, createContext, createDeployment, createMarks, type ContextOptions } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { filter } from './filter.ts'

const BODY =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q><symbol>IBM</symbol></q></s:Body></s:Envelope>'

function compile(xml: string) {
  const { definition, passed } = createMarks()
  const deployment = createDeployment({
    artifacts: {
      sequence: {
        gold: {
          name: 'gold',
          mediator: () => {
            passed.push('gold')
            return 'stop'
          },
        },
      },
    },
  })
  return { ...compileMediators(xml, { mediators: [filter, definition], deployment }), passed }
}

async function passed(
  xml: string,
  options: ContextOptions = {},
  properties: Record<string, string> = {},
): Promise<string[]> {
  const { mediator, diagnostics, passed: marks } = compile(xml)
  expect(diagnostics).toEqual([])
  const ctx = createContext({ body: BODY, ...options })
  for (const [name, value] of Object.entries(properties)) ctx.properties.set('default', name, value)
  await mediator(ctx)
  return marks
}

describe('filter', () => {
  test('runs what is inside when the xpath selects something', async () => {
    expect(await passed('<filter xpath="//symbol"><mark name="yes"/></filter>')).toEqual(['yes'])
    expect(await passed('<filter xpath="//none"><mark name="yes"/></filter><mark name="after"/>')).toEqual(['after'])
  })

  test('takes one of two branches', async () => {
    const xml =
      '<filter source="//symbol" regex="I.*"><then><mark name="then"/></then><else><mark name="else"/></else></filter>'
    expect(await passed(xml)).toEqual(['then'])
    expect(await passed(xml, { body: BODY.replace('IBM', 'SUN') })).toEqual(['else'])
  })

  test('needs the whole value to match', async () => {
    const xml =
      '<filter source="//symbol" regex="IB"><then><mark name="then"/></then><else><mark name="else"/></else></filter>'
    expect(await passed(xml)).toEqual(['else'])
  })

  test('does not match a property that is not there, even with a pattern for nothing', async () => {
    const xml = `<filter source="get-property('p')" regex=".*"><then><mark name="then"/></then><else><mark name="else"/></else></filter>`
    expect(await passed(xml)).toEqual(['else'])
    expect(await passed(xml, {}, { p: '' })).toEqual(['then'])
  })

  test('goes on when the branch is not there or empty', async () => {
    expect(
      await passed('<filter xpath="//none"><then><mark name="then"/></then></filter><mark name="after"/>'),
    ).toEqual(['after'])
    expect(
      await passed('<filter xpath="//symbol"><then/><else><mark name="else"/></else></filter><mark name="after"/>'),
    ).toEqual(['after'])
  })

  test('runs a deployed sequence as a branch and passes its flow on', async () => {
    expect(await passed('<filter xpath="//symbol"><then sequence="gold"/></filter><mark name="after"/>')).toEqual([
      'gold',
    ])
  })

  test('waits for a branch that takes time', async () => {
    expect(await passed('<filter xpath="//symbol"><mark name="a" flow="later"/></filter><mark name="after"/>')).toEqual(
      ['a', 'after'],
    )
  })

  test('leaves a streaming body alone when its condition does not look into it', async () => {
    const { mediator } = compile('<filter source="$trp:X-Kind" regex="gold"><mark name="yes"/></filter>')
    const ctx = createContext({ body: BODY, streamed: true, headers: { 'X-Kind': 'gold' } })
    expect(mediator(ctx)).toBe('continue')
    expect(ctx.message.built).toBe(false)
  })

  test('reports conditions and branches that do not go together', () => {
    const { diagnostics } = compile(`<filter><mark name="a"/></filter>
<filter source="//a"><mark name="a"/></filter>
<filter xpath="//a" regex="b"><mark name="a"/></filter>
<filter xpath="//a"><else><mark name="a"/></else></filter>
<filter xpath="//a"><then/><mark name="a"/></filter>
<filter xpath="//a["><mark name="a"/></filter>
<filter source="//a" regex="("><mark name="a"/></filter>`)
    expect(diagnostics.slice(0, 5)).toEqual([
      'test.xml:1:1 error constraint-violated: a filter needs xpath, or source and regex',
      'test.xml:2:1 error constraint-violated: a filter needs xpath, or source and regex',
      'test.xml:3:1 error constraint-violated: a filter has either xpath, or source and regex',
      'test.xml:4:1 error constraint-violated: <else> needs a <then> beside it',
      'test.xml:5:1 error constraint-violated: mediators beside <then> would never run: put them inside it',
    ])
    expect(diagnostics[5]).toMatch(/^test\.xml:6:16 error expression-invalid: /)
    expect(diagnostics[6]).toBe(
      'test.xml:7:29 error attribute-invalid: regex="(": not a regular expression: a ( is not closed',
    )
  })
})
