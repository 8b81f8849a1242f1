import type { Linker, Span, XmlElement } from 'viaduct'
import type { Role } from '../policy/certificate-reference.ts'
import { compileCheck, type PolicyCheck } from '../policy/compile-check.ts'
import type { PolicyReading } from '../policy/normalize.ts'
import type { PolicyKeys } from '../policy/policy-keys.ts'
import type { PolicyToken, SecurityPolicy } from '../policy/policy-model.ts'
import { type CompiledProtection, compileProtection } from '../policy/protect-compiler.ts'
import type { RampartConfig } from '../policy/rampart-config.ts'
import { readPolicies } from '../policy/read-policy.ts'
import { PolicyReports } from '../policy/reader.ts'
import type { CertificateCache } from '../tokens/certificate-cache.ts'
import type { TokenHandler } from '../token-handler.ts'
import type { VerifyPlan } from '../verify-plan.ts'
import { loadPolicyKeys } from './key-source.ts'
import { passwordSource, type PasswordSource } from './password-source.ts'
import { compileReceiver } from './receiver-plan.ts'
import { doubts } from './policy-doubts.ts'

/** Policies for both directions, as this side of them is used: the alternatives of one direction belong to those of the other. */
export interface CompiledPolicy {
  /** What arrives; undefined when nothing is asked of it. */
  readonly receiver: VerifyPlan | undefined
  readonly checks: readonly PolicyCheck[]
  /** What leaves, by alternative. */
  readonly protections: readonly CompiledProtection[]
  readonly inbound: readonly SecurityPolicy[]
  readonly outbound: readonly SecurityPolicy[]
  readonly keys: PolicyKeys
  readonly passwords: PasswordSource
}

export interface PolicyRequest {
  /** Names the service in replay keys. */
  readonly name: string
  /** Policies that hold together, by direction. */
  readonly inbound: readonly XmlElement[]
  readonly outbound: readonly XmlElement[]
  /** Which side of the policy we are. */
  readonly role: Role
  readonly reading: PolicyReading
  readonly handlers: (
    tokens: readonly PolicyToken[],
    keys: PolicyKeys,
    rampart: RampartConfig | undefined,
  ) => readonly TokenHandler[]
  readonly certificates: CertificateCache
  readonly at: Span
  readonly linker: Linker
}

/** Compiles policies once per deployment; undefined when keys are missing, or nothing is asked for at all. */
export function compilePolicy(request: PolicyRequest): CompiledPolicy | undefined {
  const { reading, role } = request
  const inbound = readPolicies(request.inbound, reading)
  const same =
    request.inbound.length === request.outbound.length &&
    request.inbound.every((each, i) => each === request.outbound[i])
  const outbound = same ? inbound : readPolicies(request.outbound, reading)
  return compileAlternatives({ ...request, role }, inbound, outbound)
}

/** The same for policies that were read: the bootstrap of a secure conversation. */
export function compileAlternatives(
  request: Omit<PolicyRequest, 'inbound' | 'outbound'>,
  inbound: readonly SecurityPolicy[],
  outbound: readonly SecurityPolicy[],
): CompiledPolicy | undefined {
  const { reading, role, at, linker, name, certificates } = request
  const reports = new PolicyReports(reading.fail)
  const rampart = [...outbound, ...inbound].find((each) => each.rampart !== undefined)?.rampart
  const passwords = passwordSource(rampart?.passwordCallback, linker)
  const keys = loadPolicyKeys(rampart, passwords, role === 'recipient', at, linker)
  if (keys === undefined) return undefined
  const peer: Role = role === 'initiator' ? 'recipient' : 'initiator'
  const secured = inbound.filter(asksForSecurity)
  const { settings } = linker.services
  for (const policy of new Set([...inbound, ...outbound])) doubts(policy, settings.security.disallowedSuites, reports)
  return {
    receiver:
      secured.length === 0
        ? undefined
        : compileReceiver({
            service: name,
            alternatives: inbound,
            keys,
            certificates,
            handlers: request.handlers(tokensOf(inbound), keys, rampart),
            settings,
          }),
    checks: inbound.map((policy) => compileCheck(policy, peer, reports)),
    protections: outbound.map((policy) => compileProtection({ policy, sender: role, keys, reports })),
    inbound,
    outbound,
    keys,
    passwords,
  }
}

/** A policy of addressing or MTOM alone secures nothing. */
export const asksForSecurity = ({ binding, supporting, signed, encrypted, ...rest }: SecurityPolicy): boolean =>
  binding !== undefined ||
  supporting.length > 0 ||
  signed.body ||
  signed.headers.length > 0 ||
  encrypted.body ||
  encrypted.headers.length > 0 ||
  [rest.signedElements, rest.encryptedElements, rest.encryptedContent, rest.requiredElements].some(
    (each) => each.length > 0,
  ) ||
  rest.requiredHeaders.length > 0

/** Every token that messages under these policies may carry. */
export const tokensOf = (policies: readonly SecurityPolicy[]): readonly PolicyToken[] =>
  policies.flatMap(({ binding, supporting }) => [
    ...bindingTokens(binding),
    ...supporting.flatMap(({ tokens }) => tokens),
  ])

function bindingTokens(binding: SecurityPolicy['binding']): readonly PolicyToken[] {
  if (binding === undefined || binding.kind === 'transport') return []
  const tokens =
    binding.kind === 'symmetric'
      ? [binding.signature, binding.encryption]
      : [
          binding.initiatorSignature,
          binding.initiatorEncryption,
          binding.recipientSignature,
          binding.recipientEncryption,
        ]
  return [...new Set(tokens.filter((token) => token !== undefined))]
}
