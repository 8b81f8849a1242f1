import { expect, test } from 'vitest'
import { FailedLogins } from 'viaduct'
import { RecordedLog, TestPlatform } from 'viaduct/testing'

function logins() {
  const log = new RecordedLog()
  const platform = new TestPlatform()
  return { platform, log, logins: new FailedLogins({ platform, log }, { attempts: 2, lockout: 1000 }) }
}

test('a caller is refused for one name, however it is written', () => {
  const { logins: it, platform } = logins()
  it.failed('alice', '10.0.0.1')
  it.failed('ALICE', '10.0.0.1')
  expect(it.refuses('Alice', '10.0.0.1')).toBe(true)
  expect(it.refuses('bob', '10.0.0.1')).toBe(false)
  expect(it.refuses('alice', '10.0.0.2')).toBe(false)
  platform.advance(1000)
  expect(it.refuses('alice', '10.0.0.1')).toBe(false)
})

test('all callers are refused after ten times as many, and the log says so', () => {
  const { logins: it, log } = logins()
  for (let i = 0; i < 20; i++) it.failed('alice', `10.0.0.${i}`)
  expect(it.refuses('alice', '10.9.9.9')).toBe(true)
  expect(log.lines).toEqual([expect.stringContaining('too many wrong passwords for "alice": all callers must wait')])
})

test('addresses of one network of IPv6 are one caller', () => {
  const { logins: it } = logins()
  it.failed('alice', '2001:db8::1')
  it.failed('alice', '2001:db8::2')
  expect(it.refuses('alice', '2001:db8::3')).toBe(true)
})

test('a right password forgives the wrong ones before it, a proof does not', () => {
  const { logins: it } = logins()
  it.failed('alice')
  it.succeeded('alice')
  it.failed('alice')
  expect(it.check('alice', undefined, () => true)).toBe(true)
  expect(it.check('alice', undefined, () => false)).toBe(false)
  expect(it.check('alice', undefined, () => true)).toBe(false)
})
