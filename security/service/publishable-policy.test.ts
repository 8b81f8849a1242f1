import { printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { asymmetric, policyElement, policyText, usernameToken } from '../testing/policies.ts'
import { BODY } from '../testing/verified.ts'
import { publishablePolicy } from './publishable-policy.ts'

const RAMPART = `<rampart:RampartConfig><rampart:user>alice</rampart:user><rampart:signatureCrypto><rampart:crypto provider="p"><rampart:property name="keystore.password">sesame</rampart:property></rampart:crypto></rampart:signatureCrypto></rampart:RampartConfig>`
const CARBON = `<sec:CarbonSecConfig><sec:Authorization><sec:property name="org.wso2.carbon.security.allowedroles">staff</sec:property></sec:Authorization></sec:CarbonSecConfig>`

const published = (assertions: string): string => printXml(publishablePolicy(policyElement(policyText(assertions))))

const SECRETS = /sesame|alice|staff|RampartConfig|CarbonSecConfig/

describe('others see no keys, names or passwords of ours', () => {
  test.each([
    ['beside the assertions', asymmetric() + BODY + RAMPART + CARBON],
    ['before them', RAMPART + CARBON + asymmetric() + BODY],
    [
      'inside of alternatives',
      `<wsp:ExactlyOne><wsp:All>${asymmetric() + BODY + RAMPART}</wsp:All><wsp:All>${asymmetric() + BODY + CARBON}</wsp:All></wsp:ExactlyOne>`,
    ],
    ['twice', asymmetric() + BODY + RAMPART + RAMPART + CARBON + CARBON],
    ['inside of an assertion', asymmetric({ options: `<sp:IncludeTimestamp/>${RAMPART}` }) + BODY],
  ])('%s', (_title, assertions) => {
    const text = published(assertions)
    expect(text).not.toMatch(SECRETS)
    expect(text).toContain('AsymmetricBinding')
    expect(text).toContain('SignedParts')
  })
})

test('what is asked for stays as it is', () => {
  const assertions = asymmetric() + BODY + usernameToken('<sp:HashPassword/>')
  expect(published(assertions)).toBe(printXml(policyElement(policyText(assertions))))
})

test('the policy itself is not changed', () => {
  const policy = policyElement(policyText(asymmetric() + RAMPART))
  const before = printXml(policy)
  publishablePolicy(policy)
  expect(printXml(policy)).toBe(before)
})
