import { describe, expect, test } from 'vitest'
import {
  type ContextOptions,
  compileMediators,
  createMarks,
  deliver,
  TestPlatform,
  testServices,
} from 'viaduct/testing'
import { mediators } from '../testing/mediators.ts'
import { mistakes } from '../testing/exchange.ts'

const wrap = (inside: string) =>
  `<policy><wsp:Policy xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" xmlns:throttle="http://www.wso2.org/products/wso2commons/throttle">${inside}</wsp:Policy></policy>`
const assertion = (inside: string) =>
  wrap(`<throttle:MediatorThrottleAssertion>${inside}</throttle:MediatorThrottleAssertion>`)
const group = (id: string, allowance: string, type = 'IP') =>
  `<wsp:Policy><throttle:ID throttle:type="${type}">${id}</throttle:ID><wsp:Policy>${allowance}</wsp:Policy></wsp:Policy>`
const control = (most: number, unit: number, prohibit = '') =>
  `<throttle:Control><wsp:Policy><throttle:MaximumCount>${most}</throttle:MaximumCount><throttle:UnitTime>${unit}</throttle:UnitTime>${prohibit === '' ? '' : `<throttle:ProhibitTimePeriod>${prohibit}</throttle:ProhibitTimePeriod>`}</wsp:Policy></throttle:Control>`
const old = `<throttle:ThrottleAssertion><wsp:All><throttle:ID throttle:type="IP">other</throttle:ID><wsp:ExactlyOne>
  <wsp:All><throttle:MaximumCount>1</throttle:MaximumCount><throttle:UnitTime>60000</throttle:UnitTime>
  <throttle:ProhibitTimePeriod wsp:Optional="true"/></wsp:All><throttle:IsAllow>true</throttle:IsAllow></wsp:ExactlyOne></wsp:All></throttle:ThrottleAssertion>`

function setup(policy: string, accepted = '<mark name="in"/>') {
  const marks = createMarks()
  const platform = new TestPlatform()
  const services = testServices({ platform })
  const { mediator, diagnostics } = compileMediators(
    `<throttle id="t">${policy}<onAccept>${accepted}</onAccept><onReject><mark name="out"/></onReject></throttle>`,
    { services, mediators: [...mediators, marks.definition] },
  )
  expect(diagnostics).toEqual([])
  const ask = (options: ContextOptions = {}) => deliver(mediator, { ...options, services })
  const from = (address: string) => ask({ headers: { 'X-Forwarded-For': address } })
  return { ask, from, passed: marks.passed, platform }
}

describe('throttle', () => {
  test.each([
    ['nested policies', assertion(group('other', control(1, 60_000)))],
    ['alternatives', wrap(old)],
  ])('refuses a caller that has asked too often, by %s', async (_, policy) => {
    const { from, passed } = setup(policy)
    await from('10.0.0.1')
    await from('10.0.0.1')
    await from('10.0.0.2')
    expect(passed).toEqual(['in', 'out', 'in'])
  })

  test('lets a caller in again when its time is over', async () => {
    const { from, passed, platform } = setup(assertion(group('other', control(1, 40))))
    await from('10.0.0.1')
    await from('10.0.0.1')
    platform.advance(60)
    await from('10.0.0.1')
    expect(passed).toEqual(['in', 'out', 'in'])
  })

  test('refuses for ProhibitTimePeriod after too many, longer than the unit', async () => {
    const { from, passed, platform } = setup(assertion(group('other', control(1, 20, '150'))))
    await from('10.0.0.1')
    await from('10.0.0.1')
    platform.advance(50)
    await from('10.0.0.1')
    platform.advance(150)
    await from('10.0.0.1')
    expect(passed).toEqual(['in', 'out', 'out', 'in'])
  })

  test('the most specific group counts: address, range, other', async () => {
    const { from, passed } = setup(
      assertion(
        group('other', '<throttle:Deny/>') +
          group('10.0.0.1-10.0.0.9', '<throttle:Allow/>') +
          group('10.0.0.5', '<throttle:Deny/>'),
      ),
    )
    for (const address of ['10.0.0.1', '10.0.0.5', '10.0.0.9', '10.0.1.0', 'nonsense', '::ffff:10.0.0.2'])
      await from(address)
    expect(passed).toEqual(['in', 'out', 'in', 'out', 'out', 'in'])
  })

  test('a domain is that of the address of the caller', async () => {
    const { ask, passed } = setup(
      assertion(group('localhost', '<throttle:Allow/>', 'DOMAIN') + group('other', '<throttle:Deny/>', 'DOMAIN')),
    )
    await ask()
    expect(passed).toEqual(['in'])
  })

  test('counts requests under way, and forgets them when they are over', async () => {
    const { ask, passed } = setup(
      assertion('<throttle:MaximumConcurrentAccess>1</throttle:MaximumConcurrentAccess>'),
      '<mark name="in" flow="later"/>',
    )
    await Promise.all([ask(), ask()])
    await ask()
    expect(passed).toEqual(['in', 'out', 'in'])
  })

  test('counts on for another deployment with the same policy', async () => {
    const services = testServices()
    const marks = createMarks()
    const compile = () =>
      compileMediators(
        `<throttle id="t">${assertion(group('other', control(1, 60_000)))}</throttle><mark name="in"/>`,
        {
          services,
          mediators: [...mediators, marks.definition],
        },
      ).mediator
    await deliver(compile(), { services })
    await deliver(compile(), { services })
    expect(marks.passed).toEqual(['in'])
  })

  test('without a policy, on the way back, does nothing', async () => {
    expect(mistakes('<throttle id="t"/>')).toEqual([])
  })

  test('says what is wrong with its policy, at its place', () => {
    expect(
      mistakes(`<throttle id="t">
  <policy key="conf:/none.xml"/>
</throttle>
<throttle id="u">${assertion(`
  ${group('10.0.0', control(1, 1))}`)}</throttle>
<throttle id="v">${assertion(`
  ${group('other', '')}`)}</throttle>
<throttle id="w">${wrap('')}</throttle>
<throttle id="x">${assertion(`
  <throttle:MaximumConcurrentAccess>many</throttle:MaximumConcurrentAccess>`)}</throttle>`),
    ).toEqual([
      'test.xml:2:16 error reference-unresolved: there is no resource "conf:/none.xml"',
      'test.xml:5:15 error constraint-violated: "10.0.0" is neither an address, nor a range of addresses, nor other',
      'test.xml:7:15 error constraint-violated: what callers may do is missing: Allow, Deny or MaximumCount',
      expect.stringContaining('error constraint-violated: the policy has no throttle assertion'),
      'test.xml:10:3 error constraint-violated: <MaximumConcurrentAccess> needs a number, not "many"',
    ])
  })
})
