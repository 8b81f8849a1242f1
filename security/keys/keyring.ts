import { createHash, type KeyObject, type X509Certificate } from 'node:crypto'
import {
  CertificateError,
  CertificatePaths,
  type CertificateProblem,
  DistinguishedName,
  type TrustRules,
} from '../certificates/index.ts'
import type { DistrustReason, KeyIdentity, KeyStore, PathVerdict } from '../key-material.ts'
import type { KeystoreEntry } from './keystore-entry.ts'

/** How far the certificates of a keyring are trusted, besides what is in it. */
export type KeyringRules = Omit<TrustRules, 'anchors' | 'intermediates'>

/**
 * Keys and certificates of one or more keystores, compiled for look-ups. As with Java keystores, what is an entry of its own is
 * trusted: certificates without key as anchors, and those of our own keys for themselves; the rest of their chains only helps
 * to build paths. Aliases differ in more than case.
 */
export class Keyring implements KeyStore {
  readonly #identities = new Map<string, KeyIdentity>()
  readonly #aliases = new Map<string, X509Certificate>()
  readonly #issuerSerials = new Map<string, X509Certificate>()
  readonly #keyIdentifiers = new Map<string, X509Certificate>()
  readonly #thumbprints = new Map<string, X509Certificate>()
  readonly #subjects = new Map<string, X509Certificate>()
  readonly #publicKeys = new Map<string, X509Certificate>()
  readonly #owners = new Map<string, KeyIdentity>()
  readonly #paths: CertificatePaths

  constructor(entries: readonly KeystoreEntry[], rules: KeyringRules = {}) {
    const anchors = entries.flatMap(({ chain: [leaf] }) => leaf ?? [])
    const intermediates = entries.flatMap(({ chain }) => chain.slice(1))
    this.#paths = new CertificatePaths({ ...rules, anchors, intermediates })
    // Of two certificates that a look-up could mean, that with a private key is meant, then the first.
    for (const entry of entries.toSorted((a, b) => Number(a.key === undefined) - Number(b.key === undefined)))
      this.#add(entry)
    for (const certificate of intermediates) this.#index(certificate)
  }

  get aliases(): readonly string[] {
    return [...this.#aliases.keys()]
  }

  identity(alias: string): KeyIdentity | undefined {
    return this.#identities.get(alias.toLowerCase())
  }

  identityOf(certificate: X509Certificate): KeyIdentity | undefined {
    return this.#owners.get(certificate.fingerprint256)
  }

  certificate(alias: string): X509Certificate | undefined {
    return this.#aliases.get(alias.toLowerCase())
  }

  byIssuerAndSerial(issuer: string, serial: bigint): X509Certificate | undefined {
    const name = DistinguishedName.parse(issuer)
    return name && this.#issuerSerials.get(`${serial} ${name.key}`)
  }

  bySubjectKeyIdentifier(identifier: Buffer): X509Certificate | undefined {
    return this.#keyIdentifiers.get(identifier.toString('base64'))
  }

  byThumbprint(sha1: Buffer): X509Certificate | undefined {
    return this.#thumbprints.get(sha1.toString('base64'))
  }

  byKeyName(name: string): X509Certificate | undefined {
    return this.certificate(name) ?? this.bySubject(name)
  }

  bySubject(name: string): X509Certificate | undefined {
    const parsed = DistinguishedName.parse(name)
    return parsed && this.#subjects.get(parsed.key)
  }

  byPublicKey(key: KeyObject): X509Certificate | undefined {
    return this.#publicKeys.get(publicKeyName(key))
  }

  verifyPath(chain: readonly X509Certificate[], now: number): PathVerdict {
    const [leaf, ...others] = chain
    if (leaf === undefined) return { trusted: false, reason: 'untrusted', detail: 'there is no certificate' }
    try {
      this.#paths.verify(leaf, now, 'digitalSignature', others)
      return { trusted: true }
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error
      return { trusted: false, reason: DISTRUST[error.problem], detail: error.message }
    }
  }

  #add({ alias, key, chain: [leaf, ...rest] }: KeystoreEntry): void {
    if (leaf === undefined) return
    const name = alias.toLowerCase()
    if (!this.#aliases.has(name)) this.#aliases.set(name, leaf)
    if (key !== undefined) {
      const identity: KeyIdentity = { alias, key, chain: [leaf, ...rest] }
      if (!this.#identities.has(name)) this.#identities.set(name, identity)
      if (!this.#owners.has(leaf.fingerprint256)) this.#owners.set(leaf.fingerprint256, identity)
    }
    this.#index(leaf)
  }

  #index(certificate: X509Certificate): void {
    const { issuer, serial, subject, subjectKeyIdentifier } = this.#paths.fieldsOf(certificate)
    const put = (map: Map<string, X509Certificate>, key: string): void => {
      if (!map.has(key)) map.set(key, certificate)
    }
    put(this.#issuerSerials, `${serial} ${issuer.key}`)
    put(this.#keyIdentifiers, subjectKeyIdentifier.toString('base64'))
    put(this.#thumbprints, createHash('sha1').update(certificate.raw).digest('base64'))
    put(this.#subjects, subject.key)
    put(this.#publicKeys, publicKeyName(certificate.publicKey))
  }
}

const publicKeyName = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64')

const DISTRUST: Readonly<Record<CertificateProblem, DistrustReason>> = {
  untrusted: 'untrusted',
  expired: 'expired',
  'not-yet-valid': 'not-yet-valid',
  'not-an-authority': 'not-a-ca',
  usage: 'key-usage',
  'path-length': 'path-too-long',
  'weak-key': 'constraint',
  'weak-signature': 'constraint',
  'critical-extension': 'constraint',
  revoked: 'revoked',
  'revocation-unknown': 'revoked',
  malformed: 'constraint',
}
