import { describe, expect, test } from 'vitest'
import { exchange } from '../testing/exchange.ts'

const target = (inside: string) => `<target><sequence>${inside}</sequence></target>`
const CALL = '<call><endpoint><address uri="http://backend/s" format="pox"/></endpoint></call>'
const POST = '<call><endpoint><http method="post" uri-template="http://backend/s"/></endpoint></call>'
const ORDERS = '<orders><order>1</order><order>2</order><order>3</order></orders>'
const echo = {
  backend: ({ text }: { text: string }) => ({ body: `<r>${text}</r>`, contentType: 'application/xml' }),
}
const iterate = `<iterate id="i" expression="//order">${target(CALL)}</iterate>`

describe('aggregate', () => {
  test('goes on once, with what the expression selects in every part', async () => {
    const { reply, passed } = await exchange(
      `${iterate}<aggregate id="i"><onComplete expression="//order"><mark name="complete"/></onComplete></aggregate>
       <mark name="after"/><respond/>`,
      { body: ORDERS, ...echo },
    )
    expect(passed).toEqual(['complete', 'after'])
    expect(reply.text).toBe('<r><order>1</order><order>2</order><order>3</order></r>')
  })

  test('gathers in the out flow what was sent from the in flow', async () => {
    const { reply } = await exchange(
      `<iterate expression="//order">${target('<send><endpoint><address uri="http://backend/s" format="pox"/></endpoint></send>')}</iterate>`,
      {
        body: ORDERS,
        ...echo,
        out: '<aggregate><onComplete expression="//order"><respond/></onComplete></aggregate>',
      },
    )
    expect(reply.text).toBe('<r><order>1</order><order>2</order><order>3</order></r>')
  })

  test('puts all into a copy of the enclosing element', async () => {
    const { reply } = await exchange(
      `<property name="all"><all xmlns=""/></property>${iterate}
       <aggregate id="i"><onComplete expression="//order" enclosingElementProperty="all"><respond/></onComplete></aggregate>`,
      { body: ORDERS, ...echo },
    )
    expect(reply.text).toBe('<all><order>1</order><order>2</order><order>3</order></all>')
  })

  const json = {
    contentType: 'application/json',
    body: '[{"a":1},{"b":2},{"a":3}]',
    backend: ({ text }: { text: string }) => ({ body: text, contentType: 'application/json' }),
  }
  const items = `<iterate id="i" expression="json-eval($)" sequential="true">${target(POST)}</iterate>`
  test.each([
    ['root', '', '[{"a":1},{"b":2},{"a":3}]'],
    ['child', '', '{"a":[1,3],"b":2}'],
    ['root', 'enclosingElementProperty="all"', '{"all":[{"a":1},{"b":2},{"a":3}]}'],
  ])('JSON results of type %s %s are %s', async (type, more, expected) => {
    const { reply } = await exchange(
      `<property name="all"><all xmlns=""/></property>${items}<aggregate id="i">
       <onComplete expression="json-eval($)" aggregateElementType="${type}" ${more}><respond/></onComplete></aggregate>`,
      json,
    )
    expect(reply.text).toBe(expected)
  })

  test('is complete with as many messages as messageCount asks for; later ones are dropped', async () => {
    const { reply, passed } = await exchange(
      `<iterate id="i" expression="//order" sequential="true">${target(CALL)}</iterate>
       <aggregate id="i"><completeCondition><messageCount min="2" max="{$ctx:most}"/></completeCondition>
       <onComplete expression="//order"><mark name="complete"/><respond/></onComplete></aggregate>`,
      { body: ORDERS, ...echo },
    )
    expect(passed).toEqual(['complete'])
    expect(reply.text).toBe('<r><order>1</order><order>2</order></r>')
  })

  test('after the timeout goes on with what is there', async () => {
    const { reply } = await exchange(
      `${iterate}<aggregate id="i"><completeCondition timeout="0.2"/>
       <onComplete expression="//order"><respond/></onComplete></aggregate>`,
      {
        body: ORDERS,
        backend: ({ text }) => (text.includes('2') ? { status: 202 } : echo.backend({ text })),
      },
    )
    expect(reply.text).toContain('<order>1</order>')
    expect(reply.text).toContain('<order>3</order>')
  })

  test('a client whose parts never become complete is not left waiting', async () => {
    const { reply } = await exchange(
      `<iterate id="i" expression="//order">${target('<mark name="lost" flow="fault"/>')}</iterate>
       <aggregate id="i"><onComplete expression="//order"><respond/></onComplete></aggregate>`,
      { body: ORDERS },
    )
    expect(reply.status).toBe(500)
  })

  test('a message that no split has made goes on at once', async () => {
    const { passed } = await exchange('<aggregate><onComplete expression="//a"/></aggregate><mark name="after"/>', {
      body: '<a/>',
    })
    expect(passed).toEqual(['after'])
  })

  test('among parts of one whole the value of correlateOn only decides which take part (COMPAT correlate-on-takes-part)', async () => {
    const { reply, passed } = await exchange(
      `${iterate}<aggregate id="i"><correlateOn expression="//order[. != '2']"/>
       <completeCondition><messageCount min="2"/></completeCondition>
       <onComplete expression="//order"><respond/></onComplete></aggregate><mark name="not taken"/>`,
      { body: ORDERS, ...echo },
    )
    expect(passed).toEqual(['not taken'])
    expect(reply.text).toBe('<r><order>1</order><order>3</order></r>')
  })

  test('without an id it gathers the parts of a split that has one, counting for itself (COMPAT split-id)', async () => {
    const { reply } = await exchange(
      `${iterate}<aggregate><completeCondition><messageCount min="3"/></completeCondition>
       <onComplete expression="//order"><respond/></onComplete></aggregate>`,
      { body: ORDERS, ...echo },
    )
    expect(reply.text).toBe('<r><order>1</order><order>2</order><order>3</order></r>')
  })

  test('nested splits are gathered by their ids', async () => {
    const { reply } = await exchange(
      `<iterate id="outer" expression="//group">${target(
        `<iterate id="inner" expression="//order">${target(CALL)}</iterate>
         <aggregate id="inner"><onComplete expression="//order"/></aggregate>`,
      )}</iterate>
      <aggregate id="outer"><onComplete expression="//order"><respond/></onComplete></aggregate>`,
      {
        body: '<groups><group><order>1</order><order>2</order></group><group><order>3</order></group></groups>',
        ...echo,
      },
    )
    expect(reply.text.match(/<order>\d<\/order>/g)?.toSorted()).toEqual([
      '<order>1</order>',
      '<order>2</order>',
      '<order>3</order>',
    ])
  })

  test('an enclosing property without an element is a fault that names it', async () => {
    const { lines } = await exchange(
      `${iterate}<aggregate id="i"><onComplete expression="//order" enclosingElementProperty="none"/></aggregate>`,
      { body: ORDERS, ...echo },
    )
    expect(lines.join()).toContain('the property none holds no element')
  })
})
