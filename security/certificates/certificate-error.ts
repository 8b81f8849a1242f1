/** Why a certificate is not accepted. */
export type CertificateProblem =
  | 'untrusted'
  | 'expired'
  | 'not-yet-valid'
  | 'not-an-authority'
  | 'usage'
  | 'path-length'
  | 'weak-key'
  | 'weak-signature'
  | 'critical-extension'
  | 'revoked'
  | 'revocation-unknown'
  | 'malformed'

/** A certificate that is not accepted. The text goes into the log, never to a client. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError'
  readonly problem: CertificateProblem

  constructor(problem: CertificateProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.problem = problem
  }
}
