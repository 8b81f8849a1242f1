import { DEFAULT_SETTINGS, Fault } from 'viaduct'
import { MemorySender, sendersOf, TestPlatform, testServices } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { bench, mistakes } from './testing/compile-endpoint.ts'

const at = (children: string, attributes = ''): string =>
  `<endpoint><address uri="http://backend/s" ${attributes}>${children}</address></endpoint>`

const failing = () => new Fault(101503, 'refused')

/** How long the endpoint is out of use after so many failures, milliseconds; 0 when it is not. */
async function suspendedFor(children: string, failures = 1, properties: Readonly<Record<string, string>> = {}) {
  const platform = new TestPlatform()
  const services = testServices({
    platform,
    senders: sendersOf(new MemorySender(failing)),
    settings: { ...DEFAULT_SETTINGS, properties },
  })
  const { endpoint, context } = bench(at(children), failing, { services })
  let waited = 0
  for (let i = 0; i < failures; i++) {
    await endpoint.call(context()).catch(() => {})
    for (waited = 0; !endpoint.ready(context()); waited += 500) platform.advance(500)
  }
  return waited
}

describe('suspendOnFailure', () => {
  const suspend = (inside: string): string => `<suspendOnFailure>${inside}</suspendOnFailure>`

  test.each([
    ['nothing: half a minute', '', 30_000],
    ['initialDuration', suspend('<initialDuration>2000</initialDuration>'), 2_000],
    [
      'the older suspendDurationOnFailure counts seconds',
      '<suspendDurationOnFailure>3</suspendDurationOnFailure>',
      3_000,
    ],
    [
      'the new element counts before the old one',
      `${suspend('<initialDuration>2000</initialDuration>')}<suspendDurationOnFailure>9</suspendDurationOnFailure>`,
      2_000,
    ],
    ['codes among which the failure is not', suspend('<errorCodes>101504, 101505,</errorCodes>'), 0],
    [
      'codes among which it is',
      suspend('<errorCodes>101503</errorCodes><initialDuration>1000</initialDuration>'),
      1_000,
    ],
  ])('%s', async (_what, children, duration) => {
    expect(await suspendedFor(children)).toBe(duration)
  })

  test('each suspension is longer than the one before, up to the longest', async () => {
    const children = suspend(
      '<initialDuration>1000</initialDuration><progressionFactor>2.0</progressionFactor><maximumDuration>3000</maximumDuration>',
    )
    expect([await suspendedFor(children, 1), await suspendedFor(children, 2), await suspendedFor(children, 3)]).toEqual(
      [1_000, 2_000, 3_000],
    )
  })

  test('synapse.properties give what the endpoint does not, or all of it', async () => {
    const properties = { 'synapse.global_endpoint_suspend_duration': '4000' }
    const own = suspend('<initialDuration>1000</initialDuration>')
    expect(await suspendedFor('', 1, properties)).toBe(4_000)
    expect(await suspendedFor(own, 1, properties)).toBe(1_000)
    const overriding = { ...properties, 'synapse.override_endpoint_suspend_config_with_global_values': 'true' }
    expect(await suspendedFor(own, 1, overriding)).toBe(4_000)
    const wrong = { 'synapse.global_endpoint_suspend_duration': 'soon' }
    expect(await suspendedFor('', 1, wrong)).toBe(30_000)
  })
})

describe('timeout', () => {
  test.each([
    ['<timeout><duration>1500</duration></timeout>', 1_500],
    ['<timeout><duration>0</duration></timeout>', 120_000],
    ['<timeout/>', 120_000],
    ["<timeout><duration>{get-property('wait')}</duration></timeout>", 700],
    ["<timeout><duration>{get-property('none')}</duration></timeout>", 120_000],
  ])('%s waits %i ms', async (children, timeout) => {
    const { endpoint, sender, context } = bench(at(children))
    const ctx = context()
    ctx.properties.set('default', 'wait', 700)
    await endpoint.call(ctx)
    expect(sender.requests).toMatchObject([{ timeout }])
  })

  test.each(['action', 'responseAction'])('<%s>discard</…> ends the flow instead of failing it', async (name) => {
    const children = `<timeout><duration>5</duration><${name}>Discard</${name}></timeout>`
    const { endpoint, context } = bench(at(children), () => new Fault(101504, 'late'))
    const ctx = context()
    await expect(endpoint.call(ctx)).resolves.toBe(ctx)
  })
})

describe('mistakes are told where they are written', () => {
  test.each([
    [
      '<timeout><duration>soon</duration></timeout>',
      '1:53 error text-invalid: <duration> needs a whole number, not "soon"',
    ],
    ['<timeout><duration>-1</duration></timeout>', '1:53 error text-invalid: <duration> needs 0 or more, not "-1"'],
    ['<timeout><duration>{//(}</duration></timeout>', '1:53 error expression-invalid: '],
    ['<timeout><action>never</action></timeout>', '1:53 error text-invalid: <action> is one of fault, discard, none'],
    [
      '<markForSuspension><errorCodes>1, two</errorCodes></markForSuspension>',
      '1:63 error text-invalid: "two" is not an error code; codes are numbers separated by commas',
    ],
    [
      '<suspendOnFailure><progressionFactor>fast</progressionFactor></suspendOnFailure>',
      '1:62 error text-invalid: <progressionFactor> needs a number, not "fast"',
    ],
    ['<retryConfig><disabledErrorCodes>x</disabledErrorCodes></retryConfig>', '1:57 error text-invalid: "x" is not'],
    [
      '<enableRM/>',
      '1:44 error element-unsupported: <enableRM>: WS-ReliableMessaging is gone from Synapse; remove the element',
    ],
    [
      '<suspendOnFailur/>',
      '1:44 error element-unknown: <address> has no child <suspendOnFailur>; did you mean "suspendOnFailure"?',
    ],
  ])('%s', (children, expected) => {
    expect(mistakes(at(children))).toEqual([expect.stringContaining(`test.xml:${expected}`)])
  })

  test.each([
    [
      'format="soap13"',
      '1:51 error attribute-invalid: format="soap13": expected one of pox, get, soap11, soap12, rest, leave-as-is',
    ],
    ['optimize="zip"', '1:53 error attribute-invalid: optimize="zip": expected one of mtom, swa'],
    ['statistic="enable"', '1:43 warning attribute-unknown: <address> has no attribute "statistic"'],
  ])('%s', (attributes, expected) => {
    expect(mistakes(at('', attributes))).toEqual([expect.stringContaining(`test.xml:${expected}`)])
  })
})
