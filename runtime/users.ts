/** Somebody who may call: what a user store says of one account. */
export interface User {
  readonly name: string
  readonly roles: readonly string[]
  /** By claim name: `email`, `givenName` … */
  readonly claims: ReadonlyMap<string, string>
}

/** Who the users are and how they prove it. Accounts that may not log in (pending, locked) are not found here. */
export interface UserStore {
  /** Resolves to the user whose password this is; to undefined for everything else, in the same time. Rejects when the store cannot be asked. */
  authenticate(name: string, password: string): Promise<User | undefined>
  find(name: string): Promise<User | undefined>
  /** The password itself, which digests need (UsernameToken profile 1.1, section 3.1); undefined where only its hash is kept. */
  password(name: string): Promise<string | undefined>
}
