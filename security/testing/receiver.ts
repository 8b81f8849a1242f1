import type { XmlDocument } from 'viaduct'
import type { KeyStore } from '../key-material.ts'
import { NO_SECRETS } from '../key-material.ts'
import { EXC_C14N } from '../names.ts'
import { MASKS, RSA_15, RSA_OAEP, RSA_OAEP_MGF1P } from '../encryption/key-transport.ts'
import { CIPHERS } from '../encryption/cipher.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import type { SecurityResults } from '../security-results.ts'
import { DIGESTS } from '../signature/digest-algorithm.ts'
import { SIGNATURES } from '../signature/signature-algorithm.ts'
import type { TokenHandler } from '../token-handler.ts'
import { CertificateCache } from '../tokens/certificate-cache.ts'
import { verify } from '../verify.ts'
import { SECURITY_LIMITS, type VerifyPlan } from '../verify-plan.ts'

/** A plan that allows every algorithm and knows these keys and handlers. */
export function receiverPlan(
  keys: KeyStore,
  handlers: readonly TokenHandler[],
  changes: Partial<VerifyPlan> = {},
): VerifyPlan {
  return {
    service: 'test',
    actor: undefined,
    algorithms: {
      signature: new Set(SIGNATURES.keys()),
      digest: new Set(DIGESTS.keys()),
      canonicalization: new Set([EXC_C14N]),
      encryption: new Set(CIPHERS.keys()),
      keyTransport: new Set([RSA_OAEP, RSA_OAEP_MGF1P, RSA_15]),
      keyWrap: new Set(),
      oaepDigest: new Set(DIGESTS.keys()),
      mgf: new Set(MASKS.keys()),
      minimumRsa: 2048,
    },
    keys,
    decryptionKeys: keys,
    certificates: new CertificateCache(),
    handlers,
    clock: { ttl: 300, skew: 300, future: 60, strict: false },
    username: { passwords: new Set(['text']), ttl: 300, future: 60, nonceLifetime: 300, maximum: 1 },
    allowsSubject: undefined,
    lenient: false,
    rejectsReplays: false,
    attachments: false,
    limits: SECURITY_LIMITS,
    ...changes,
  }
}

/** Receives one message. */
export async function receive(envelope: XmlDocument, plan: VerifyPlan, now = Date.now()): Promise<SecurityResults> {
  return verify(envelope, plan, {
    now,
    replays: new ReplayCache(1000),
    users: undefined,
    secrets: NO_SECRETS,
    attachments: [],
  })
}
