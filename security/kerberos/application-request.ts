import { der, DerError, readDer } from '../der/index.ts'
import {
  applicationFields,
  type EncryptedData,
  type EncryptionKey,
  MESSAGE,
  type PrincipalName,
  readEncryptedData,
  readEncryptionKey,
  readPrincipalName,
  readText,
  writeEncryptedData,
  writeEncryptionKey,
  writePrincipalName,
} from './kerberos-types.ts'

/** AP-REQ (RFC 4120, section 5.5.1). */
export interface ApplicationRequest {
  readonly options: number
  readonly ticket: Ticket
  readonly authenticator: EncryptedData
}

export interface Ticket {
  readonly realm: string
  readonly service: PrincipalName
  readonly part: EncryptedData
  readonly encoded: Buffer
}

/** EncTicketPart (section 5.3). Times are milliseconds since the epoch. The PAC inside is not looked at. */
export interface TicketPart {
  readonly flags: number
  readonly key: EncryptionKey
  readonly realm: string
  readonly client: PrincipalName
  readonly starts: number
  readonly ends: number
}

/** Authenticator (section 5.5.1). */
export interface Authenticator {
  readonly realm: string
  readonly client: PrincipalName
  readonly time: number
  readonly microseconds: number
  readonly subkey: EncryptionKey | undefined
}

export const TICKET_FLAG = { invalid: 1 << 24, transitChecked: 1 << 19 } as const
export const USE_SESSION_KEY = 1 << 30

/** Throws DerError. */
export function readApplicationRequest(bytes: Buffer): ApplicationRequest {
  const fields = applicationFields(readDer(bytes), MESSAGE.applicationRequest)
  if (fields.required(0).small !== 5 || fields.required(1).small !== MESSAGE.applicationRequest)
    throw new DerError('it is no AP-REQ of version 5')
  return {
    options: flagsOf(fields.required(2).bits),
    ticket: readTicket(fields.required(3).encoded),
    authenticator: readEncryptedData(fields.required(4)),
  }
}

export function readTicket(encoded: Buffer): Ticket {
  const fields = applicationFields(readDer(encoded), MESSAGE.ticket)
  if (fields.required(0).small !== 5) throw new DerError('it is no ticket of version 5')
  return {
    realm: readText(fields.required(1)),
    service: readPrincipalName(fields.required(2)),
    part: readEncryptedData(fields.required(3)),
    encoded,
  }
}

export function readTicketPart(plain: Buffer): TicketPart {
  const fields = applicationFields(readDer(plain), MESSAGE.ticketPart)
  const flags = flagsOf(fields.required(0).bits)
  const key = readEncryptionKey(fields.required(1))
  const realm = readText(fields.required(2))
  const client = readPrincipalName(fields.required(3))
  fields.required(4)
  const authenticated = fields.required(5).time
  const starts = fields.tagged(6)?.time ?? authenticated
  return { flags, key, realm, client, starts, ends: fields.required(7).time }
}

export function readAuthenticator(plain: Buffer): Authenticator {
  const fields = applicationFields(readDer(plain), MESSAGE.authenticator)
  if (fields.required(0).small !== 5) throw new DerError('it is no authenticator of version 5')
  const realm = readText(fields.required(1))
  const client = readPrincipalName(fields.required(2))
  fields.tagged(3)
  const microseconds = fields.required(4).small
  const time = fields.required(5).time
  const subkey = fields.tagged(6)
  return { realm, client, time, microseconds, subkey: subkey && readEncryptionKey(subkey) }
}

/** The first 32 bits; missing ones are zero. */
function flagsOf(bits: Buffer): number {
  return Buffer.concat([bits, Buffer.alloc(4)]).readInt32BE(0)
}

export interface AuthenticatorRequest extends Omit<Authenticator, 'microseconds'> {
  readonly microseconds: number
  readonly checksum?: { readonly type: number; readonly value: Buffer } | undefined
  readonly sequence?: number | undefined
}

export function writeAuthenticator(request: AuthenticatorRequest): Buffer {
  const { realm, client, checksum, microseconds, time, subkey, sequence } = request
  const fields = [
    der.explicit(0, der.integer(5)),
    der.explicit(1, der.general(realm)),
    der.explicit(2, writePrincipalName(client)),
    ...(checksum === undefined
      ? []
      : [
          der.explicit(
            3,
            der.sequence(der.explicit(0, der.integer(checksum.type)), der.explicit(1, der.octets(checksum.value))),
          ),
        ]),
    der.explicit(4, der.integer(microseconds)),
    der.explicit(5, der.generalizedTime(time)),
    ...(subkey === undefined ? [] : [der.explicit(6, writeEncryptionKey(subkey))]),
    ...(sequence === undefined ? [] : [der.explicit(7, der.integer(sequence))]),
  ]
  return der.explicit(MESSAGE.authenticator, der.sequence(...fields), 'application')
}

export function writeApplicationRequest(ticket: Buffer, authenticator: EncryptedData): Buffer {
  const request = der.sequence(
    der.explicit(0, der.integer(5)),
    der.explicit(1, der.integer(MESSAGE.applicationRequest)),
    der.explicit(2, der.bits(Buffer.alloc(4))),
    der.explicit(3, ticket),
    der.explicit(4, writeEncryptedData(authenticator)),
  )
  return der.explicit(MESSAGE.applicationRequest, request, 'application')
}
