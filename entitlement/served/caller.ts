import { type Arrival, basicCredentials, type User, type UserStore } from 'viaduct'
import type { RateLimit } from './rate-limit.ts'
import type { Sessions } from './sessions.ts'

/** Who may ask, and how often. */
export interface Admission {
  readonly users: UserStore
  readonly sessions: Sessions
  readonly roles: readonly string[]
  readonly rate: RateLimit
}

/** The name of a caller who may ask, or why he may not. */
export type Admitted =
  | { readonly user: string }
  | { readonly refused: 'login' | 'role' | 'rate' }
  /** A session that has ended, or never was one. */
  | { readonly refused: 'session' }

export const CHALLENGE = 'Basic realm="viaduct", charset="UTF-8"'

/**
 * Lets in who proves by Basic authentication to be a user with one of the roles; where a service has sessions, also by the
 * cookie of one.
 */
export async function admit(
  { users, sessions, roles, rate }: Admission,
  arrival: Arrival,
  withSession: boolean,
): Promise<Admitted> {
  const { headers } = arrival.message
  const credentials = basicCredentials(headers.get('Authorization'))
  const cookie = withSession && credentials === undefined ? sessionOf(headers.get('Cookie')) : undefined
  let user: Pick<User, 'name' | 'roles'> | undefined
  if (cookie !== undefined) {
    user = await sessions.find(cookie, users)
    if (user === undefined) return { refused: 'session' }
  } else if (credentials !== undefined)
    user = await users.authenticate(credentials.name, credentials.password, arrival.remoteAddress)
  if (user === undefined) return { refused: 'login' }
  if (!mayAsk(user, roles)) return { refused: 'role' }
  return rate.take(user.name) ? { user: user.name } : { refused: 'rate' }
}

export const mayAsk = ({ roles: has }: Pick<User, 'roles'>, roles: readonly string[]): boolean =>
  roles.length === 0 || roles.some((role) => has.includes(role))

export const SESSION_COOKIE = 'JSESSIONID'

const sessionOf = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : /(?:^|;\s*)JSESSIONID=([\w-]{1,100})/.exec(header)?.[1]
