import { describe, expect, test } from 'vitest'
import { exchange, mistakes } from '../testing/exchange.ts'

const ORDERS = '<orders><from>me</from><order>1</order><order>2</order></orders>'
const WRAP = `<payloadFactory><format><done xmlns="">$1</done></format><args><arg expression="//order/text()"/></args></payloadFactory>`
const JSON_ORDERS = { contentType: 'application/json', body: '{"from":"me","orders":[{"n":1},{"n":2}]}' }
const WRAP_JSON = `<payloadFactory media-type="json"><format>{"done":$1}</format><args><arg evaluator="json" expression="$.n"/></args></payloadFactory>`

const answer = async (xml: string, options = {}) => (await exchange(`${xml}<respond/>`, options)).reply.text
const sequence = (inside: string) => `<sequence>${inside}</sequence>`

describe('foreach with expression', () => {
  test('each element in turn is the payload, and the result takes its place', async () => {
    expect(await answer(`<foreach expression="//order">${sequence(WRAP)}</foreach>`, { body: ORDERS })).toBe(
      '<orders><from>me</from><done>1</done><done>2</done></orders>',
    )
  })

  test('items of a JSON array likewise', async () => {
    expect(
      await answer(`<foreach expression="json-eval($.orders)">${sequence(WRAP_JSON)}</foreach>`, JSON_ORDERS),
    ).toBe('{"from":"me","orders":[{"done":1},{"done":2}]}')
  })

  test('counts in FOREACH_COUNTER and keeps FOREACH_ORIGINAL_MESSAGE, with the id in front', async () => {
    const { lines } = await exchange(
      `<foreach id="f" expression="//order">${sequence(
        '<log level="custom"><property name="n" expression="$ctx:f_FOREACH_COUNTER"/></log>',
      )}</foreach><log level="custom"><property name="n" expression="$ctx:f_FOREACH_COUNTER"/>
      <property name="whole" expression="count($ctx:f_FOREACH_ORIGINAL_MESSAGE//order)"/></log>`,
      { body: ORDERS },
    )
    expect(lines.filter((line) => line.includes('n = '))).toEqual([
      'INFO n = 0',
      'INFO n = 1',
      'INFO n = 2, whole = 2.0',
    ])
  })

  test('a part that stops ends the loop, and the whole is put back', async () => {
    expect(
      await answer(`<foreach expression="//order">${sequence('<mark name="x" flow="stop"/>')}</foreach>`, {
        body: ORDERS,
      }),
    ).toBe(ORDERS)
  })

  test('a fault finds the whole message again; continueLoopOnFailure leaves the part as it was', async () => {
    const loop = (more: string) =>
      `<foreach expression="//order" ${more}>${sequence(
        `<filter xpath="//order = '1'"><then><mark name="x" flow="fault"/></then></filter>${WRAP}`,
      )}</foreach>`
    const { reply } = await exchange(loop(''), { body: ORDERS, fault: '<respond/>' })
    expect(reply.text).toBe(ORDERS)
    expect(await answer(loop('continueLoopOnFailure="true"'), { body: ORDERS })).toBe(
      '<orders><from>me</from><order>1</order><done>2</done></orders>',
    )
  })
})

describe('foreach with collection', () => {
  const call = sequence('<call><endpoint><http method="post" uri-template="http://backend/s"/></endpoint></call>')
  const slow = {
    backend: async ({ text }: { text: string }) => {
      if (text.includes('1')) await new Promise((resolve) => setTimeout(resolve, 30))
      return { body: `{"was":${text}}`, contentType: 'application/json' }
    },
  }

  test('results of calls take the places of the parts, in their order', async () => {
    expect(
      await answer(`<foreach collection="\${payload.orders}">${call}</foreach>`, { ...JSON_ORDERS, ...slow }),
    ).toBe('{"from":"me","orders":[{"was":{"n":1}},{"was":{"n":2}}]}')
  })

  test('results go into a variable, and the message stays what it was', async () => {
    const { reply, lines } = await exchange(
      `<foreach collection="\${payload.orders}" target-variable="all">${call}</foreach>
       <log category="INFO"><message>\${vars.all}</message></log><respond/>`,
      { ...JSON_ORDERS, ...slow },
    )
    expect(reply.text).toBe(JSON_ORDERS.body)
    expect(lines).toContain('INFO [{"was":{"n":1}},{"was":{"n":2}}]')
  })

  test('elements of the message are replaced by what became of them', async () => {
    expect(
      await answer(`<foreach collection="\${xpath('//order')}">${sequence(WRAP)}</foreach>`, { body: ORDERS }),
    ).toBe('<orders><from>me</from><done>1</done><done>2</done></orders>')
  })

  test('an array in a variable is replaced there', async () => {
    const { lines } = await exchange(
      `<variable name="list" type="JSON" value="[{&quot;n&quot;:7}]"/>
       <foreach collection="\${vars.list}" parallel-execution="false">${sequence(WRAP_JSON)}</foreach>
       <log category="INFO"><message>\${vars.list}</message></log>`,
      { body: ORDERS },
    )
    expect(lines).toContain('INFO [{"done":7}]')
  })

  test('one after the other, a variable counts them', async () => {
    const numbered = `<payloadFactory media-type="json"><format>{"n":\${vars.i}}</format></payloadFactory>`
    expect(
      await answer(
        `<foreach collection="\${payload.orders}" parallel-execution="false" counter-variable="i">${sequence(numbered)}</foreach>`,
        JSON_ORDERS,
      ),
    ).toBe('{"from":"me","orders":[{"n":0},{"n":1}]}')
  })

  test('a fault in one part is a fault of the whole', async () => {
    const { reply } = await exchange(
      `<foreach collection="\${payload.orders}">${sequence('<mark name="x" flow="fault"/>')}</foreach><respond/>`,
      JSON_ORDERS,
    )
    expect(reply.status).toBe(500)
  })

  test('a fault in what a part was cloned to is a fault of the whole, too', async () => {
    const clone =
      '<clone continueParent="true"><target><sequence><mark name="x" flow="later"/><mark name="x" flow="fault"/></sequence></target></clone>'
    const { reply } = await exchange(
      `<foreach collection="\${payload.orders}">${sequence(clone)}</foreach><respond/>`,
      JSON_ORDERS,
    )
    expect(reply.status).toBe(500)
  })

  test('what is no collection is a fault', async () => {
    const { lines } = await exchange(
      `<foreach collection="\${payload.from}">${sequence('<log/>')}</foreach>`,
      JSON_ORDERS,
    )
    expect(lines.join()).toContain('is no collection')
  })
})

test('foreach says what is wrong with it', () => {
  expect(
    mistakes(`<foreach>
  <sequence/>
</foreach>
<foreach expression="//a" collection="\${payload}"/>
<foreach collection="\${payload}" counter-variable="i">
  <sequence/>
</foreach>`),
  ).toEqual([
    'test.xml:1:1 error constraint-violated: <foreach> needs either expression or collection',
    'test.xml:4:1 error constraint-violated: <foreach> needs either expression or collection',
    'test.xml:4:1 error constraint-violated: <foreach> needs either the attribute sequence or a <sequence> inside',
    'test.xml:5:1 error constraint-violated: counter-variable goes with parallel-execution="false"',
  ])
})
