import { describe, expect, test } from 'vitest'
import { exchange, mistakes } from '../testing/exchange.ts'

const json = (text: string) => `<payloadFactory media-type="json"><format>${text}</format></payloadFactory>`
const call = (path: string) =>
  `<sequence><call><endpoint><http method="get" uri-template="http://backend/${path}"/></endpoint></call></sequence>`
const gather = (inside: string, aggregation = 'expression="json-eval($.n)"', more = '') =>
  `<scatter-gather result-content-type="JSON" ${more}><aggregation ${aggregation}/>${inside}</scatter-gather>`
const answer = async (xml: string, options = {}) =>
  (await exchange(`${xml}<respond/>`, { body: '<q/>', ...options })).reply

describe('scatter-gather', () => {
  test('gathers what each sequence has made, in the order of the sequences', async () => {
    const reply = await answer(gather(call('slow') + call('quick')), {
      backend: async ({ url }: { url: string }) => {
        if (url.endsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 30))
        return { body: `{"n":"${url.slice(15)}"}`, contentType: 'application/json' }
      },
    })
    expect(reply.text).toBe('["slow","quick"]')
  })

  test('XML results are children of the enclosing element', async () => {
    const reply = await answer(
      `<scatter-gather result-content-type="XML" result-enclosing-element="all"><aggregation expression="//n"/>
       <sequence><payloadFactory><format><a xmlns=""><n>1</n></a></format></payloadFactory></sequence>
       <sequence><payloadFactory><format><a xmlns=""><n>2</n></a></format></payloadFactory></sequence></scatter-gather>`,
    )
    expect(reply.text).toBe('<all><n>1</n><n>2</n></all>')
  })

  test('a variable takes the results, and the message stays what it was', async () => {
    const { reply, lines } = await exchange(
      `${gather(`<sequence>${json('{"n":1}')}</sequence>`, undefined, 'target="variable" target-variable="all"')}
       <log category="INFO"><message>\${vars.all}</message></log><respond/>`,
      { body: '<q/>' },
    )
    expect(reply.text).toBe('<q/>')
    expect(lines).toContain('INFO [1]')
  })

  test('a sequence that fails, or does not meet the condition, does not count', async () => {
    const reply = await answer(
      gather(
        `<sequence>${json('{"n":1}')}</sequence><sequence><mark name="x" flow="fault"/></sequence><sequence>${json('{"n":3}')}</sequence>`,
        'expression="json-eval($.n)" condition="${payload.n &gt; 2}"',
      ),
    )
    expect(reply.text).toBe('[3]')
  })

  test('a sequence fails with what it was cloned to', async () => {
    const clone =
      '<clone continueParent="true"><target><sequence><mark name="x" flow="later"/><mark name="x" flow="fault"/></sequence></target></clone>'
    const reply = await answer(
      gather(`<sequence>${json('{"n":1}')}${clone}</sequence><sequence>${json('{"n":2}')}</sequence>`),
    )
    expect(reply.text).toBe('[2]')
  })

  test('fewer than min-messages are a fault', async () => {
    const reply = await answer(
      gather(
        `<sequence>${json('{"n":1}')}</sequence><sequence><mark name="x" flow="fault"/></sequence>`,
        'expression="json-eval($.n)" min-messages="2"',
      ),
    )
    expect(reply.status).toBe(500)
  })

  test('goes on after the timeout with what is there', async () => {
    const reply = await answer(
      gather(`${call('never')}<sequence>${json('{"n":2}')}</sequence>`, 'expression="json-eval($.n)" timeout="100"'),
      {
        backend: async () => {
          await new Promise((resolve) => setTimeout(resolve, 400))
          return { body: '{"n":1}', contentType: 'application/json' }
        },
      },
    )
    expect(reply.text).toBe('[2]')
  })

  test('says what is wrong with it', () => {
    expect(
      mistakes(`<scatter-gather>
  <aggregation expression="//a"/>
</scatter-gather>
<scatter-gather result-content-type="XML" target="variable">
  <aggregation expression="//a"/>
  <sequence/>
</scatter-gather>`),
    ).toEqual([
      'test.xml:1:1 error element-missing: <scatter-gather> needs a <sequence>',
      'test.xml:1:1 error attribute-missing: <scatter-gather> needs result-content-type: JSON or XML',
      'test.xml:4:1 error attribute-missing: XML results need result-enclosing-element',
      'test.xml:4:1 error attribute-missing: target="variable" needs target-variable',
    ])
  })
})
