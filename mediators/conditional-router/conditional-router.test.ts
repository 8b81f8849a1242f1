import { compileMediators, createContext, createDeployment, createMarks, type ContextOptions } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { conditionalRouter } from './conditional-router.ts'

function compile(xml: string) {
  const { definition, passed } = createMarks()
  const sequence = (name: string) => ({
    name,
    mediator: () => {
      passed.push(name)
      return 'continue' as const
    },
  })
  const deployment = createDeployment({
    artifacts: { sequence: { gold: sequence('gold'), silver: sequence('silver') } },
  })
  return { ...compileMediators(xml, { mediators: [conditionalRouter, definition], deployment }), passed }
}

const route = (condition: string, target = '<target sequence="gold"/>', attributes = ''): string =>
  `<conditionalRoute ${attributes}><condition>${condition}</condition>${target}</conditionalRoute>`

async function run(routes: string, options: ContextOptions = {}, attributes = '') {
  const { mediator, diagnostics, passed } = compile(
    `<conditionalRouter ${attributes}>${routes}</conditionalRouter><mark name="after"/>`,
  )
  expect(diagnostics).toEqual([])
  const ctx = createContext({ target: '/services/Gold?customer=7', headers: { 'X-Kind': 'Gold' }, ...options })
  ctx.properties.set('default', 'kind', 'gold')
  const flow = await mediator(ctx)
  return { passed, flow, ctx }
}

describe('conditionalRouter', () => {
  test.each([
    ['<equal type="header" source="X-Kind" value="GOLD"/>', true],
    ['<equal source="x-kind" value="gold"/>', true],
    ['<equal type="header" source="X-None" value=""/>', false],
    ['<match type="url" regex="/services/.*"/>', true],
    ['<match type="url" regex="/services"/>', false],
    ['<equal xmlns="" type="url" source="path" value="/services/Gold"/>', true],
    ['<equal type="url" source="port" value="-1"/>', true],
    ['<match type="param" source="customer" regex="[0-9]"/>', true],
    ['<equal type="property" source="kind" value="gold"/>', true],
    ['<equal type="soap" source="//q" value="ibm"/>', true],
    ['<exist type="property" source="kind"/>', true],
    ['<not><exist type="property" source="none"/></not>', true],
    ['<and><match source="X-Kind" regex="G.*"/><match source="X-Kind" regex=".*d"/></and>', true],
    ['<and><match source="X-Kind" regex="G.*"/><match source="X-Kind" regex=".*x"/></and>', false],
    ['<or><match source="X-Kind" regex="x"/><match source="X-Kind" regex="Gold"/></or>', true],
  ])('knows the condition %s (COMPAT condition-equal-ignores-case)', async (condition, expected) => {
    const body =
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q>IBM</q></s:Body></s:Envelope>'
    const { passed } = await run(route(condition), { body, streamed: true })
    expect(passed).toEqual(expected ? ['gold'] : [])
  })

  test('ends the flow unless continueAfter says otherwise (COMPAT router-stops)', async () => {
    expect((await run(route('<equal source="X-Kind" value="none"/>'))).flow).toBe('stop')
    const { flow, passed } = await run(route('<equal source="X-Kind" value="gold"/>'), {}, 'continueAfter="true"')
    expect(flow).toBe('continue')
    expect(passed).toEqual(['gold', 'after'])
  })

  test('takes the first route that holds, or all up to the first that breaks', async () => {
    const holds = '<exist source="X-Kind"/>'
    const all =
      route(holds, undefined, 'breakRoute="false"') + route(holds, '<target sequence="silver"/>') + route(holds)
    expect((await run(all)).passed).toEqual(['gold', 'silver'])
    expect((await run(route(holds) + route(holds, '<target sequence="silver"/>'))).passed).toEqual(['gold'])
  })

  test('runs mediators written inside the target, and waits for them', async () => {
    const holds = '<exist source="X-Kind"/>'
    const slow = route(
      holds,
      '<target><sequence><mark name="inside" flow="later"/></sequence></target>',
      'breakRoute="false"',
    )
    expect((await run(slow + route(holds))).passed).toEqual(['inside', 'gold'])
  })

  test('runs an asynchronous target on a copy of the message, beside the flow', async () => {
    const holds = '<exist source="X-Kind"/>'
    const { passed } = await run(
      route(holds, undefined, 'asynchronous="true"'),
      { body: '<a/>' },
      'continueAfter="true"',
    )
    await new Promise((resolve) => setImmediate(resolve))
    expect(passed).toEqual(['after', 'gold'])
  })

  test('reports what is wrong with conditions and targets', () => {
    const { diagnostics } = compile(`<conditionalRouter>
${route('')}
${route('<equals/>')}
${route('<equal type="cookie" source="a" value="b"/>')}
${route('<equal type="header" value="b"/>')}
${route('<equal source="a"/>')}
${route('<match source="a" regex="("/>')}
${route('<equal source="a" value="b"/><equal source="a" value="b"/>')}
${route('<match type="url" source="pth" regex="b"/>')}
${route('<and/>')}
${route('<equal type="soap" source="//a[" value="b"/>')}
</conditionalRouter>
<conditionalRouter>
${route('<exist source="a"/>', '<target/>')}
${route('<exist source="a"/>', '<target endpoint="x"/>')}
<conditionalRoute/>
</conditionalRouter>`)
    expect(
      diagnostics.map((line) =>
        line.replace(/^test\.xml:/, '').replace(/(expression-invalid: source="\/\/a\[").*/, '$1'),
      ),
    ).toEqual([
      '2:20 error element-missing: <condition> needs a condition: one of and, or, not, equal, match, exist',
      '3:31 error element-unknown: there is no condition <equals>; did you mean "equal"?',
      '4:31 error attribute-invalid: type="cookie": expected one of header, param, url, property, soap',
      '5:31 error attribute-missing: <equal> needs the attribute "source"',
      '6:31 error attribute-missing: <equal> needs the attribute "value"',
      '7:56 error attribute-invalid: regex="(": not a regular expression: a ( is not closed',
      '8:60 error element-repeated: <condition> holds one condition; combine them with <and> or <or>',
      '9:31 error attribute-invalid: source="pth": expected one of protocol, user, host, port, path, query, ref',
      '10:31 error element-missing: <and> needs conditions inside it',
      '11:58 error expression-invalid: source="//a["',
      '16:1 error element-missing: <conditionalRoute> needs a <condition>',
      '16:1 error element-missing: <conditionalRoute> needs a <target>',
    ])
  })

  test('reports targets that lead nowhere', () => {
    const { diagnostics } = compile(`<conditionalRouter>
${route('<exist source="a"/>', '<target/>')}
${route('<exist source="a"/>', '<target endpoint="x"/>')}
</conditionalRouter>`)
    expect(diagnostics).toEqual([
      'test.xml:1:1 error constraint-violated: <target> needs either the attribute sequence or a <sequence> inside',
      'test.xml:1:1 error element-unsupported: a target with an endpoint is not supported: send to it from a sequence',
    ])
  })
})
