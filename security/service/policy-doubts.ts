import { protectsNothing } from '../policy/read-parts.ts'
import { isNothing } from '../policy/parts.ts'
import type { SecurityPolicy } from '../policy/policy-model.ts'
import type { PolicyReports } from '../policy/reader.ts'

/** Says what is weak in a policy that is used; refuses suites that the settings forbid, and endorsements of nothing. */
export function doubts(policy: SecurityPolicy, disallowed: readonly string[], reports: PolicyReports): void {
  const { binding, encrypted, element } = policy
  if (binding === undefined) return
  const say = (message: string): void => reports.at({ element }, 'policy-doubtful', message)
  const { name, keyTransport, encryption } = binding.suite
  if (disallowed.includes(name))
    reports.at({ element }, 'constraint-violated', `the settings do not allow the algorithm suite ${name}`)
  if (binding.kind === 'transport') {
    if (!binding.timestamp && policy.supporting.some(({ endorsing }) => endorsing))
      reports.at(
        { element },
        'constraint-violated',
        'an endorsing token signs the Timestamp: a TransportBinding with one needs <sp:IncludeTimestamp/>',
      )
    return
  }
  if (keyTransport.some((algorithm) => algorithm.endsWith('rsa-1_5')))
    say(`the suite ${name} wraps keys with RSA 1.5, which has been broken again and again: use one without Rsa15`)
  if (encryption.some((algorithm) => algorithm.includes('tripledes'))) say(`the suite ${name} encrypts with Triple DES`)
  const signsNothing = isNothing(policy.signed) && policy.signedElements.length === 0 && !binding.timestamp
  if (!isNothing(encrypted) && signsNothing)
    say('the policy encrypts and signs nothing: ciphertext can be changed without notice')
  if (protectsNothing(policy) && !binding.timestamp && policy.supporting.length === 0)
    say('the policy has a binding, but neither signs nor encrypts anything')
}
