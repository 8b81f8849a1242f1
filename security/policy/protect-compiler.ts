import type { EncryptedPart, EncryptionKey, KeyTransport, ProtectPlan, SignedPart } from '../plan.ts'
import type { AlgorithmSuite } from './algorithm-suite.ts'
import { certificateReference, isSent } from './certificate-reference.ts'
import { elementSelector } from './element-selector.ts'
import type { AsymmetricBinding, Binding, PolicyToken, SymmetricBinding } from './policy-model.ts'
import {
  EXCLUSIVE_C14N,
  INCLUSIVE_C14N,
  MAIN_SIGNATURE,
  type NeededToken,
  PROTECTION,
  ProtectDraft,
  type ProtectionRequest,
  type Signer,
} from './protect-draft.ts'
import { compileSupporting } from './protect-supporting.ts'
import { encryptedParts, signedParts } from './protected-parts.ts'
import { DEFAULT_RAMPART } from './rampart-config.ts'

/** How messages of one direction are protected, and what each of them needs. */
export interface CompiledProtection {
  readonly plan: ProtectPlan
  readonly tokens: readonly NeededToken[]
  /** User name and password are needed. */
  readonly credentials: boolean
  /** The secret of the request is used again (symmetric binding, answers). */
  readonly reusesSecret: boolean
}

/** Compiles a policy to the steps that protect messages of one direction (reference: order of writing). */
export function compileProtection(request: ProtectionRequest): CompiledProtection {
  return new ProtectCompiler(new ProtectDraft(request)).compile()
}

class ProtectCompiler {
  readonly #draft: ProtectDraft

  constructor(draft: ProtectDraft) {
    this.#draft = draft
  }

  compile(): CompiledProtection {
    const { policy, reports, steps, tokens } = this.#draft
    const { binding, rampart = DEFAULT_RAMPART } = policy
    if (binding?.timestamp === true) {
      const { timestampLifetime: ttl, milliseconds } = rampart
      steps.push({
        step: 'timestamp',
        ttl,
        milliseconds,
        position: binding.layout === 'LaxTsLast' ? 'last' : 'first',
      })
    }
    if (binding === undefined || binding.kind === 'transport') compileSupporting(this.#draft, binding)
    else if (binding.kind === 'asymmetric') this.#asymmetric(binding)
    else this.#symmetric(binding)
    const { actor, mustUnderstand, optimizeParts } = rampart
    const optimize = optimizeParts.flatMap((part) => elementSelector(part, reports) ?? [])
    return {
      plan: { actor, mustUnderstand, steps, optimize },
      tokens,
      credentials: this.#draft.credentials,
      reusesSecret: this.#draft.reusesSecret,
    }
  }

  #asymmetric(binding: AsymmetricBinding): void {
    const own = this.#draft.sender === 'initiator' ? binding.initiatorSignature : binding.recipientSignature
    const other = this.#draft.sender === 'initiator' ? binding.recipientEncryption : binding.initiatorEncryption
    this.#confirm()
    const endorse = compileSupporting(this.#draft, binding)
    const signed = this.#signedParts(binding)
    const encrypted = this.#encryptedParts()
    const encrypts = encrypted.length > 0
    const key = encrypts && other !== undefined ? this.#recipientKey(binding, other, signed.length > 0) : undefined
    const sign = (): void => {
      if (signed.length === 0 || own === undefined) return
      const signer = this.#draft.signingKey(own, binding.suite)
      if (signer !== undefined) this.#sign(binding, signer, signed)
      endorse()
    }
    const encrypt = (parts: readonly EncryptedPart[]): void => {
      if (key !== undefined && parts.length > 0) this.#encrypt(binding.suite, key, parts)
    }
    this.#inOrder(binding, signed.length > 0, encrypted, { sign, encrypt })
  }

  #symmetric(binding: SymmetricBinding): void {
    const { signature: token } = binding
    this.#confirm()
    const endorse = compileSupporting(this.#draft, binding)
    const signed = this.#signedParts(binding)
    const encrypted = this.#encryptedParts()
    if (token === undefined || (signed.length === 0 && encrypted.length === 0)) return
    this.#secret(token, binding)
    const derives = token.derived !== 'none' && token.derived !== 'implied'
    const signing = derives ? this.#derive('signing-key', binding.suite.derivedSignatureLength) : PROTECTION
    const sign = (): void => {
      if (signed.length === 0) return
      this.#sign(
        binding,
        { key: { kind: 'named', name: signing }, algorithm: binding.suite.symmetricSignature[0] ?? '' },
        signed,
      )
      endorse()
    }
    const encrypting =
      derives && encrypted.length > 0
        ? this.#derive('encryption-key', binding.suite.derivedEncryptionLength)
        : PROTECTION
    const encrypt = (parts: readonly EncryptedPart[]): void => {
      if (parts.length > 0) this.#encrypt(binding.suite, { kind: 'named', name: encrypting }, parts)
    }
    this.#inOrder(binding, signed.length > 0, encrypted, { sign, encrypt })
  }

  /** Signature and encryption in the order of the policy; the signature is encrypted after it was made, in either. */
  #inOrder(
    binding: AsymmetricBinding | SymmetricBinding,
    signs: boolean,
    encrypted: readonly EncryptedPart[],
    { sign, encrypt }: { sign: () => void; encrypt: (parts: readonly EncryptedPart[]) => void },
  ): void {
    const hidden: readonly EncryptedPart[] =
      signs && encrypted.length > 0 && binding.encryptSignature ? [{ part: 'signature', name: MAIN_SIGNATURE }] : []
    const confirmations: readonly EncryptedPart[] =
      hidden.length > 0 && this.#confirms() ? [...hidden, { part: 'confirmations' }] : hidden
    if (binding.encryptFirst) {
      encrypt(encrypted)
      sign()
      encrypt(hidden)
    } else {
      sign()
      encrypt([...encrypted, ...confirmations])
    }
  }

  #sign(
    { inclusiveC14n, protectTokens, suite }: Exclude<Binding, { kind: 'transport' }>,
    { key, algorithm }: Signer,
    parts: readonly SignedPart[],
  ): void {
    this.#draft.steps.push({
      step: 'signature',
      name: MAIN_SIGNATURE,
      key,
      algorithm,
      digest: suite.digest[0] ?? '',
      canonicalization: inclusiveC14n ? INCLUSIVE_C14N : EXCLUSIVE_C14N,
      parts,
      protectToken: protectTokens,
    })
  }

  #encrypt({ encryption }: AlgorithmSuite, key: EncryptionKey, parts: readonly EncryptedPart[]): void {
    this.#draft.steps.push({ step: 'encryption', key, algorithm: encryption[0] ?? '', parts })
  }

  /** The key that a message is encrypted with for the other side; one of its own where two steps need it. */
  #recipientKey(binding: AsymmetricBinding, token: PolicyToken, signs: boolean): EncryptionKey | undefined {
    const { recipient } = this.#draft.keys
    if (token.kind !== 'x509') return this.#draft.unsupported(token, 'encryption')
    if (recipient === undefined) {
      this.#draft.reports.at(
        { element: this.#draft.policy.element },
        'constraint-violated',
        'the policy encrypts, but no encryptionUser says for whom',
      )
      return undefined
    }
    const reference = certificateReference(token, this.#draft.sender, this.#draft.policy)
    const transport = keyTransport(binding.suite)
    const derives = token.derived === 'any' || token.derived === 'explicit'
    if (!derives && !(binding.encryptFirst && binding.encryptSignature && signs)) {
      return { kind: 'fresh', recipient, reference, transport }
    }
    this.#draft.steps.push({
      step: 'encrypted-key',
      name: 'session',
      recipient,
      reference,
      transport,
      length: binding.suite.keyLength,
    })
    return {
      kind: 'named',
      name: derives ? this.#derive('encryption-key', binding.suite.derivedEncryptionLength, 'session') : 'session',
    }
  }

  /** Makes the secret of a symmetric binding, or refers to that of the request. */
  #secret(token: PolicyToken, { suite }: SymmetricBinding): void {
    const { sender, keys, reports, policy, steps, tokens } = this.#draft
    if (token.kind === 'username' || token.kind === 'https' || token.kind === 'key-value') {
      this.#draft.unsupported(token, 'a symmetric binding')
    } else if (sender === 'recipient') {
      this.#draft.reusesSecret = true
    } else if (token.kind !== 'x509') {
      const sent = isSent(token.inclusion, sender)
      tokens.push({ name: PROTECTION, token, sent })
      steps.push({ step: 'token', name: PROTECTION, include: sent })
    } else if (keys.recipient === undefined || keys.recipient === 'peer') {
      const message = 'the policy needs the certificate of the service: name it with encryptionUser'
      reports.at({ element: policy.element }, 'constraint-violated', message)
    } else {
      const reference = certificateReference(token, sender, policy)
      steps.push({
        step: 'encrypted-key',
        name: PROTECTION,
        recipient: keys.recipient,
        reference,
        transport: keyTransport(suite),
        length: suite.keyLength,
      })
    }
  }

  #derive(name: string, length: number, from = PROTECTION): string {
    const version = this.#draft.policy.version === '1.1' ? '2005/02' : '200512'
    this.#draft.steps.push({ step: 'derived-key', name, from, length, version })
    return name
  }

  #signedParts(binding: Exclude<Binding, { kind: 'transport' }>): SignedPart[] {
    const parts: SignedPart[] = signedParts(this.#draft.policy, this.#draft.reports)
    if (binding.timestamp) parts.push({ part: 'timestamp' })
    if (this.#confirms()) parts.push({ part: 'confirmations' })
    return [...parts, ...this.#draft.signed]
  }

  #encryptedParts(): EncryptedPart[] {
    return [...encryptedParts(this.#draft.policy, this.#draft.reports), ...this.#draft.encrypted]
  }

  #confirm(): void {
    if (this.#confirms()) this.#draft.steps.push({ step: 'confirmation' })
  }

  #confirms(): boolean {
    return (
      this.#draft.sender === 'recipient' &&
      this.#draft.policy.wss.some(({ signatureConfirmation }) => signatureConfirmation)
    )
  }
}

/** GCM suites are used with SHA-256 in OAEP too; the others say SHA-1. */
function keyTransport({ keyTransport: [algorithm = ''], encryption: [cipher = ''] }: AlgorithmSuite): KeyTransport {
  return cipher.endsWith('-gcm') ? { algorithm, digest: 'http://www.w3.org/2001/04/xmlenc#sha256' } : { algorithm }
}
