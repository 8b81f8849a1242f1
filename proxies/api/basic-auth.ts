import {
  basicCredentials,
  type Credentials,
  type Flow,
  Message,
  type MessageContext,
  parseJson,
  sendBack,
  type Site,
  spanOf,
  type User,
  type UserStore,
} from 'viaduct'
import type { HandlerConfig } from './api-shape.ts'
import { split } from './cors.ts'

/** Handlers of WSO2's products that ask for a name and a password, which the bus does itself. */
export const BASIC_AUTH_HANDLER = /(?:^|\.)(?:REST)?BasicAuthHandler$/

/**
 * Lets in who proves by HTTP Basic authentication (RFC 7617) to be one of the users of the home, with a role of the property
 * `roles` when there is one. The name goes to the property `username` of the `axis2` scope.
 */
export function compileBasicAuth(config: HandlerConfig, site: Site): (ctx: MessageContext) => Flow | Promise<Flow> {
  const users = site.linker.facility('users')
  if (users === undefined) site.fail('element-unsupported', `${config.class}: there are no users`, spanOf(config.node))
  const values = new Map(config.property.map(({ name, value = '' }) => [name, value]))
  const roles = split(values.get('roles') ?? '')
  const challenge = `Basic realm="${(values.get('realm') ?? 'viaduct').replaceAll(/["\\\r\n]/g, '')}", charset="UTF-8"`
  return (ctx) => {
    const credentials = basicCredentials(ctx.message.headers.get('Authorization'))
    if (credentials === undefined || users === undefined) return refuse(ctx, 401, challenge, 'Log in')
    return admitted(ctx, users, credentials, roles, challenge)
  }
}

async function admitted(
  ctx: MessageContext,
  users: UserStore,
  { name, password }: Credentials,
  roles: readonly string[],
  challenge: string,
): Promise<Flow> {
  const from = ctx.exchange.arrival.remoteAddress
  // Asked first, so that a wrong password is hashed once and counts once.
  const state = users.accounts === undefined ? 'active' : await users.accounts.stateFor(name, password, from)
  if (state === 'pending') return refuse(ctx, 403, challenge, 'The account waits for approval')
  if (state === 'locked') return refuse(ctx, 403, challenge, 'The account is locked')
  const user = state === 'active' ? await users.authenticate(name, password, from) : undefined
  if (user === undefined) return refuse(ctx, 401, challenge, 'Log in')
  return permitted(user, roles) ? goOn(ctx, user) : refuse(ctx, 403, challenge, 'A role is missing')
}

const permitted = ({ roles: has }: User, roles: readonly string[]): boolean =>
  roles.length === 0 || roles.some((role) => has.includes(role))

function goOn(ctx: MessageContext, { name }: User): Flow {
  ctx.properties.set('axis2', 'username', name)
  return 'continue'
}

function refuse(ctx: MessageContext, status: 401 | 403, challenge: string, reason: string): Flow | Promise<Flow> {
  ctx.message = Message.empty()
  ctx.message.status = status
  ctx.message.setJson(parseJson(JSON.stringify({ error: reason })))
  ctx.response = true
  if (status === 401) ctx.message.headers.set('WWW-Authenticate', challenge)
  return sendBack(ctx)
}
