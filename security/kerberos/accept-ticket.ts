import { DerError } from '../der/index.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { ReplayStore } from '../verify-plan.ts'
import {
  type Authenticator,
  readApplicationRequest,
  readAuthenticator,
  readTicketPart,
  TICKET_FLAG,
  type TicketPart,
  USE_SESSION_KEY,
} from './application-request.ts'
import { type EncryptionType, KEY_USAGE } from './encryption-type.ts'
import { encryptionTypes } from './encryption-types.ts'
import { type EncryptedData, type EncryptionKey, printPrincipal, sameName } from './kerberos-types.ts'
import type { Keytab } from './keytab.ts'

/** How a service accepts tickets. */
export interface KerberosRules {
  readonly keytab: Keytab
  /** `HTTP/host@REALM`; undefined: tickets for every principal of the keytab are accepted. */
  readonly service?: string | undefined
  /** Realms besides our own whose users are accepted, where the KDC checked the way between. */
  readonly trustedRealms?: ReadonlySet<string> | undefined
  readonly allowRc4?: boolean | undefined
  readonly replays: ReplayStore
}

/** What a ticket proves. */
export interface AcceptedTicket {
  /** `user@REALM`. */
  readonly principal: string
  readonly service: string
  /** The subkey of the authenticator, else the session key. */
  readonly key: Buffer
  /** Milliseconds since the epoch. */
  readonly ends: number
}

/**
 * Validates an AP-REQ against a keytab (RFC 4120, section 3.2.3): ticket and authenticator are decrypted, the client is the same
 * in both, both are in time, and the authenticator is new. The PAC is not used. Throws a SecurityFailure.
 */
export function acceptTicket(
  bytes: Buffer,
  rules: KerberosRules,
  moment: { readonly now: number; readonly skew: number },
): AcceptedTicket {
  try {
    return accepted(bytes, rules, moment.now, moment.skew)
  } catch (error) {
    if (error instanceof DerError)
      throw new SecurityFailure('token-malformed', `Kerberos token: ${error.message}`, { cause: error })
    throw error
  }
}

function accepted(bytes: Buffer, rules: KerberosRules, now: number, skew: number): AcceptedTicket {
  const { options, ticket, authenticator } = readApplicationRequest(bytes)
  if ((options & USE_SESSION_KEY) !== 0) refuse('the ticket is encrypted with a session key')
  const types = encryptionTypes(rules.allowRc4)
  const service = printPrincipal(ticket.service, ticket.realm)
  if (rules.service !== undefined && service !== rules.service) refuse(`the ticket is for ${service}`)
  const keys = rules.keytab.find(ticket.service, ticket.realm, ticket.part.etype, ticket.part.kvno)
  const part = readTicketPart(decryptedBy(keys, types, ticket.part, KEY_USAGE.ticket, `a ticket for ${service}`))
  const proof = readAuthenticator(
    decryptedBy([part.key], types, authenticator, KEY_USAGE.authenticator, 'an authenticator'),
  )
  checkClient(part, proof, ticket.realm, rules)
  checkTimes(part, proof, now, skew)
  const key = proof.subkey ?? part.key
  if (typeOf(types, key.etype).keyLength !== key.value.length) refuse('the key has a wrong length')
  // MIT's replay cache knows an authenticator likewise by its ciphertext.
  const seen = `kerberos ${authenticator.cipher.subarray(-32).toString('base64')}`
  if (!rules.replays.remember(seen, now + 2 * skew, now))
    throw new SecurityFailure('replayed', 'Kerberos token: the authenticator was seen before')
  return { principal: printPrincipal(part.client, part.realm), service, key: key.value, ends: part.ends }
}

function typeOf(types: readonly EncryptionType[], id: number): EncryptionType {
  const type = types.find((each) => each.id === id)
  if (type === undefined)
    throw new SecurityFailure('algorithm-refused', `Kerberos token: the encryption type ${id} is not allowed`)
  return type
}

function decryptedBy(
  keys: readonly EncryptionKey[],
  types: readonly EncryptionType[],
  data: EncryptedData,
  usage: number,
  what: string,
): Buffer {
  const type = typeOf(types, data.etype)
  for (const key of keys) {
    if (key.etype !== data.etype || key.value.length !== type.keyLength) continue
    try {
      return type.decrypt(key.value, usage, data.cipher)
    } catch {
      // Another version of the key may fit; that none does is refused below.
    }
  }
  return refuse(
    keys.length === 0 ? `the keytab has no key of type ${type.name} for ${what}` : `${what} cannot be decrypted`,
  )
}

function checkClient(
  part: TicketPart,
  proof: Authenticator,
  serviceRealm: string,
  { trustedRealms }: KerberosRules,
): void {
  if (!sameName(part.client, proof.client) || part.realm !== proof.realm)
    refuse('ticket and authenticator name different clients')
  if ((part.flags & TICKET_FLAG.invalid) !== 0) refuse('the ticket is marked invalid')
  if (part.realm === serviceRealm) return
  const checked = (part.flags & TICKET_FLAG.transitChecked) !== 0
  if (!checked || trustedRealms?.has(part.realm) !== true) refuse(`users of ${part.realm} are not accepted`)
}

function checkTimes({ starts, ends }: TicketPart, { time }: Authenticator, now: number, skew: number): void {
  if (Math.abs(now - time) > skew) expired('the clocks are too far apart')
  if (starts > now + skew) expired('the ticket is not valid yet')
  if (now - skew >= ends) expired('the ticket has ended')
}

function refuse(detail: string): never {
  throw new SecurityFailure('token-invalid', `Kerberos token: ${detail}`)
}

function expired(detail: string): never {
  throw new SecurityFailure('token-expired', `Kerberos token: ${detail}`)
}
