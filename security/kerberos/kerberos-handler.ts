import { createHash } from 'node:crypto'
import { attributeValue, type XmlElement } from 'viaduct'
import { DerError } from '../der/index.ts'
import { bytesOf } from '../message/read-element.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import type { TokenContext, TokenHandler } from '../token-handler.ts'
import { type AcceptedTicket, acceptTicket, type KerberosRules } from './accept-ticket.ts'
import { unwrapGss } from './gss-token.ts'
import { BARE_TYPES, GSS_TYPES, KERBEROS_AP_REQ_SHA1 } from './kerberos-names.ts'
import type { KerberosSessions } from './kerberos-sessions.ts'

/**
 * Reads Kerberos tokens (Kerberos token profile 1.1): an AP-REQ, bare or wrapped for the GSS-API, in a BinarySecurityToken, or
 * the SHA-1 of one that was accepted before. The key of the ticket signs and encrypts.
 */
export function createKerberosHandler(rules: KerberosRules, sessions: KerberosSessions): TokenHandler {
  return {
    elements: [],
    binaryTypes: [...BARE_TYPES, ...GSS_TYPES],
    referenceTypes: [KERBEROS_AP_REQ_SHA1],
    read: (element, context) => readTicketToken(element, rules, sessions, context),
    find(_, value, { now, tokens, secrets }) {
      const present = tokens.find(
        ({ kind, detail }) => kind === 'kerberos' && (detail as KerberosDetail | undefined)?.sha1 === value,
      )
      const known = present === undefined ? sessions.find(value, now) : undefined
      if (present !== undefined || known !== undefined)
        return present ?? (known && tokenOf(known, value, undefined, undefined))
      // The answer to a request of ours names the ticket that we sent.
      const own = secrets.find('kerberos', value)
      return own && { kind: 'kerberos', element: undefined, secret: own.secret, principal: own.principal }
    },
  }
}

/** What the handler hands on as the detail of a token. */
export interface KerberosDetail {
  readonly ticket: AcceptedTicket
  /** Base64. */
  readonly sha1: string
}

function readTicketToken(
  element: XmlElement,
  rules: KerberosRules,
  sessions: KerberosSessions,
  context: TokenContext,
): SecurityToken {
  const bytes = bytesOf(element)
  if (bytes.length > context.limits.tokenBytes)
    throw new SecurityFailure('limit-exceeded', 'Kerberos token: it is too large')
  const valueType = attributeValue(element, 'ValueType') ?? ''
  const ticket = acceptTicket(GSS_TYPES.includes(valueType) ? unwrapped(bytes) : bytes, rules, context)
  const sha1 = createHash('sha1').update(bytes).digest('base64')
  sessions.add(sha1, ticket)
  return tokenOf(ticket, sha1, element, valueType)
}

function unwrapped(bytes: Buffer): Buffer {
  try {
    return unwrapGss(bytes)
  } catch (error) {
    if (error instanceof DerError)
      throw new SecurityFailure('token-malformed', `Kerberos token: ${error.message}`, { cause: error })
    throw error
  }
}

function tokenOf(
  ticket: AcceptedTicket,
  sha1: string,
  element: XmlElement | undefined,
  valueType: string | undefined,
): SecurityToken {
  const detail: KerberosDetail = { ticket, sha1 }
  return { kind: 'kerberos', element, valueType, principal: ticket.principal, secret: ticket.key, detail }
}
