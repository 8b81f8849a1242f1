import { describe, expect, test } from 'vitest'
import { TestPlatform } from 'viaduct/testing'
import { SecurityFailure } from '../security-failure.ts'
import { FAILED_CHECKS_WINDOW, FailedChecks, MOST_FAILED_CHECKS } from './failed-checks.ts'

const wrong = new SecurityFailure('decryption-failed', 'x')

function checks() {
  const platform = new TestPlatform()
  return { platform, checks: new FailedChecks(platform) }
}

const fail = (it: FailedChecks, address: string, times: number, thrown: unknown = wrong): void => {
  for (let i = 0; i < times; i++) it.count(address, thrown)
}

describe('a caller with too many failed checks', () => {
  test('is refused until the window is over', () => {
    const { checks: it, platform } = checks()
    fail(it, '10.0.0.1', MOST_FAILED_CHECKS - 1)
    expect(() => it.admit('10.0.0.1')).not.toThrow()
    fail(it, '10.0.0.1', 1)
    expect(() => it.admit('10.0.0.1')).toThrow('the caller failed too many checks before')
    platform.advance(FAILED_CHECKS_WINDOW)
    expect(() => it.admit('10.0.0.1')).not.toThrow()
  })

  test('closes the service for nobody else', () => {
    const { checks: it } = checks()
    fail(it, '10.0.0.1', MOST_FAILED_CHECKS)
    expect(() => it.admit('10.0.0.2')).not.toThrow()
  })

  test('is not made by waiting', () => {
    const { checks: it, platform } = checks()
    fail(it, '10.0.0.1', MOST_FAILED_CHECKS)
    const refusal = new SecurityFailure('too-many-failures', 'x')
    fail(it, '10.0.0.1', 100, refusal)
    platform.advance(FAILED_CHECKS_WINDOW)
    expect(() => it.admit('10.0.0.1')).not.toThrow()
  })

  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:0:0:9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::1', '::2', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
    ['2001:db8::1', '2001:db8:0:0:5::', true],
  ])('of IPv6 is a network of 64 bits: %s, %s', (one, other, same) => {
    const { checks: it } = checks()
    fail(it, one, MOST_FAILED_CHECKS)
    if (same) expect(() => it.admit(other)).toThrow(SecurityFailure)
    else expect(() => it.admit(other)).not.toThrow()
  })
})

test('what tells nothing about keys or plaintext is not counted', () => {
  const { checks: it } = checks()
  fail(it, 'a', 100, new SecurityFailure('message-expired', 'x'))
  fail(it, 'a', 100, new Error('x'))
  expect(() => it.admit('a')).not.toThrow()
})
