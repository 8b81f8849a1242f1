import { compileMediators, createContext } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { rewrite } from './rewrite.ts'

const TO = 'http://user@host:9000/services/Quote?a=1&b=2#top'

function compile(xml: string) {
  const { mediator, diagnostics } = compileMediators(xml, { mediators: [rewrite] })
  expect(diagnostics).toEqual([])
  return mediator
}

async function rewritten(actions: string, to = TO, condition = ''): Promise<string | undefined> {
  const ctx = createContext()
  ctx.addressing.to = to
  ctx.properties.set('default', 'name', 'new')
  await compile(`<rewrite><rewriterule>${condition}${actions}</rewriterule></rewrite>`)(ctx)
  return ctx.addressing.to
}

describe('rewrite', () => {
  test.each([
    ['<action fragment="protocol" value="https"/>', 'https://user@host:9000/services/Quote?a=1&b=2#top'],
    ['<action fragment="host" value="other"/>', 'http://user@other:9000/services/Quote?a=1&b=2#top'],
    ['<action fragment="port" value="80"/>', 'http://user@host:80/services/Quote?a=1&b=2#top'],
    ['<action fragment="port" type="append" value="80"/>', 'http://user@host:80/services/Quote?a=1&b=2#top'],
    ['<action fragment="port" type="remove"/>', 'http://user@host/services/Quote?a=1&b=2#top'],
    ['<action fragment="user" type="remove"/>', 'http://host:9000/services/Quote?a=1&b=2#top'],
    ['<action fragment="path" type="prepend" value="/v1"/>', 'http://user@host:9000/v1/services/Quote?a=1&b=2#top'],
    ['<action fragment="path" type="append" value="/x"/>', 'http://user@host:9000/services/Quote/x?a=1&b=2#top'],
    [
      '<action fragment="path" type="replace" regex="s(e)r" value="$1R"/>',
      'http://user@host:9000/eRvices/Quote?a=1&b=2#top',
    ],
    ['<action fragment="query" type="append" value="c=3"/>', 'http://user@host:9000/services/Quote?a=1&b=2&c=3#top'],
    ['<action fragment="query" type="prepend" value="c=3"/>', 'http://user@host:9000/services/Quote?c=3&a=1&b=2#top'],
    ['<action fragment="query" type="remove-query-param" value="a"/>', 'http://user@host:9000/services/Quote?b=2#top'],
    ['<action fragment="ref" type="remove"/>', 'http://user@host:9000/services/Quote?a=1&b=2'],
    ['<action value="http://full/"/>', 'http://full/'],
    ['<action type="append" fragment="full" value="http://full/"/>', 'http://full/'],
    [`<action fragment="host" xpath="get-property('name')"/>`, 'http://user@new:9000/services/Quote?a=1&b=2#top'],
    ['<action fragment="host" value="{name}.{none}" resolve="true"/>', undefined],
    ['<action fragment="path" value="/{name}" resolve="true"/>', 'http://user@host:9000/new?a=1&b=2#top'],
  ])('%s', async (action, expected) => {
    if (expected === undefined) await expect(rewritten(action)).rejects.toMatchObject({ code: 0 })
    else expect(await rewritten(action)).toBe(expected)
  })

  test('changes the path of an address without a host', async () => {
    expect(
      await rewritten('<action fragment="path" type="replace" regex="/services" value="/api"/>', '/services/Quote'),
    ).toBe('/api/Quote')
  })

  test('adds a query to an address that has none', async () => {
    expect(await rewritten('<action fragment="query" type="append" value="c=3"/>', 'http://h/')).toBe('http://h/?c=3')
  })

  test('does the actions of a rule only when its condition holds', async () => {
    const action = '<action fragment="host" value="other"/>'
    expect(
      await rewritten(
        action,
        'http://h/',
        '<condition><equal xmlns="" type="url" source="protocol" value="https"/></condition>',
      ),
    ).toBe('http://h/')
    expect(
      await rewritten(
        action,
        'https://h/',
        '<condition><equal type="url" source="protocol" value="https"/></condition>',
      ),
    ).toBe('https://other/')
  })

  test('shows conditions the address as earlier rules left it', async () => {
    const ctx = createContext()
    ctx.addressing.to = 'http://h/'
    await compile(`<rewrite>
      <rewriterule><action fragment="protocol" value="https"/></rewriterule>
      <rewriterule><condition><equal type="url" source="protocol" value="https"/></condition><action fragment="port" value="8443"/></rewriterule>
    </rewrite>`)(ctx)
    expect(ctx.addressing.to).toBe('https://h:8443/')
  })

  test('reads from one property and writes to another', async () => {
    const ctx = createContext()
    ctx.properties.set('default', 'in', 'http://h/a')
    await compile(
      '<rewrite inProperty="in" outProperty="out"><rewriterule><action fragment="path" value="/b"/></rewriterule></rewrite>',
    )(ctx)
    expect(ctx.properties.get('default', 'out')).toBe('http://h/b')
    expect(ctx.properties.get('default', 'in')).toBe('http://h/a')
    expect(ctx.addressing.to).toBe('/services/Test')
  })

  test('is a fault for what is no URI and no port', async () => {
    await expect(rewritten('<action fragment="path" value="/b c"/>')).rejects.toMatchObject({
      code: 0,
      message: 'the address to rewrite is not a URI',
    })
    await expect(rewritten('<action fragment="port" value="http"/>')).rejects.toMatchObject({
      code: 0,
      message: '"http" is not a port',
    })
  })

  test('reports rules without actions and actions without what they need', () => {
    const { diagnostics } = compileMediators(
      `<rewrite><rewriterule/></rewrite>
<rewrite><rewriterule><action fragment="path" type="replace" value="x"/></rewriterule></rewrite>
<rewrite><rewriterule><action fragment="path"/></rewriterule></rewrite>
<rewrite><rewriterule><action fragment="path" type="replace" regex="(" value="x"/></rewriterule></rewrite>
<rewrite><rewriterule><action fragment="way" value="x"/></rewriterule></rewrite>`,
      { mediators: [rewrite] },
    )
    expect(diagnostics).toEqual([
      'test.xml:1:1 error element-missing: <rewriterule> needs an <action>',
      'test.xml:2:1 error constraint-violated: an action of type replace needs a regex',
      'test.xml:3:1 error constraint-violated: an action of type set needs a value or an xpath',
      'test.xml:4:1 error attribute-invalid: regex="(": not a regular expression: a ( is not closed',
      'test.xml:5:41 error attribute-invalid: fragment="way": expected one of protocol, user, host, port, path, query, ref, full',
    ])
  })
})
