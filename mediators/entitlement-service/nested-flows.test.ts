import { expect, test } from 'vitest'
import { Fault } from 'viaduct'
import { MemorySender, RecordedLog, sendersOf, TestPlatform, testServices } from 'viaduct/testing'
import { policy, rule } from '../../entitlement/testing/policies.ts'
import { enforcement } from '../testing/enforcement.ts'

const OBLIGED = [
  policy(
    'p',
    `<Target/>${rule('r', 'Permit', '<ObligationExpressions><ObligationExpression ObligationId="o" FulfillOn="Permit"/></ObligationExpressions>')}`,
  ),
]
const PERMIT = [policy('p', `<Target/>${rule('r', 'Permit')}`)]
const ENDPOINT = '<endpoint><address uri="http://notary/note"/></endpoint>'

function through(
  xml: string,
  backend: ConstructorParameters<typeof MemorySender>[0],
  policies: readonly string[] = OBLIGED,
) {
  const sender = new MemorySender(backend)
  const services = testServices({ platform: new TestPlatform(), log: new RecordedLog(), senders: sendersOf(sender) })
  const made = enforcement(xml, { policies, services })
  if (made.diagnostics.some((line) => line.includes(' error '))) throw new Error(made.diagnostics.join('\n'))
  return { ...made, sender }
}

test('a call in the obligations branch is waited for, and the message itself goes on', async () => {
  const { send, passed, sender } = through(
    `<entitlementService><obligations><call>${ENDPOINT}</call><mark name="called"/></obligations><onAccept><mark name="accepted"/></onAccept></entitlementService><respond/>`,
    () => ({ body: '<noted xmlns=""/>', contentType: 'application/xml' }),
  )
  const { text } = await send({ user: 'ann' })
  expect(passed).toEqual(['called', 'accepted'])
  expect(sender.requests[0]?.text).toContain('<Obligation ObligationId="o"')
  expect(sender.requests[0]?.text).not.toContain('getQuote')
  expect(text).toContain('getQuote')
  expect(text).not.toContain('noted')
})

test('a call that fails there rejects the message', async () => {
  const { send, passed } = through(
    `<entitlementService><obligations><call>${ENDPOINT}</call></obligations><onAccept><mark name="accepted"/></onAccept><onReject><mark name="rejected"/></onReject></entitlementService>`,
    () => new Fault(101503, 'nobody is there'),
  )
  await send({ user: 'ann' })
  expect(passed).toEqual(['rejected'])
})

test('a branch may call, split the message, and send', async () => {
  const { send, passed, sender } = through(
    `<entitlementService><onAccept><call>${ENDPOINT}</call><clone continueParent="true"><target><sequence><mark name="part"/></sequence></target></clone><mark name="on"/></onAccept></entitlementService><mark name="after"/><respond/>`,
    () => ({ body: '<noted xmlns=""/>', contentType: 'application/xml' }),
    PERMIT,
  )
  const { text } = await send({ user: 'ann' })
  expect(passed.toSorted()).toEqual(['after', 'on', 'part'])
  expect(sender.requests).toHaveLength(1)
  expect(text).toContain('noted')
})

test('one mediator inside a branch of another asks again', async () => {
  const { send, passed, questions } = through(
    '<entitlementService><onAccept><property name="xacml_action" value="write" scope="axis2"/><entitlementService><onAccept><mark name="inner"/></onAccept></entitlementService></onAccept></entitlementService>',
    () => ({}),
    PERMIT,
  )
  await send({ user: 'ann' })
  expect(passed).toEqual(['inner'])
  expect(questions.map(({ categories }) => categories[1]?.attributes[0]?.values[0]?.text)).toEqual(['read', 'write'])
})

test('a JSON message is asked about by its address, and goes on as JSON', async () => {
  const { send, passed, questions } = through(
    '<entitlementService><obligations><mark name="noted"/></obligations></entitlementService><respond/>',
    () => ({}),
  )
  const { text, headers } = await send({ user: 'ann', body: '{"a":1}', contentType: 'application/json', headers: {} })
  expect(passed).toEqual(['noted'])
  expect(text).toBe('{"a":1}')
  expect(headers.get('Content-Type')).toMatch(/^application\/json/)
  expect(questions[0]?.categories[2]?.attributes[0]?.values[0]?.text).toBe('/services/Quote/jsonObject')
})

test('a message without a body is asked about by its address alone', async () => {
  const { send, questions, passed } = through('<entitlementService/><mark name="after"/>', () => ({}), PERMIT)
  await send({ user: 'ann', method: 'GET', empty: true, headers: {} })
  expect(questions[0]?.categories[2]?.attributes[0]?.values[0]?.text).toBe('/services/Quote')
  expect(passed).toEqual(['after'])
})
