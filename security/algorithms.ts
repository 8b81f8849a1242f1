import { CANONICAL_FORMS } from './canonical/canonical-method.ts'
import { CIPHERS } from './encryption/cipher.ts'
import { MASKS, RSA_15, RSA_OAEP, RSA_OAEP_MGF1P } from './encryption/key-transport.ts'
import { KEY_WRAPS } from './encryption/key-wrap.ts'
import { DIGESTS } from './signature/digest-algorithm.ts'
import { SIGNATURES } from './signature/signature-algorithm.ts'
import type { AllowedAlgorithms } from './verify-plan.ts'

/** Everything that can be read. An algorithm suite narrows it. */
export const ALL_ALGORITHMS: AllowedAlgorithms = {
  signature: new Set(SIGNATURES.keys()),
  digest: new Set(DIGESTS.keys()),
  canonicalization: new Set(CANONICAL_FORMS.keys()),
  encryption: new Set(CIPHERS.keys()),
  keyTransport: new Set([RSA_OAEP, RSA_OAEP_MGF1P, RSA_15]),
  keyWrap: new Set(KEY_WRAPS.keys()),
  oaepDigest: new Set(DIGESTS.keys()),
  mgf: new Set(MASKS.keys()),
  minimumRsa: 2048,
}
