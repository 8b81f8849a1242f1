/** What a caller says to be, and says to prove it. */
export interface Credentials {
  readonly name: string
  readonly password: string
}

/** Longer ones hold no name and password that anybody has. */
const LONGEST = 4096

/** The name and password of an `Authorization` header of HTTP Basic authentication (RFC 7617, UTF-8); undefined when it has none. */
export function basicCredentials(header: string | undefined): Credentials | undefined {
  if (header === undefined || header.length > LONGEST) return undefined
  const encoded = /^Basic +([\w+/=-]+) *$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  return colon < 1 ? undefined : { name: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}
