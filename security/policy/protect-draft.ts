import type { EncryptedPart, ProtectStep, SignedPart, SigningKey } from '../plan.ts'
import type { AlgorithmSuite } from './algorithm-suite.ts'
import { certificateReference, isSent, type Role } from './certificate-reference.ts'
import type { PolicyKeys } from './policy-keys.ts'
import type { PolicyToken, SecurityPolicy } from './policy-model.ts'
import type { PolicyReports } from './reader.ts'

/** A token that is neither a certificate nor a user name: somebody has to give it for each message. */
export interface NeededToken {
  /** Its name in {@link ProtectPlan} and ProtectState. */
  readonly name: string
  readonly token: PolicyToken
  /** The message carries it; else it is only referred to. */
  readonly sent: boolean
}

export interface ProtectionRequest {
  readonly policy: SecurityPolicy
  /** Who sends the message. */
  readonly sender: Role
  readonly keys: PolicyKeys
  readonly reports: PolicyReports
}

/** The name of the secret of a symmetric binding. */
export const PROTECTION = 'protection'
/** The name of the signature of the binding, which supporting tokens endorse. */
export const MAIN_SIGNATURE = 'signature'

export const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const INCLUSIVE_C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'

/** A key with the algorithm that it signs with. */
export interface Signer {
  readonly key: SigningKey
  readonly algorithm: string
}

/** Steps that are being put together, and what they are made from. */
export class ProtectDraft {
  readonly policy: SecurityPolicy
  readonly sender: Role
  readonly keys: PolicyKeys
  readonly reports: PolicyReports
  readonly steps: ProtectStep[] = []
  /** Parts that the tokens of the policy bring: signed and encrypted with the main parts. */
  readonly signed: SignedPart[] = []
  readonly encrypted: EncryptedPart[] = []
  readonly tokens: NeededToken[] = []
  credentials = false
  reusesSecret = false

  constructor({ policy, sender, keys, reports }: ProtectionRequest) {
    this.policy = policy
    this.sender = sender
    this.keys = keys
    this.reports = reports
  }

  /** The key of a token that signs, with its algorithm; undefined when there is none, which is reported. */
  signingKey(token: PolicyToken, suite: AlgorithmSuite, name = PROTECTION): Signer | undefined {
    if (token.kind !== 'x509') {
      if (token.kind !== 'issued' && token.kind !== 'saml' && token.kind !== 'kerberos')
        return this.unsupported(token, 'a signature')
      this.tokens.push({ name, token, sent: isSent(token.inclusion, this.sender) })
      this.steps.push({ step: 'token', name, include: isSent(token.inclusion, this.sender) })
      return { key: { kind: 'named', name }, algorithm: suite.symmetricSignature[0] ?? '' }
    }
    const { identity } = this.keys
    if (identity === undefined) {
      this.reports.at(
        { element: this.policy.element },
        'constraint-violated',
        'the policy signs, but there is no private key: name one with user or userCertAlias',
      )
      return undefined
    }
    if (token.derived === 'any' || token.derived === 'explicit')
      this.reports.at(
        { element: this.policy.element },
        'policy-doubtful',
        'derived keys prove nothing about a certificate: the signature is made with its private key',
      )
    const kind = identity.key.asymmetricKeyType === 'ec' ? /ecdsa/ : /rsa/
    const algorithm = suite.asymmetricSignature.find((each) => kind.test(each))
    if (algorithm === undefined) {
      this.reports.at(
        { element: this.policy.element },
        'constraint-violated',
        `the suite ${suite.name} has no signature for the key ${identity.alias}`,
      )
      return undefined
    }
    const reference = certificateReference(token, this.sender, this.policy)
    return { key: { kind: 'identity', identity, reference }, algorithm }
  }

  /** Reports a token that has no place there. */
  unsupported(token: PolicyToken, use: string): undefined {
    this.reports.at(
      { element: this.policy.element },
      'element-unsupported',
      `a ${token.kind} token cannot be used for ${use}`,
    )
    return undefined
  }
}
