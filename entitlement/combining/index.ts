import type { Combine, CombiningAlgorithm } from './algorithm.ts'
import { firstApplicable, onlyOneApplicable, onlyOneMatching, onPermitApplySecond } from './one-of.ts'
import { denyOverrides, legacyPolicyDenyOverrides, legacyPolicyPermitOverrides, permitOverrides } from './overrides.ts'
import { denyUnlessPermit, permitUnlessDeny } from './unless.ts'

export type { Child, Combine, CombiningAlgorithm } from './algorithm.ts'

const RULE = 'rule-combining-algorithm:'
const POLICY = 'policy-combining-algorithm:'
const urn = (version: string, name: string): string => `urn:oasis:names:tc:xacml:${version}:${name}`

/** Identifiers by name, the legacy ones after those of 3.0. */
function table(kind: string, legacyDeny: Combine, legacyPermit: Combine): CombiningAlgorithm[] {
  return [
    [urn('3.0', `${kind}deny-overrides`), denyOverrides],
    [urn('3.0', `${kind}ordered-deny-overrides`), denyOverrides],
    [urn('3.0', `${kind}permit-overrides`), permitOverrides],
    [urn('3.0', `${kind}ordered-permit-overrides`), permitOverrides],
    [urn('3.0', `${kind}deny-unless-permit`), denyUnlessPermit],
    [urn('3.0', `${kind}permit-unless-deny`), permitUnlessDeny],
    [urn('1.0', `${kind}first-applicable`), firstApplicable],
    [urn('1.0', `${kind}deny-overrides`), legacyDeny],
    [urn('1.1', `${kind}ordered-deny-overrides`), legacyDeny],
    [urn('1.0', `${kind}permit-overrides`), legacyPermit],
    [urn('1.1', `${kind}ordered-permit-overrides`), legacyPermit],
  ].map(([id, combine]) => ({ id, combine }) as CombiningAlgorithm)
}

const byId = (algorithms: readonly CombiningAlgorithm[]): ReadonlyMap<string, CombiningAlgorithm> =>
  new Map(algorithms.map((each) => [each.id, each]))

/** Appendix C of XACML 3.0, for the rules of a policy. */
export const RULE_ALGORITHMS = byId(table(RULE, denyOverrides, permitOverrides))

/** The same for the policies of a policy set. */
export const POLICY_ALGORITHMS = byId([
  ...table(POLICY, legacyPolicyDenyOverrides, legacyPolicyPermitOverrides),
  { id: urn('1.0', `${POLICY}only-one-applicable`), combine: onlyOneApplicable },
  { id: `urn:viaduct:xacml:${POLICY}only-one-matching`, combine: onlyOneMatching },
  { id: urn('3.0', `${POLICY}on-permit-apply-second`), combine: onPermitApplySecond, positional: true },
])
