/** Why a keystore cannot be used. */
export type KeystoreProblem = 'password' | 'damaged' | 'unsupported' | 'alias'

/** A keystore, key or alias that cannot be used. The text names no password and goes into a diagnostic at the configuration's place. */
export class KeystoreError extends Error {
  override readonly name = 'KeystoreError'
  readonly problem: KeystoreProblem

  constructor(problem: KeystoreProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.problem = problem
  }
}
