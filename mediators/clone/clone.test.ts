import { describe, expect, test } from 'vitest'
import { exchange, mistakes } from '../testing/exchange.ts'

const CALL = '<call><endpoint><address uri="http://backend/s" format="pox"/></endpoint></call>'
const target = (inside: string) => `<target><sequence>${inside}</sequence></target>`

describe('clone', () => {
  test('sends a copy to each target and ends the flow of the message itself', async () => {
    const { passed, reply } = await exchange(
      `<clone>${target('<mark name="a"/>')}${target('<mark name="b"/>')}</clone><mark name="after"/>`,
      { body: '<q/>' },
    )
    expect(passed.toSorted()).toEqual(['a', 'b'])
    expect(reply.status).toBe(202)
  })

  test('continueParent lets the message itself go on', async () => {
    const { passed } = await exchange(
      `<clone continueParent="true">${target('<mark name="a"/>')}</clone><mark name="after"/>`,
      { body: '<q/>' },
    )
    expect(passed).toEqual(['a', 'after'])
  })

  test('a copy changes nothing in the others', async () => {
    const { reply } = await exchange(
      `<clone continueParent="true">${target('<payloadFactory><format><changed/></format></payloadFactory>')}</clone><respond/>`,
      { body: '<q/>' },
    )
    expect(reply.text).toBe('<q/>')
  })

  test('only a copy that has taken up an answer goes on behind the clone, and behind the sequences around it', async () => {
    const { passed } = await exchange(
      `<sequence><clone>${target(`${CALL}<mark name="called"/>`)}${target('<mark name="not called"/>')}</clone>
       <mark name="inner"/></sequence><mark name="outer"/>`,
      { body: '<q/>', backend: () => ({ body: '<r/>', contentType: 'application/xml' }) },
    )
    expect(passed).toEqual(['not called', 'called', 'inner', 'outer'])
  })

  test('an answer to an endpoint of a target goes to the out flow', async () => {
    const { reply, sender } = await exchange(
      '<clone><target to="http://elsewhere/"><endpoint><address uri="http://backend/s" format="pox"/></endpoint></target></clone>',
      {
        body: '<q/>',
        backend: () => ({ body: '<r/>', contentType: 'application/xml' }),
        out: '<mark name="out"/><respond/>',
      },
    )
    expect(reply.text).toBe('<r/>')
    expect(sender.requests).toHaveLength(1)
  })

  test('iterations gives a single target so many copies, each with its number', async () => {
    const { lines } = await exchange(
      `<clone iterations="3" sequential="true" id="c">${target(
        `<log level="custom"><property name="n" expression="concat(get-property('CLONED_ITERATION_INDEX'), ' of ', get-property('messageSequence.c'))"/></log>`,
      )}</clone>`,
      { body: '<q/>' },
    )
    expect(lines.filter((line) => line.includes('n = '))).toEqual([
      'INFO n = 0 of 0/3',
      'INFO n = 1 of 1/3',
      'INFO n = 2 of 2/3',
    ])
  })

  test('sequential targets wait for each other, and STOP_TARGET_EXECUTION_ON_FAILURE ends them at the first failure', async () => {
    const three = [1, 2, 3].map((n) => target(`<mark name="${n}" flow="${n === 2 ? 'fault' : 'later'}"/>`)).join('')
    const all = await exchange(`<clone sequential="true">${three}</clone>`, { body: '<q/>' })
    expect(all.passed).toEqual(['1', '2', '3'])
    const stopped = await exchange(
      `<property name="STOP_TARGET_EXECUTION_ON_FAILURE" value="true"/><clone sequential="true">${three}</clone>`,
      { body: '<q/>' },
    )
    expect(stopped.passed).toEqual(['1', '2'])
  })

  test('a fault in a copy reaches the handler of the exchange, with the properties of the copy', async () => {
    const { reply } = await exchange(
      `<clone>${target('<property name="who" value="copy"/><mark name="bang" flow="fault"/>')}</clone>`,
      {
        body: '<q/>',
        fault: `<payloadFactory media-type="json"><format>{"who":"$1","why":"$2"}</format>
          <args><arg expression="$ctx:who"/><arg expression="$ctx:ERROR_MESSAGE"/></args></payloadFactory><respond/>`,
      },
    )
    expect(reply.text).toBe('{"who":"copy","why":"bang"}')
  })

  test('the fault flow may split, too, and the client gets what its copies answer', async () => {
    const { reply } = await exchange('<mark name="bang" flow="fault"/>', {
      body: '<q/>',
      fault: `<clone>${target('<mark name="a" flow="later"/><payloadFactory><format><sorry xmlns=""/></format></payloadFactory><respond/>')}</clone>`,
    })
    expect(reply.text).toBe('<sorry/>')
  })

  test('a fault in what the fault flow split off ends there', async () => {
    const { reply, passed } = await exchange('<mark name="bang" flow="fault"/>', {
      body: '<q/>',
      fault: `<clone>${target('<mark name="again" flow="later"/><mark name="again" flow="fault"/>')}</clone>`,
    })
    expect(reply.status).toBe(500)
    expect(passed).toEqual(['bang', 'again', 'again'])
  })

  test('a client gets its fault although no handler answers', async () => {
    const { reply } = await exchange(`<clone>${target('<mark name="bang" flow="fault"/>')}</clone>`, { body: '<q/>' })
    expect(reply.status).toBe(500)
  })

  test('says what is wrong with it', () => {
    expect(
      mistakes(`<clone>
  <target/>
</clone>
<clone iterations="2">
  <target sequence="a"/>
  <target sequence="b"/>
</clone>`).filter((line) => !line.includes('reference-unresolved')),
    ).toEqual([
      'test.xml:2:3 error constraint-violated: <target> needs a sequence or an endpoint',
      'test.xml:4:1 error constraint-violated: iterations goes with a single target',
    ])
  })
})
