import type { Settings } from 'viaduct'
import type { AlgorithmSuite } from '../policy/algorithm-suite.ts'
import { algorithmSuite } from '../policy/algorithm-suite.ts'
import { SECURITY_POLICY_12 } from '../policy/names.ts'
import type { PolicyKeys } from '../policy/policy-keys.ts'
import type { PolicyToken, SecurityPolicy } from '../policy/policy-model.ts'
import { EXCLUSIVE_C14N, INCLUSIVE_C14N } from '../policy/protect-draft.ts'
import { DEFAULT_RAMPART, type RampartConfig } from '../policy/rampart-config.ts'
import type { TokenHandler } from '../token-handler.ts'
import type { CertificateCache } from '../tokens/certificate-cache.ts'
import { type AllowedAlgorithms, SECURITY_LIMITS, type UsernameRules, type VerifyPlan } from '../verify-plan.ts'

export interface ReceiverRequest {
  readonly service: string
  /** At least one. */
  readonly alternatives: readonly SecurityPolicy[]
  readonly keys: PolicyKeys
  readonly certificates: CertificateCache
  readonly handlers: readonly TokenHandler[]
  readonly settings: Settings
}

const DSIG_SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1'
const XENC_SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const XENC_SHA512 = 'http://www.w3.org/2001/04/xmlenc#sha512'
const MORE_SHA384 = 'http://www.w3.org/2001/04/xmldsig-more#sha384'
const MGF1 = 'http://www.w3.org/2009/xmlenc11#mgf1'

/** What a receiver allows, from all alternatives that a message may satisfy. Which of them it does is checked afterwards. */
export function compileReceiver(request: ReceiverRequest): VerifyPlan {
  const { service, alternatives, keys, certificates, handlers, settings } = request
  const config = configOf(alternatives)
  return {
    service,
    actor: config.actor,
    algorithms: algorithmsOf(alternatives, settings.security.minimumKeyBits),
    keys: keys.trusted,
    decryptionKeys: keys.decryption,
    certificates,
    handlers,
    clock: {
      ttl: config.timestampLifetime,
      skew: config.timestampSkew,
      future: config.timestampFuture,
      strict: config.timestampStrict,
    },
    username: usernameRules(alternatives),
    allowsSubject: undefined,
    lenient: config.lenientProfile,
    rejectsReplays: true,
    attachments: alternatives.some(({ signed, encrypted }) => signed.attachments || encrypted.attachments),
    limits: SECURITY_LIMITS,
  }
}

/** Alternatives share their configuration, wherever in the policy it stands. */
const configOf = (alternatives: readonly SecurityPolicy[]): RampartConfig =>
  alternatives.find(({ rampart }) => rampart !== undefined)?.rampart ?? DEFAULT_RAMPART

/** Every suite of the alternatives: of bindings, supporting tokens. Where none is named, one with SHA-256. */
function suitesOf(alternatives: readonly SecurityPolicy[]): readonly AlgorithmSuite[] {
  const suites = alternatives.flatMap(({ binding, supporting }) => [
    ...(binding === undefined ? [] : [binding.suite]),
    ...supporting.flatMap(({ suite }) => suite ?? []),
  ])
  const fallback = algorithmSuite('Basic256Sha256', SECURITY_POLICY_12)
  return suites.length > 0 || fallback === undefined ? suites : [fallback]
}

function algorithmsOf(alternatives: readonly SecurityPolicy[], minimumRsa: number): AllowedAlgorithms {
  const suites = suitesOf(alternatives)
  const all = (pick: (suite: AlgorithmSuite) => readonly string[]): ReadonlySet<string> => new Set(suites.flatMap(pick))
  const inclusive = alternatives.some(
    ({ binding, rampart }) => binding?.inclusiveC14n === true || rampart?.lenientProfile === true,
  )
  return {
    signature: all(({ symmetricSignature, asymmetricSignature }) => [...symmetricSignature, ...asymmetricSignature]),
    digest: all(({ digest }) => digest),
    canonicalization: new Set(inclusive ? [EXCLUSIVE_C14N, INCLUSIVE_C14N] : [EXCLUSIVE_C14N]),
    encryption: all(({ encryption }) => encryption),
    keyTransport: all(({ keyTransport }) => keyTransport),
    keyWrap: all(({ keyWrap }) => keyWrap),
    // In OAEP no collision helps anybody, so that SHA-1 is as good as any.
    oaepDigest: new Set([DSIG_SHA1, XENC_SHA256, MORE_SHA384, XENC_SHA512]),
    mgf: new Set(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map((digest) => MGF1 + digest)),
    minimumRsa,
  }
}

function usernameRules(alternatives: readonly SecurityPolicy[]): UsernameRules {
  const config = configOf(alternatives)
  const tokens = alternatives.flatMap((each) => usernameTokens(each))
  const counts = alternatives.map((each) => usernameTokens(each).length)
  const passwords = new Set<'text' | 'digest' | 'none' | 'derived'>()
  for (const token of tokens) {
    if (token.kind !== 'username') continue
    if (token.password === 'any') passwords.add('text')
    if (token.password !== 'none') passwords.add('digest')
    if (token.password === 'none') passwords.add('none').add('derived')
  }
  if (config.allowNoPassword) passwords.add('none')
  if (tokens.length === 0) passwords.add('text').add('digest')
  return {
    passwords,
    ttl: config.usernameLifetime,
    future: config.usernameFuture,
    nonceLifetime: config.nonceLifetime,
    maximum: Math.max(1, ...counts),
  }
}

const usernameTokens = ({ supporting }: SecurityPolicy): readonly PolicyToken[] =>
  supporting.flatMap(({ tokens }) => tokens.filter(({ kind }) => kind === 'username'))
