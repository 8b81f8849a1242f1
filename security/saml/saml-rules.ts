import type { X509Certificate } from 'node:crypto'
import type { ReplayStore } from '../verify-plan.ts'
import type { ConfirmationMethod, SamlVersion } from './assertion.ts'

/** What a receiver asks of assertions, compiled once per deployment. */
export interface SamlRules {
  /** Who may issue, and with which certificate: a trusted certificate alone does not make a token service. */
  readonly allowsIssuer: (issuer: string, certificate: X509Certificate) => boolean
  /** Whose signature may vouch for the subject of an assertion; undefined: sender-vouches is not accepted. */
  readonly allowsVoucher?: ((certificate: X509Certificate) => boolean) | undefined
  /** Our names: an assertion that is restricted to audiences has to list one. Undefined: the restriction is not checked. */
  readonly audiences?: Pick<ReadonlySet<string>, 'has'> | undefined
  /** Addresses that a bearer confirmation may be meant for; undefined: not checked. */
  readonly recipients?: Pick<ReadonlySet<string>, 'has'> | undefined
  /** Confirmation methods that are accepted; all when undefined. */
  readonly methods?: ReadonlySet<ConfirmationMethod> | undefined
  /** Both when undefined. */
  readonly versions?: ReadonlySet<SamlVersion> | undefined
  /** Seconds after which an assertion without an end of validity is too old; 1800 when undefined. */
  readonly lifetime?: number | undefined
  /** Takes signed assertions from whoever sends them, as old Rampart does: its `validateSamlSubjectConfirmation` off. */
  readonly unconfirmed?: boolean | undefined
  /** Remembers assertions that may be used once. */
  readonly replays: ReplayStore
}
