import { FailedLogins, type Linker, type PasswordCallback, type Span, type User, type UserStore } from 'viaduct'
import type { NamedClass } from '../policy/rampart-config.ts'

/** Callbacks of WSO2 and its samples (without package) whose place the users of the bus take, unless `mediators/` brings them. */
const KNOWN_CALLBACKS: ReadonlySet<string> = new Set([
  'ServicePasswordCallbackHandler',
  'DefaultPasswordCallback',
  'PasswordCallback',
  'PWCallback',
  'PWCBHandler',
])

/** Passwords of one policy: from a callback where it names one, else from the users of the bus. */
export interface PasswordSource {
  /** The password of a private key; undefined when it is that of its keystore. */
  keyPassword(alias: string): string | undefined
  /** The password that goes into a UsernameToken. */
  password(user: string): Promise<string | undefined>
  /** Who may come in; undefined when the bus has no users. */
  readonly users: UserStore | undefined
}

/** Finds the password callback that a policy names; one that is not there is reported. */
export function passwordSource(callback: NamedClass | undefined, linker: Linker): PasswordSource {
  const store = linker.facility('users')
  const ask = callback && findCallback(callback, linker)
  if (ask === undefined) {
    return {
      keyPassword: () => undefined,
      password: async (user) => store?.password(user),
      users: store,
    }
  }
  const name = callback?.name ?? ''
  return {
    keyPassword: (alias) => immediate(ask({ user: alias, usage: 'key' }), name, callback?.at, linker),
    password: async (user) => ask({ user, usage: 'username-token' }),
    users: calledBack(ask, store, failedLogins(name, linker)),
  }
}

function findCallback({ name, at }: NamedClass, linker: Linker): PasswordCallback | undefined {
  const found = linker.module(name, at, KNOWN_CALLBACKS)
  if (found === undefined) return undefined
  if (found.kind === 'function') return found.mediate as unknown as PasswordCallback
  linker.report('module-failed', at, `${found.file} exports a ${found.kind}; a password callback is a function`)
  return undefined
}

/** Keys are read while the configuration is read, which waits for nobody. */
function immediate(
  answer: string | undefined | Promise<string | undefined>,
  name: string,
  at: Span | undefined,
  linker: Linker,
): string | undefined {
  if (!(answer instanceof Promise)) return answer
  answer.catch(() => {})
  if (at !== undefined)
    linker.report(
      'module-failed',
      at,
      `${name} answers a promise for the password of a private key, which cannot be waited for`,
    )
  return undefined
}

/** Wrong passwords are counted as those of the users of the bus are, and stay counted when the configuration is read anew. */
function failedLogins(callback: string, linker: Linker): FailedLogins {
  const { services } = linker
  const { identity } = services.settings
  const fingerprint = `${identity.attempts} ${identity.lockout}`
  return linker.state(`security:failed-logins:${callback}`, fingerprint, () => new FailedLogins(services, identity))
}

/** Users whose passwords a callback knows; what else is known of them is in the store. */
const calledBack = (ask: PasswordCallback, store: UserStore | undefined, logins: FailedLogins): UserStore => ({
  async authenticate(name, password, from) {
    const known = await ask({ user: name, usage: 'username-token' })
    if (known === undefined) return store?.authenticate(name, password, from)
    if (!logins.check(name, from, () => isEqual(known, password))) return undefined
    return (await store?.find(name)) ?? nobodyElse(name)
  },
  async find(name) {
    const user = await store?.find(name)
    if (user !== undefined) return user
    return (await ask({ user: name, usage: 'username-token' })) === undefined ? undefined : nobodyElse(name)
  },
  async prove(name, fits, from) {
    const known = await ask({ user: name, usage: 'username-token' })
    if (known === undefined && store !== undefined) return store.prove(name, fits, from)
    if (!logins.check(name, from, () => fits(known))) return undefined
    return (await store?.find(name)) ?? nobodyElse(name)
  },
  async password(name) {
    return (await ask({ user: name, usage: 'username-token' })) ?? store?.password(name)
  },
})

const nobodyElse = (name: string): User => ({ name, roles: [], claims: new Map() })

/** Takes as long for every text of one length. */
function isEqual(known: string, given: string): boolean {
  const [a, b] = [Buffer.from(known), Buffer.from(given)]
  let difference = a.length ^ b.length
  for (let i = 0; i < b.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}
