import { X509Certificate } from 'node:crypto'
import { SecurityFailure } from '../security-failure.ts'

/**
 * Certificates that came in messages, by their base64 text: reading one costs more than verifying a signature with it.
 * Bounded; the oldest goes first. One per deployment.
 */
export class CertificateCache {
  readonly #read = new Map<string, X509Certificate>()
  readonly #size: number

  constructor(size = 1000) {
    this.#size = size
  }

  /** The certificate in DER bytes. Throws a SecurityFailure when they hold none. */
  read(bytes: Buffer): X509Certificate {
    const key = bytes.toString('latin1')
    const known = this.#read.get(key)
    if (known !== undefined) return known
    const certificate = readCertificate(bytes)
    if (this.#read.size >= this.#size) {
      for (const [oldest] of this.#read) {
        this.#read.delete(oldest)
        break
      }
    }
    this.#read.set(key, certificate)
    return certificate
  }
}

function readCertificate(bytes: Buffer): X509Certificate {
  try {
    // PEM is text that nobody sends in a token; only DER, which starts with a SEQUENCE, is a certificate here.
    if (bytes[0] === 0x30) return new X509Certificate(bytes)
  } catch (cause) {
    throw new SecurityFailure('token-malformed', 'a certificate cannot be read', { cause })
  }
  throw new SecurityFailure('token-malformed', 'a token holds something else than a certificate')
}
