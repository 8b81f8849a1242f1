import type { ElementSelector } from '../plan.ts'
import type { Role } from './certificate-reference.ts'
import { elementSelector } from './element-selector.ts'
import type { ElementsPart, HeaderPart, Protection } from './parts.ts'
import type { Binding, PolicyToken, SecurityPolicy, SupportingTokens } from './policy-model.ts'
import type { PolicyReports } from './reader.ts'

/** What parts of a message have to be, with their selectors compiled. */
export interface PartsCheck {
  readonly body: boolean
  readonly everyHeader: boolean
  readonly headers: readonly HeaderPart[]
  readonly elements: readonly ElementSelector[]
  /** Elements whose content alone is protected. */
  readonly content: readonly ElementSelector[]
  readonly attachments: boolean
}

export interface SupportingCheck {
  readonly tokens: readonly PolicyToken[]
  readonly signedToken: boolean
  readonly endorsing: boolean
  readonly encryptedToken: boolean
  readonly signed: PartsCheck
  readonly encrypted: PartsCheck
}

/** What an alternative of a policy demands of a message that `sender` sends. */
export interface PolicyCheck {
  readonly policy: SecurityPolicy
  readonly sender: Role
  readonly binding: Binding | undefined
  /** The token that signs, and that whose secret encrypts in a symmetric binding. */
  readonly signer: PolicyToken | undefined
  readonly signed: PartsCheck
  readonly encrypted: PartsCheck
  readonly required: readonly ElementSelector[]
  readonly requiredHeaders: readonly HeaderPart[]
  /** Supporting tokens come with requests only. */
  readonly supporting: readonly SupportingCheck[]
  readonly confirms: boolean
}

/** Compiles an alternative to what is checked of each message. */
export function compileCheck(policy: SecurityPolicy, sender: Role, reports: PolicyReports): PolicyCheck {
  const { binding } = policy
  const selectors = (parts: readonly ElementsPart[]): readonly ElementSelector[] =>
    parts.flatMap((part) => elementSelector(part, reports) ?? [])
  return {
    policy,
    sender,
    binding,
    signer: signerOf(binding, sender),
    ...protectionCheck(policy, selectors),
    required: selectors(policy.requiredElements),
    requiredHeaders: policy.requiredHeaders,
    supporting: sender === 'initiator' ? policy.supporting.map((each) => supportingCheck(each, selectors)) : [],
    confirms: sender === 'recipient' && policy.wss.some(({ signatureConfirmation }) => signatureConfirmation),
  }
}

type Selectors = (parts: readonly ElementsPart[]) => readonly ElementSelector[]

function protectionCheck(protection: Protection, selectors: Selectors): { signed: PartsCheck; encrypted: PartsCheck } {
  const { signed, encrypted, signedElements, encryptedElements, encryptedContent } = protection
  return {
    signed: { ...signed, elements: selectors(signedElements), content: [] },
    encrypted: { ...encrypted, elements: selectors(encryptedElements), content: selectors(encryptedContent) },
  }
}

const supportingCheck = (supporting: SupportingTokens, selectors: Selectors): SupportingCheck => ({
  ...protectionCheck(supporting, selectors),
  tokens: supporting.tokens,
  signedToken: supporting.signedToken,
  endorsing: supporting.endorsing,
  encryptedToken: supporting.encryptedToken,
})

function signerOf(binding: Binding | undefined, sender: Role): PolicyToken | undefined {
  if (binding?.kind === 'symmetric') return binding.signature
  if (binding?.kind !== 'asymmetric') return undefined
  return sender === 'initiator' ? binding.initiatorSignature : binding.recipientSignature
}
