import { type BusServices, Fault, SecurityFault } from 'viaduct'
import { GENERIC_FAULT, type SecurityFaultCode, SecurityFailure } from '../security-failure.ts'

/** One text for each code: what failed exactly is for the log. */
const TEXTS: Readonly<Record<SecurityFaultCode, string>> = {
  InvalidSecurity: GENERIC_FAULT.text,
  InvalidSecurityToken: 'An invalid security token was provided',
  FailedAuthentication: 'The security token could not be authenticated or authorized',
  FailedCheck: 'The signature or decryption was invalid',
  UnsupportedAlgorithm: 'An unsupported signature or encryption algorithm was used',
  UnsupportedSecurityToken: 'An unsupported token was provided',
  SecurityTokenUnavailable: 'Referenced security token could not be retrieved',
  MessageExpired: 'The message has expired',
}

/** What was thrown while a message was verified or secured, as a Fault: the cause in the log, one answer outside. */
export function securityFault(thrown: unknown, { settings }: Pick<BusServices, 'settings'>): Fault {
  if (!(thrown instanceof SecurityFailure)) return Fault.from(thrown)
  const code = settings.security.faultDetail === 'codes' ? thrown.fault : GENERIC_FAULT.code
  return new SecurityFault(thrown.message, { code, text: TEXTS[code] }, { cause: thrown })
}
