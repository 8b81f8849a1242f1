import { type Arrival, basicCredentials, type User, type UserStore } from 'viaduct'

export const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="viaduct", charset="UTF-8"' }

/** The user who calls with Basic authentication; undefined when nobody proves to be one. */
export async function callerOf(arrival: Arrival, users: UserStore): Promise<User | undefined> {
  const credentials = basicCredentials(arrival.message.headers.get('Authorization'))
  return credentials && users.authenticate(credentials.name, credentials.password, arrival.remoteAddress)
}

export const hasRole = ({ roles }: User, wanted: readonly string[]): boolean =>
  wanted.some((role) => roles.includes(role))
