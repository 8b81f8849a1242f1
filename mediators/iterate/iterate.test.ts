import { describe, expect, test } from 'vitest'
import { exchange, mistakes } from '../testing/exchange.ts'

const SEND =
  '<target><sequence><send><endpoint><address uri="http://backend/s" format="pox"/></endpoint></send></sequence></target>'
const POST =
  '<target><sequence><send><endpoint><http method="post" uri-template="http://backend/s"/></endpoint></send></sequence></target>'
const ORDERS = '<orders><from>me</from><order>1</order><order>2</order></orders>'
const JSON_ORDERS = { contentType: 'application/json', body: '{"from":"me","orders":[{"n":1},{"n":2}]}' }

const sent = async (xml: string, options = {}) => {
  const { sender } = await exchange(xml, options)
  return sender.requests.map(({ text }) => text)
}

describe('iterate', () => {
  test('each selected element is the payload of a message of its own', async () => {
    expect(await sent(`<iterate expression="//order">${SEND}</iterate>`, { body: ORDERS })).toEqual([
      '<order>1</order>',
      '<order>2</order>',
    ])
  })

  test('a part keeps the namespaces that were declared around it', async () => {
    const body = '<o:orders xmlns:o="urn:o"><o:order/></o:orders>'
    expect(await sent(`<iterate xmlns:o="urn:o" expression="//o:order">${SEND}</iterate>`, { body })).toEqual([
      '<o:order xmlns:o="urn:o"/>',
    ])
  })

  test('preservePayload puts a part back where attachPath says, without the others', async () => {
    expect(
      await sent(`<iterate expression="//order" preservePayload="true" attachPath="//orders">${SEND}</iterate>`, {
        body: ORDERS,
      }),
    ).toEqual(['<orders><from>me</from><order>1</order></orders>', '<orders><from>me</from><order>2</order></orders>'])
  })

  test('the items of a JSON array are messages', async () => {
    expect(await sent(`<iterate expression="json-eval($.orders)">${POST}</iterate>`, JSON_ORDERS)).toEqual([
      '{"n":1}',
      '{"n":2}',
    ])
  })

  test('a JSON item takes the place of attachPath in the payload', async () => {
    expect(
      await sent(
        `<iterate expression="json-eval($.orders)" preservePayload="true" attachPath="json-eval($.orders)">${POST}</iterate>`,
        JSON_ORDERS,
      ),
    ).toEqual(['{"from":"me","orders":{"n":1}}', '{"from":"me","orders":{"n":2}}'])
  })

  test('a value that is no array is a fault, and nothing at all is no message', async () => {
    const fault = await exchange(`<iterate expression="json-eval($.from)">${POST}</iterate>`, JSON_ORDERS)
    expect(fault.reply.status).toBe(500)
    const none = await exchange(`<iterate expression="//none">${SEND}</iterate>`, { body: ORDERS })
    expect(none.sender.requests).toEqual([])
    expect(none.reply.status).toBe(202)
  })

  test('the message itself is what it was when it goes on', async () => {
    const { reply } = await exchange(
      `<iterate continueParent="true" expression="//order">${SEND}</iterate><respond/>`,
      {
        body: ORDERS,
        out: '<drop/>',
      },
    )
    expect(reply.text).toBe(ORDERS)
  })

  test('ten thousand parts run with no more than 256 under way', async () => {
    let now = 0
    let most = 0
    const body = `<orders>${'<order/>'.repeat(10_000)}</orders>`
    const { sender } = await exchange(`<iterate expression="//order">${SEND}</iterate>`, {
      body,
      backend: async () => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setImmediate(resolve))
        now--
        return { body: '<r/>', contentType: 'application/xml' }
      },
      out: '<aggregate><onComplete expression="//r"><payloadFactory><format><all/></format></payloadFactory><respond/></onComplete></aggregate>',
    })
    expect(sender.requests).toHaveLength(10_000)
    expect(most).toBeLessThanOrEqual(256)
  })

  test('says what is wrong with it', () => {
    expect(mistakes('<iterate expression="//a">\n</iterate>')).toEqual([
      'test.xml:1:1 error element-missing: <iterate> needs one <target>',
    ])
    expect(
      mistakes(`<iterate expression="//a" preservePayload="true" attachPath="json-eval($)">${SEND}</iterate>`),
    ).toEqual([
      'test.xml:1:1 error constraint-violated: expression and attachPath must both be XPath, or both be JSONPath',
    ])
  })
})
