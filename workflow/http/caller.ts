import type { Arrival, User, UserStore } from 'viaduct'

export const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="viaduct", charset="UTF-8"' }

const LONGEST = 4096

/** The user who calls with Basic authentication; undefined when nobody proves to be one. */
export async function callerOf(arrival: Arrival, users: UserStore): Promise<User | undefined> {
  const header = arrival.message.headers.get('Authorization')
  const encoded =
    header === undefined || header.length > LONGEST ? undefined : /^Basic +([\w+/=-]+) *$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 1) return undefined
  return users.authenticate(decoded.slice(0, colon), decoded.slice(colon + 1), arrival.remoteAddress)
}

export const hasRole = ({ roles }: User, wanted: readonly string[]): boolean =>
  wanted.some((role) => roles.includes(role))
