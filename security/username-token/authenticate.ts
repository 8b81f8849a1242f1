import { createHash, randomBytes } from 'node:crypto'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import { isSame } from '../signature/signature-algorithm.ts'
import type { Verification } from '../verification.ts'
import { derivedPasswordKey } from './derived-password-key.ts'
import { passwordDigest } from './password-digest.ts'
import type { UsernameToken } from './read-username-token.ts'

/** The token of a UsernameToken whose key is derived from the password, which has to be known before any signature is verified. */
export async function derivedToken({ state }: Verification, token: UsernameToken): Promise<SecurityToken> {
  const { user, element, proof } = token
  if (proof.kind !== 'derived') throw new TypeError('the token has no derived key')
  const password = await state.users?.password(user)
  // An unknown user costs the same and yields a key that no signature is made with.
  const secret = derivedPasswordKey(password ?? randomBytes(16).toString('hex'), proof.salt, proof.iterations)
  return { kind: 'username', element, principal: user, secret, password: 'derived' }
}

/**
 * Whether user and password belong together: one failure for both, at the same cost. Stores may take several ways to write a
 * name for one account; who decides later by the name gets that of the account.
 */
export function authenticate(verification: Verification, token: UsernameToken): void | Promise<void> {
  const { users } = verification.state
  const { user, proof, element } = token
  switch (proof.kind) {
    case 'none':
    case 'derived':
      return
    case 'text':
      return proved(proof.password === '' ? undefined : users?.authenticate(user, proof.password)).then(({ name }) =>
        verification.tokens.rename(element, name),
      )
    case 'digest':
      return proved(users?.prove(user, (password) => digestFits(password, proof))).then(({ name }) =>
        verification.tokens.rename(element, name),
      )
  }
}

async function proved<T>(answer: Promise<T | undefined> | undefined): Promise<T> {
  const found = await answer
  if (found === undefined)
    throw new SecurityFailure('authentication-failed', 'the user or the password of a UsernameToken')
  return found
}

function digestFits(
  password: string | undefined,
  { digest, nonce, created }: Extract<UsernameToken['proof'], { kind: 'digest' }>,
): boolean {
  const expected = passwordDigest(nonce, created, password ?? randomBytes(16).toString('hex'))
  return isSame(expected, digest) && password !== undefined
}

/** The name of a nonce in a replay store: what came from outside is hashed, so that names cannot be made to collide. */
export function nonceKey(service: string, { user, nonce, proof }: UsernameToken): string | undefined {
  const unique = proof.kind === 'derived' ? undefined : nonce
  if (unique === undefined) return undefined
  const name = createHash('sha256').update(`${user.length} ${user} `).update(unique).digest('base64')
  return `${service} nonce ${name}`
}
