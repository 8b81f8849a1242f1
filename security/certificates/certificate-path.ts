import type { X509Certificate } from 'node:crypto'
import { DerError } from '../der/index.ts'
import { type CertificateFields, type KeyUsage, readCertificateFields } from './certificate.ts'
import { CertificateError } from './certificate-error.ts'
import type { RevocationList } from './revocation-list.ts'

/** What counts as trusted, and how strictly. */
export interface TrustRules {
  /** Roots, intermediates or single partners' certificates that are trusted for themselves. */
  readonly anchors: readonly X509Certificate[]
  /** Certificates that may help to build a path: of the store, not trusted. */
  readonly intermediates?: readonly X509Certificate[]
  readonly revocationLists?: readonly RevocationList[]
  /** Refuses where no list of the issuer is at hand. */
  readonly requireRevocationList?: boolean
  /** Smallest RSA modulus; 2048 when absent. */
  readonly minimumRsaBits?: number
  /** Also accepts certificates signed with SHA-1, as old authorities made them. */
  readonly allowSha1?: boolean
}

const MAX_PATH = 10
/** Ends the search among certificates of equal names that a sender made up. */
const MAX_CHECKS = 100

const WEAK_DIGESTS = new Map([
  ['1.2.840.113549.1.1.2', 'MD2'],
  ['1.2.840.113549.1.1.4', 'MD5'],
  ['1.2.840.113549.1.1.5', 'SHA-1'],
  ['1.2.840.10045.4.1', 'SHA-1'],
])

/**
 * Decides whether certificates lead to something trusted (RFC 5280, section 6, without policies and name constraints: a
 * certificate that demands those is refused). Facts about each certificate are read once.
 */
export class CertificatePaths {
  readonly #rules: TrustRules
  /** Issuers whose signature on a certificate was found right. */
  readonly #issuers = new WeakMap<X509Certificate, WeakSet<X509Certificate>>()
  readonly #fields = new WeakMap<X509Certificate, CertificateFields>()

  constructor(rules: TrustRules) {
    this.#rules = rules
  }

  /**
   * The path from `leaf` to an anchor, both included, at the time `now`. `extra` are certificates that came with the message.
   * Throws {@link CertificateError} with the reason of the most promising path.
   */
  verify(
    leaf: X509Certificate,
    now: number,
    usage: KeyUsage,
    extra: readonly X509Certificate[] = [],
  ): X509Certificate[] {
    const candidates = [...this.#rules.anchors, ...extra, ...(this.#rules.intermediates ?? [])]
    const search: Search = { now, candidates, checks: 0, failure: undefined }
    const path = this.#extend([leaf], search)
    if (path === undefined)
      throw search.failure ?? new CertificateError('untrusted', `no trusted certificate issued ${nameOf(leaf)}`)
    const { usages } = this.fieldsOf(leaf)
    // A certificate for encryption may allow either way of hiding a key.
    if (usages !== undefined && !usages.has(usage) && !(usage === 'keyEncipherment' && usages.has('keyAgreement'))) {
      throw new CertificateError('usage', `${nameOf(leaf)} may not be used for ${usage}`)
    }
    return path
  }

  fieldsOf(certificate: X509Certificate): CertificateFields {
    let fields = this.#fields.get(certificate)
    if (fields === undefined) {
      try {
        fields = readCertificateFields(certificate)
      } catch (cause) {
        if (!(cause instanceof DerError)) throw cause
        throw new CertificateError('malformed', 'a certificate cannot be read', { cause })
      }
      this.#fields.set(certificate, fields)
    }
    return fields
  }

  /** Depth first, the shortest way to an anchor first; what fails on the way is remembered as the reason. */
  #extend(path: X509Certificate[], search: Search): X509Certificate[] | undefined {
    const last = path.at(-1)
    if (last === undefined || path.length > MAX_PATH) return undefined
    try {
      this.#checkAlone(last, search.now)
    } catch (error) {
      search.failure ??= error as CertificateError
      return undefined
    }
    if (this.#isAnchor(last)) return path
    for (const issuer of search.candidates) {
      if (path.some((each) => each.raw.equals(issuer.raw))) continue
      try {
        if (this.fieldsOf(last).issuer.key !== this.fieldsOf(issuer).subject.key) continue
        if (++search.checks > MAX_CHECKS) return undefined
        this.#checkIssuer(last, issuer, path.length - 1, search.now)
      } catch (error) {
        search.failure ??= error as CertificateError
        continue
      }
      const whole = this.#extend([...path, issuer], search)
      if (whole !== undefined) return whole
    }
    return undefined
  }

  #isAnchor(certificate: X509Certificate): boolean {
    return this.#rules.anchors.some((anchor) => anchor.raw.equals(certificate.raw))
  }

  #checkAlone(certificate: X509Certificate, now: number): void {
    const fields = this.fieldsOf(certificate)
    if (now < fields.notBefore) throw new CertificateError('not-yet-valid', `${nameOf(certificate)} is not valid yet`)
    if (now > fields.notAfter) throw new CertificateError('expired', `${nameOf(certificate)} has expired`)
    const [unknown] = fields.unknownCritical
    if (unknown !== undefined)
      throw new CertificateError(
        'critical-extension',
        `${nameOf(certificate)} has the unknown critical extension ${unknown}`,
      )
    const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength
    const minimum = this.#rules.minimumRsaBits ?? 2048
    if (bits !== undefined && bits < minimum)
      throw new CertificateError(
        'weak-key',
        `${nameOf(certificate)} has a key of ${bits} bits; ${minimum} are the least`,
      )
  }

  /** `below` is the number of authorities between the issuer and the leaf. */
  #checkIssuer(certificate: X509Certificate, issuer: X509Certificate, below: number, now: number): void {
    const fields = this.fieldsOf(issuer)
    if (!this.#isSignedBy(certificate, issuer))
      throw new CertificateError('untrusted', `${nameOf(certificate)} was not signed by the ${nameOf(issuer)} at hand`)
    const weak = WEAK_DIGESTS.get(this.fieldsOf(certificate).signatureAlgorithm)
    if (weak !== undefined && !(weak === 'SHA-1' && this.#rules.allowSha1 === true)) {
      throw new CertificateError('weak-signature', `${nameOf(certificate)} is signed with ${weak}`)
    }
    // A root of version 1 has no extensions; being an anchor makes it an authority.
    const oldRoot = fields.version < 3 && this.#isAnchor(issuer)
    if (fields.authority !== true && !oldRoot)
      throw new CertificateError('not-an-authority', `${nameOf(issuer)} is no certificate authority`)
    if (fields.usages?.has('keyCertSign') === false)
      throw new CertificateError('usage', `${nameOf(issuer)} may not sign certificates`)
    if (fields.pathLength !== undefined && below > fields.pathLength)
      throw new CertificateError('path-length', `${nameOf(issuer)} allows ${fields.pathLength} authorities below it`)
    this.#checkRevocation(certificate, issuer, now)
  }

  /** Who signed a certificate never changes; finding out costs as much as verifying the message itself. */
  #isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
    const known = this.#issuers.get(certificate)
    if (known?.has(issuer) === true) return true
    if (!certificate.verify(issuer.publicKey)) return false
    this.#issuers.set(certificate, (known ?? new WeakSet()).add(issuer))
    return true
  }

  #checkRevocation(certificate: X509Certificate, issuer: X509Certificate, now: number): void {
    const { revocationLists = [], requireRevocationList = false } = this.#rules
    const { subject, usages } = this.fieldsOf(issuer)
    const lists = revocationLists.filter((list) => list.issuer.key === subject.key && list.isSignedBy(issuer.publicKey))
    if (lists.length === 0) {
      if (requireRevocationList)
        throw new CertificateError('revocation-unknown', `there is no revocation list of ${nameOf(issuer)}`)
      return
    }
    if (usages?.has('cRLSign') === false)
      throw new CertificateError('usage', `${nameOf(issuer)} may not sign revocation lists`)
    const { serial } = this.fieldsOf(certificate)
    if (lists.some((list) => list.isRevoked(serial)))
      throw new CertificateError('revoked', `${nameOf(certificate)} is revoked`)
    const current = lists.some(
      ({ thisUpdate, nextUpdate }) => thisUpdate <= now && (nextUpdate === undefined || now <= nextUpdate),
    )
    if (!current)
      throw new CertificateError('revocation-unknown', `the revocation list of ${nameOf(issuer)} is out of date`)
  }
}

interface Search {
  readonly now: number
  readonly candidates: readonly X509Certificate[]
  checks: number
  failure: CertificateError | undefined
}

const nameOf = ({ subject, serialNumber }: X509Certificate): string =>
  `"${subject.replaceAll('\n', ',')}" (serial ${serialNumber})`
