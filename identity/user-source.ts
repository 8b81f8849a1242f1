import type { Account, AccountStore, User } from 'viaduct'

/** Where accounts come from, without the guard that all kinds share. */
export interface UserSource {
  /** The account, in whatever state, whose password this is. Takes as long when there is none. */
  verify(name: string, password: string): Promise<Account | undefined>
  find(name: string): Promise<User | undefined>
  password(name: string): Promise<string | undefined>
  /** How many may be asked at once; few where each costs a hash. */
  readonly abreast?: number
  readonly accounts?: Omit<AccountStore, 'stateFor'>
}
