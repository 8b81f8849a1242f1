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

/** Whether user and password belong together: one failure for both, at the same cost. */
export function authenticate(verification: Verification, token: UsernameToken): void | Promise<void> {
  const { users } = verification.state
  const { user, proof } = token
  switch (proof.kind) {
    case 'none':
    case 'derived':
      return
    case 'text':
      return check(proof.password === '' ? undefined : users?.authenticate(user, proof.password))
    case 'digest':
      return check(digestFits(users?.password(user), proof))
  }
}

async function check(answer: Promise<unknown> | undefined): Promise<void> {
  const found = await answer
  if (found === undefined || found === false)
    throw new SecurityFailure('authentication-failed', 'the user or the password of a UsernameToken')
}

async function digestFits(
  known: Promise<string | undefined> | undefined,
  { digest, nonce, created }: Extract<UsernameToken['proof'], { kind: 'digest' }>,
): Promise<boolean> {
  const password = await known
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
