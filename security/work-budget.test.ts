import { expect, test } from 'vitest'
import { GENERIC_FAULT, SECURITY_FAILURES, SecurityFailure } from './security-failure.ts'
import { SECURITY_LIMITS } from './verify-plan.ts'
import { WorkBudget } from './work-budget.ts'

test('work is counted before it is done', () => {
  const budget = new WorkBudget({ ...SECURITY_LIMITS, signatures: 2, decryptedBytes: 100 })
  budget.spend('signatures')
  budget.spend('signatures')
  expect(() => budget.spend('signatures')).toThrow('signatures: more than 2')
  budget.spend('decryptedBytes', 60)
  expect(() => budget.spend('decryptedBytes', 41)).toThrow('decryptedBytes: more than 100')
  budget.spend('decryptedBytes', 40)
})

test.each(Object.keys(SECURITY_FAILURES) as (keyof typeof SECURITY_FAILURES)[])(
  'a failure for %s says why inside and nothing outside',
  (reason) => {
    const failure = new SecurityFailure(reason, 'the detail')
    expect(failure.message).toBe(`${SECURITY_FAILURES[reason].text}: the detail`)
    expect(failure.fault).toBe(SECURITY_FAILURES[reason].fault)
    expect(GENERIC_FAULT.text).not.toContain(SECURITY_FAILURES[reason].text)
  },
)

test('whatever goes wrong in cryptography is one fault', () => {
  const reasons = ['signature-wrong', 'digest-wrong', 'decryption-failed', 'key-refused'] as const
  expect(new Set(reasons.map((reason) => SECURITY_FAILURES[reason].fault))).toEqual(new Set(['FailedCheck']))
})
