import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { KeystoreError } from './keystore-error.ts'

/** A private key with its certificates, leaf first, or a trusted certificate (no key, one certificate). */
export interface KeystoreEntry {
  readonly alias: string
  readonly key: KeyObject | undefined
  readonly chain: readonly X509Certificate[]
}

/** A certificate from DER bytes in a keystore. */
export function readCertificate(bytes: Buffer): X509Certificate {
  try {
    return new X509Certificate(bytes)
  } catch (cause) {
    throw new KeystoreError('damaged', 'the keystore holds a certificate that cannot be read', { cause })
  }
}

/** A private key from PKCS#8 bytes. */
export function readPrivateKey(bytes: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
  } catch (cause) {
    throw new KeystoreError('damaged', 'the keystore holds a private key that cannot be read', { cause })
  }
}

/** Puts the certificates that lead from `leaf` towards a root in order; `others` may hold unrelated ones. */
export function orderedChain(leaf: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf]
  for (let last = leaf; chain.length < 10;) {
    const next = others.find(
      (candidate) => !chain.includes(candidate) && !last.raw.equals(candidate.raw) && last.checkIssued(candidate),
    )
    if (next === undefined) return chain
    chain.push(next)
    last = next
  }
  return chain
}
