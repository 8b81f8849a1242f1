import { der, DerError, DerFields, type DerValue } from '../der/index.ts'

/** Numbers of message types and application tags (RFC 4120, section 5.10). */
export const MESSAGE = {
  ticket: 1,
  authenticator: 2,
  ticketPart: 3,
  authenticationRequest: 10,
  authenticationReply: 11,
  ticketRequest: 12,
  ticketReply: 13,
  applicationRequest: 14,
  authenticationReplyPart: 25,
  ticketReplyPart: 26,
  error: 30,
} as const

/** A principal without its realm: `HTTP/host` is ['HTTP', 'host']. */
export interface PrincipalName {
  readonly type: number
  readonly parts: readonly string[]
}

export interface EncryptedData {
  readonly etype: number
  readonly kvno: number | undefined
  readonly cipher: Buffer
}

export interface EncryptionKey {
  readonly etype: number
  readonly value: Buffer
}

export const NAME_PRINCIPAL = 1
export const NAME_SERVICE = 2

/** `name@REALM`; slashes and at-signs inside of parts are escaped as MIT does. */
export const printPrincipal = ({ parts }: PrincipalName, realm: string): string =>
  `${parts.map(escaped).join('/')}@${realm}`

const escaped = (part: string): string => part.replaceAll(/[\\/@]/g, '\\$&')

/** Reads `primary/instance@REALM`; undefined when it is no principal. The realm may be missing. */
export function parsePrincipal(
  text: string,
): { readonly name: PrincipalName; readonly realm: string | undefined } | undefined {
  const match = /^([^@/\\\s]+(?:\/[^@/\\\s]+)*)(?:@([^@/\\\s]+))?$/.exec(text)
  if (match === null || text.length > 1024) return undefined
  const parts = (match[1] ?? '').split('/')
  return { name: { type: parts.length > 1 ? NAME_SERVICE : NAME_PRINCIPAL, parts }, realm: match[2] }
}

export const sameName = (a: PrincipalName, b: PrincipalName): boolean =>
  a.parts.length === b.parts.length && a.parts.every((part, index) => part === b.parts[index])

/** Names and texts are bounded: they end up in logs and properties. */
export function readText(value: DerValue): string {
  const { text } = value
  if (text.length > 1024 || /[\0-\x1f\x7f]/.test(text))
    throw new DerError('a name is too long or has control characters')
  return text
}

export function readPrincipalName(value: DerValue): PrincipalName {
  const fields = new DerFields(value.sequence)
  const type = fields.required(0).small
  const parts = fields.required(1).sequence.map(readText)
  if (parts.length === 0 || parts.length > 10) throw new DerError('a principal has no name')
  return { type, parts }
}

export const writePrincipalName = ({ type, parts }: PrincipalName): Buffer =>
  der.sequence(
    der.explicit(0, der.integer(type)),
    der.explicit(1, der.sequence(...parts.map((part) => der.general(part)))),
  )

export function readEncryptedData(value: DerValue): EncryptedData {
  const fields = new DerFields(value.sequence)
  const etype = fields.required(0).small
  const kvno = fields.tagged(1)?.small
  return { etype, kvno, cipher: fields.required(2).octets }
}

export const writeEncryptedData = ({ etype, kvno, cipher }: EncryptedData): Buffer =>
  der.sequence(
    der.explicit(0, der.integer(etype)),
    ...(kvno === undefined ? [] : [der.explicit(1, der.integer(kvno))]),
    der.explicit(2, der.octets(cipher)),
  )

export function readEncryptionKey(value: DerValue): EncryptionKey {
  const fields = new DerFields(value.sequence)
  return { etype: fields.required(0).small, value: fields.required(1).octets }
}

export const writeEncryptionKey = ({ etype, value }: EncryptionKey): Buffer =>
  der.sequence(der.explicit(0, der.integer(etype)), der.explicit(1, der.octets(value)))

/** The SEQUENCE inside of an application tag, checked for protocol version 5 and message type where the type has them. */
export const applicationFields = (value: DerValue, tag: number): DerFields =>
  new DerFields(value.explicit(tag, 'application').sequence)
