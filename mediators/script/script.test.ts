import { describe, expect, test } from 'vitest'
import { createContext, createDeployment, compileMediators } from 'viaduct/testing'
import { exchange, mistakes } from '../testing/exchange.ts'
import { script } from './script.ts'

const inline = (text: string) => `<script language="js"><![CDATA[${text}]]></script>`
const answer = async (text: string, options = {}) =>
  (await exchange(`${inline(text)}<respond/>`, { body: '<q><symbol>IBM</symbol></q>', ...options })).reply
const JSON_BODY = { contentType: 'application/json', body: '{"n":1,"__proto__":{"x":2}}' }

describe('a script inside', () => {
  test('reads and replaces XML as E4X', async () => {
    const { text } = await answer(
      'var s = mc.getPayloadXML()..*::symbol.toString(); mc.setPayloadXML(<r id={s}><code>{s + "<"}</code></r>);',
    )
    expect(text).toBe('<r id="IBM"><code>IBM&lt;</code></r>')
  })

  test('reads XML by member, and as Axiom', async () => {
    const { text } = await answer(
      `var p = mc.getPayloadXML()
       mc.setPayloadXML('<r>' + p.symbol + p.getFirstElement().getText() + p.symbol.length() + p.none.length() + '</r>')`,
    )
    expect(text).toBe('<r>IBMIBM10</r>')
  })

  test('asks XPath', async () => {
    const { text } = await answer(
      `var list = mc.getXpathResult("//*[local-name()='symbol']").selectNodes(mc.getPayloadXML())
       mc.setPayloadXML('<r>' + list.size() + list.get(0).getText() + '</r>')`,
    )
    expect(text).toBe('<r>1IBM</r>')
  })

  test('reads and replaces JSON, with names from outside as plain data', async () => {
    const { text } = await answer(
      'var p = mc.getPayloadJSON(); p.n += 1; p.polluted = ({}).x; mc.setPayloadJSON(p)',
      JSON_BODY,
    )
    expect(text).toBe('{"n":2,"__proto__":{"x":2}}')
  })

  test('works on properties of all scopes, variables and addresses', async () => {
    const { text } = await answer(
      `mc.setProperty('a', 'A'); mc.setProperty('b', 'B', 'axis2'); mc.setVariable('v', { n: 1 }); mc.setTo('urn:to')
       mc.setPayloadXML('<r>' + mc.getProperty('a') + mc.getProperty('b', 'axis2') + mc.getVariable('v') + mc.getTo()
         + mc.getProperty('none') + mc.isResponse() + '</r>')`,
    )
    expect(text).toContain('<r>AB')
    expect(text).toContain('urn:tonullfalse</r>')
  })

  test('adds SOAP headers', async () => {
    const soap = {
      contentType: 'text/xml',
      body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a/></s:Body></s:Envelope>',
    }
    const { text } = await answer(
      'mc.addHeader(false, "<h xmlns=\'urn:h\'/>"); mc.addHeader(true, <k xmlns="urn:k"/>)',
      soap,
    )
    expect(text).toContain('<h xmlns="urn:h"/>')
    expect(text).toContain('mustUnderstand="1"')
  })

  test('false as its value ends the flow; nothing else does', async () => {
    for (const [text, expected] of [
      ['false', []],
      ['mc.isResponse() || true', ['after']],
      ['0', ['after']],
      ['undefined', ['after']],
    ] as const) {
      const { passed } = await exchange(`${inline(text)}<mark name="after"/>`, { body: '<a/>' })
      expect(passed, text).toEqual(expected)
    }
  })

  test('declares names anew for every message', async () => {
    const { mediator } = compileMediators(
      inline('let n = (typeof m === "undefined" ? 0 : 1); var m = 1; mc.setProperty("n", n)'),
      {
        mediators: [script],
      },
    )
    for (let i = 0; i < 2; i++) {
      const ctx = createContext({ body: '<a/>' })
      await mediator(ctx)
      expect(ctx.properties.get('default', 'n')).toBe(0)
    }
  })

  test('what it throws is a fault with the reason and the line', async () => {
    const { lines, reply } = await exchange(inline('\n\nthrow new Error("no quote")'), { body: '<a/>' })
    expect(reply.status).toBe(500)
    expect(lines.join()).toContain('the script failed: no quote')
  })

  test('there is no Java, which it says', async () => {
    const { lines } = await exchange(inline("Java.type('java.util.Date')"), { body: '<a/>' })
    expect(lines.join()).toContain('there is no Java here: java.util.Date')
  })

  test('one that never ends is a fault after five seconds, and the next message is answered', async () => {
    const { reply } = await exchange(inline('for (;;);'), { body: '<a/>' })
    expect(reply.status).toBe(500)
    expect((await answer('true')).status).toBe(200)
  })
})

describe('a kept script', () => {
  const resources: Record<string, string> = {
    'conf:/lib.js': 'function twice(n) { return 2 * n }',
    'conf:/main.js':
      'var count = 0; function mediate(mc) { mc.setProperty("n", twice(4)); return count++ < 1 } function add(mc, a, b) { return { sum: a + b } }',
    'conf:/bad.js': 'function (',
  }
  const deployment = createDeployment({ resources })
  const compile = (xml: string) => compileMediators(xml, { mediators: [script], deployment })

  test('runs its function, with those of what it includes, and keeps its state', async () => {
    const { mediator, diagnostics } = compile(
      '<script language="js" key="conf:/main.js"><include key="conf:/lib.js"/></script>',
    )
    expect(diagnostics).toEqual([])
    const ctx = createContext({ body: '<a/>', deployment })
    expect([await mediator(ctx), await mediator(ctx)]).toEqual(['continue', 'stop'])
    expect(ctx.properties.get('default', 'n')).toBe(8)
  })

  test('gets arguments, and its result goes where target says', async () => {
    const call = (target: string) =>
      `<script language="js" key="conf:/main.js" function="add" ${target}><inputs><argument name="a" expression="\${1 + 1}"/><argument name="b" expression="\${3}"/></inputs></script>`
    const ctx = createContext({ body: '<a/>', deployment })
    await compile(call('target="variable" target-variable="v"')).mediator(ctx)
    expect(ctx.variables.get('v')).toEqual(new Map([['sum', 5]]))
    await compile(call('target="body"')).mediator(ctx)
    expect(ctx.message.json).toEqual(new Map([['sum', 5]]))
  })

  test('a key that is computed finds the script for the message', async () => {
    const ctx = createContext({ body: '<a/>', deployment })
    ctx.properties.set('default', 'which', 'conf:/none.js')
    const { mediator } = compile('<script language="js" key="{$ctx:which}"/>')
    expect(() => mediator(ctx)).toThrow(/there is no resource "conf:\/none.js"/)
  })

  test('is checked with the configuration', () => {
    const problems = [
      '<script language="js" key="conf:/none.js"/>',
      '<script language="js" key="conf:/bad.js"/>',
      '<script language="js" key="conf:/main.js" function="none"/>',
    ].flatMap((xml) => compile(xml).diagnostics)
    expect(problems).toEqual([
      'test.xml:1:1 error reference-unresolved: there is no resource "conf:/none.js"',
      expect.stringContaining('test.xml:1:1 error expression-invalid: the script cannot run:'),
      'test.xml:1:1 error expression-invalid: the script cannot run: the script has no function none',
    ])
  })
})

test('script says what is wrong with it', () => {
  expect(
    mistakes(`<script language="py">a</script>
<script language="js"/>
<script language="js" function="f">a</script>`),
  ).toEqual([
    'test.xml:1:1 error element-unsupported: language="py": only JavaScript runs here; rewrite the script, or use class',
    'test.xml:2:1 error constraint-violated: <script> needs either a key or a script inside',
    'test.xml:3:1 error constraint-violated: function goes with key',
  ])
})
