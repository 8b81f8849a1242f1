import type { SignedPart } from '../plan.ts'
import { algorithmSuite, type AlgorithmSuite } from './algorithm-suite.ts'
import { isSent } from './certificate-reference.ts'
import { SECURITY_POLICY_12 } from './names.ts'
import type { Binding, PolicyToken, SupportingTokens, UsernamePolicyToken } from './policy-model.ts'
import { EXCLUSIVE_C14N, MAIN_SIGNATURE, type ProtectDraft } from './protect-draft.ts'
import { encryptedParts, signedParts } from './protected-parts.ts'

/**
 * Steps for the supporting tokens of a request; answers carry none. Their parts are added to those of the binding. Returns what
 * adds the endorsing signatures, which come after the main one; without a message binding they are made at once.
 */
export function compileSupporting(draft: ProtectDraft, binding: Binding | undefined): () => void {
  const endorsements: (() => void)[] = []
  if (draft.sender === 'initiator') {
    for (const [group, supporting] of draft.policy.supporting.entries()) {
      for (const [index, token] of supporting.tokens.entries())
        addToken(draft, supporting, token, { name: `supporting-${group + 1}-${index + 1}`, binding, endorsements })
    }
  }
  const endorse = (): void => {
    for (const each of endorsements) each()
  }
  if (binding !== undefined && binding.kind !== 'transport') return endorse
  endorse()
  return () => {}
}

interface Place {
  readonly name: string
  readonly binding: Binding | undefined
  readonly endorsements: (() => void)[]
}

function addToken(draft: ProtectDraft, supporting: SupportingTokens, token: PolicyToken, place: Place): void {
  const { name, binding, endorsements } = place
  const { steps, signed, encrypted, reports } = draft
  if (token.kind === 'username') {
    draft.credentials = true
    steps.push(usernameStep(name, token))
    if (supporting.encryptedToken || hidesPassword(draft, token)) encrypted.push({ part: 'token', name })
    if (supporting.signedToken) signed.push({ part: 'token', name })
    return
  }
  if (!supporting.endorsing && token.kind !== 'x509') {
    draft.tokens.push({ name, token, sent: isSent(token.inclusion, 'initiator') })
    steps.push({ step: 'token', name, include: true })
    if (supporting.encryptedToken) encrypted.push({ part: 'token', name })
    if (supporting.signedToken) signed.push({ part: 'token', name })
  } else {
    endorsements.push(() => endorse(draft, supporting, token, { name, binding, endorsements }))
    if (supporting.encryptedToken && token.kind !== 'x509') encrypted.push({ part: 'token', name })
  }
  signed.push(...(supporting.endorsing ? [] : signedParts(supporting, reports)))
  encrypted.push(...encryptedParts(supporting, reports))
}

/** An endorsing signature covers the main one; under TLS the Timestamp. A certificate that only accompanies does the same. */
function endorse(
  draft: ProtectDraft,
  supporting: SupportingTokens,
  token: PolicyToken,
  { name, binding }: Place,
): void {
  const suite = supporting.suite ?? binding?.suite ?? FALLBACK_SUITE
  if (suite === undefined) return
  const signer = draft.signingKey(token, suite, name)
  if (signer === undefined) return
  const message = binding !== undefined && binding.kind !== 'transport'
  const main: SignedPart[] = message
    ? [{ part: 'signature', name: MAIN_SIGNATURE }]
    : binding?.timestamp === true
      ? [{ part: 'timestamp' }]
      : []
  draft.steps.push({
    step: 'signature',
    name: `${name}-signature`,
    ...signer,
    digest: suite.digest[0] ?? '',
    canonicalization: EXCLUSIVE_C14N,
    parts: [...main, ...signedParts(supporting, draft.reports)],
    protectToken: supporting.signedToken,
  })
}

/** A policy of supporting tokens alone names no suite. */
const FALLBACK_SUITE: AlgorithmSuite | undefined = algorithmSuite('Basic256Sha256', SECURITY_POLICY_12)

const usernameStep = (name: string, { password, nonce, created }: UsernamePolicyToken) => ({
  step: 'username-token' as const,
  name,
  password: password === 'any' ? ('text' as const) : password,
  nonce: nonce || password === 'digest',
  created: created || password === 'digest',
})

/** A password in clear is not sent readable where the message is encrypted anyway (reference 1.4). */
const hidesPassword = ({ policy }: ProtectDraft, { password }: UsernamePolicyToken): boolean =>
  password === 'any' &&
  policy.binding !== undefined &&
  policy.binding.kind !== 'transport' &&
  (policy.encrypted.body || policy.encrypted.headers.length > 0 || policy.encryptedElements.length > 0)
