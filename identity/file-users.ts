import type { Account, User } from 'viaduct'
import { matchesHash, sameText } from './password-hash.ts'
import type { FileUser } from './read-users-file.ts'
import type { UserSource } from './user-source.ts'

/** Users of a file, all active. A change of the file is a change of the configuration, and makes another one of these. */
export class FileUsers implements UserSource {
  readonly #users: ReadonlyMap<string, FileUser>

  constructor(users: ReadonlyMap<string, FileUser>) {
    this.#users = users
  }

  async verify(name: string, password: string): Promise<Account | undefined> {
    const user = this.#users.get(name)
    const clear = user?.hashed === false && sameText(password, user.password)
    const hashed = await matchesHash(password, user?.hashed === true ? user.password : undefined)
    return user !== undefined && (clear || hashed) ? { ...userOf(user), state: 'active' } : undefined
  }

  async find(name: string): Promise<User | undefined> {
    const user = this.#users.get(name)
    return user && userOf(user)
  }

  async password(name: string): Promise<string | undefined> {
    const user = this.#users.get(name)
    return user?.hashed === false ? user.password : undefined
  }
}

const userOf = ({ name, roles, claims }: FileUser): User => ({ name, roles, claims })
