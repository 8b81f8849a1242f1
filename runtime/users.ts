import type { Queries } from './database.ts'

/** Somebody who may call: what a user store says of one account. */
export interface User {
  readonly name: string
  readonly roles: readonly string[]
  /** By claim name: `email`, `givenName` … */
  readonly claims: ReadonlyMap<string, string>
}

/** Who the users are and how they prove it. Accounts that may not log in (pending, locked) are not found here. */
export interface UserStore {
  /**
   * Resolves to the user whose password this is; to undefined for everything else, in the same time. Rejects when the store
   * cannot be asked. Wrong passwords are counted for the name and `from`, the address of the caller: too many are refused
   * for a while, right or not.
   */
  authenticate(name: string, password: string, from?: string): Promise<User | undefined>
  find(name: string): Promise<User | undefined>
  /**
   * Like `authenticate`, for callers who send only what is made with the password, such as a digest: `fits` tells whether it was
   * made with this one, and takes as long when there is none.
   */
  prove(name: string, fits: (password: string | undefined) => boolean, from?: string): Promise<User | undefined>
  /** The password itself, which digests need (UsernameToken profile 1.1, section 3.1); undefined where only its hash is kept. */
  password(name: string): Promise<string | undefined>
  /** Undefined where the accounts are kept by others: in a file, in a directory. */
  readonly accounts?: AccountStore | undefined
}

/** `pending` waits for somebody to decide; `locked` was taken out of use. Neither can log in. */
export type AccountState = 'pending' | 'active' | 'locked'

/** A user as those see him who keep the accounts. */
export interface Account extends User {
  readonly state: AccountState
  /** What the account was made for: the reference of a sign-up. Tells it from a later one of the same name. */
  readonly origin?: string
}

export interface NewAccount extends Account {
  readonly password: string
}

/** Adds one account, of `origin` if one is given, inside a transaction of the bus's database. Resolves to false when the name is taken. */
export type Enrolment = (queries: Queries, origin?: string) => Promise<boolean>

/**
 * Accounts that the bus keeps in its database. Names are compared without regard to case. With `within`, a change is part of
 * that transaction; with `origin`, only an account of that origin is meant.
 */
export interface AccountStore {
  list(): Promise<readonly Account[]>
  /** Finds an account in any state. */
  get(name: string): Promise<Account | undefined>
  /** The state of the account whose password this is, which tells its owner what he waits for. */
  stateFor(name: string, password: string, from?: string): Promise<AccountState | undefined>
  /** Does what takes time (the hash of the password), whether or not the name is taken. */
  prepare(account: NewAccount): Promise<Enrolment>
  /** Resolves to false when the name is taken. */
  add(account: NewAccount): Promise<boolean>
  /** Changes what is given and keeps the rest. Resolves to false when there is no such account. */
  change(name: string, to: AccountChange, within?: Queries, origin?: string): Promise<boolean>
  setPassword(name: string, password: string): Promise<boolean>
  /** Resolves to false when there is no such account. */
  remove(name: string, within?: Queries, origin?: string): Promise<boolean>
}

export type AccountChange = Partial<Pick<Account, 'state' | 'roles' | 'claims'>>
