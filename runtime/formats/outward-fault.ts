import { type Fault, type FaultCode, FAULTS } from '../fault.ts'

/** What a client may know about a fault. */
export interface OutwardFault {
  readonly code: FaultCode
  readonly message: string
  /** For clients that do not speak SOAP. */
  readonly status: number
}

const INTERNAL = 'The request could not be processed'
const BACKEND = 'The service behind this address could not be reached or did not answer properly'
const BUSY = 'The service behind this address is not available now'

const OUTWARD: ReadonlyMap<FaultCode, Omit<OutwardFault, 'code'>> = new Map<FaultCode, Omit<OutwardFault, 'code'>>([
  [101500, { message: BACKEND, status: 502 }],
  [101501, { message: BACKEND, status: 502 }],
  [101503, { message: BACKEND, status: 502 }],
  [101504, { message: 'The service behind this address did not answer in time', status: 504 }],
  [101505, { message: BACKEND, status: 502 }],
  [101506, { message: BACKEND, status: 502 }],
  [101507, { message: BUSY, status: 503 }],
  [101508, { message: 'The service behind this address did not answer in time', status: 504 }],
  [101510, { message: BACKEND, status: 502 }],
  [303000, { message: BUSY, status: 503 }],
  [303001, { message: BUSY, status: 503 }],
  [303002, { message: BUSY, status: 503 }],
  [309001, { message: BUSY, status: 503 }],
  ['bodies-full', { message: 'The bus takes no requests now; try again', status: 503 }],
  ['security-failed', { message: 'The security of the message could not be verified', status: 403 }],
  ['address-refused', { message: 'The address that the message names is not allowed', status: 403 }],
])

const BY_STATUS: ReadonlyMap<number, string> = new Map([
  [404, 'There is nothing at this address'],
  [405, 'The method is not allowed at this address'],
  [413, 'The request is too large'],
  [503, 'The bus takes no requests now; try again'],
])

/**
 * The outward half of a fault: a known code, general words, and the reason only when the client's own message is to blame.
 * `status` given: the words are those of that status.
 */
export function outwardFault(fault: Fault, status?: number): OutwardFault {
  const code = Object.hasOwn(FAULTS, fault.code) ? fault.code : 0
  if (status !== undefined)
    return { code, status, message: BY_STATUS.get(status) ?? (status < 500 ? 'The request was refused' : INTERNAL) }
  if (fault.blamesClient) return { code, status: 400, message: `The request could not be read: ${fault.message}` }
  const known = OUTWARD.get(fault.code)
  if (known !== undefined) return { code, ...known }
  return { code, status: fault.code === 601000 ? 502 : 500, message: fault.code === 601000 ? BACKEND : INTERNAL }
}
