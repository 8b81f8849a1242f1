/** Faults of WS-Trust (1.3, section 11) and WS-SecureConversation (1.3, section 8), with their texts. */
export const TRUST_FAULTS = {
  InvalidRequest: 'The request was invalid or malformed',
  FailedAuthentication: 'Authentication failed',
  RequestFailed: 'The specified request failed',
  InvalidSecurityToken: 'Security token has been revoked',
  BadRequest: 'The specified RequestSecurityToken is not understood',
  ExpiredData: 'The request data is out-of-date',
  InvalidTimeRange: 'The requested time range is invalid or unsupported',
  InvalidScope: 'The request scope is invalid or unsupported',
  UnableToRenew: 'The requested renewal failed',
} as const

export type TrustFaultCode = keyof typeof TRUST_FAULTS

/** A request to a token service that is refused. `detail` is for the log; the requestor is told the code and its text. */
export class TrustFailure extends Error {
  override readonly name = 'TrustFailure'
  readonly code: TrustFaultCode
  readonly detail: string

  constructor(code: TrustFaultCode, detail: string, options?: ErrorOptions) {
    super(`${TRUST_FAULTS[code]}: ${detail}`, options)
    this.code = code
    this.detail = detail
  }
}
