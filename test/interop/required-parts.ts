import { elements } from 'viaduct'
import { SecurityFailure } from '../../security/security-failure.ts'
import type { SecurityResults } from '../../security/security-results.ts'

/** Checks what the kit's options ask for, by node. Throws a SecurityFailure. */
export function requireParts(
  results: SecurityResults,
  parts: readonly string[],
  passwordType: string | undefined,
): void {
  const { timestamp, tokens, body, header, leftover } = results
  const signed = new Set(results.signatures.flatMap(({ covered }) => covered.map(({ node }) => node)))
  const wasEncrypted = (kind: string, node: unknown) =>
    results.decryptions.some((decryption) => decryption.kind === kind && decryption.node === node)
  const username = tokens.find(({ kind }) => kind === 'username')
  if (leftover.length > 0) throw new SecurityFailure('unexpected-encryption', 'ciphertext is left')
  for (const part of parts) {
    const [name = '', qualified = ''] = part.split('=')
    if (name === 'Timestamp' || name === 'SignedTimestamp') {
      if (timestamp === undefined) throw new SecurityFailure('timestamp-missing', 'there is none')
      if (name === 'SignedTimestamp' && !signed.has(timestamp.element)) unsigned('Timestamp')
    } else if (name === 'UsernameToken' || name === 'SignedUsernameToken') {
      if (username === undefined) throw new SecurityFailure('token-missing', 'UsernameToken')
      if (name === 'SignedUsernameToken' && !signed.has(username.element)) unsigned('UsernameToken')
    } else if (name === 'Body') {
      if (!signed.has(body)) unsigned('Body')
    } else if (name === 'EncBody') {
      if (!wasEncrypted('content', body)) unencrypted('Body')
    } else if (name === 'EncSignature') {
      if (!results.signatures.some(({ element }) => wasEncrypted('element', element))) unencrypted('Signature')
    } else if (name === 'SignedHeader') {
      const [namespace = '', local = ''] = qualified.slice(1).split('}')
      for (const block of header === undefined ? [] : elements(header))
        if (block.namespace === namespace && block.name === local && !signed.has(block)) unsigned(local)
    } else throw new Error(`the kit asks for ${name}, which nobody knows here`)
  }
  if (passwordType !== undefined && username?.password !== passwordType)
    throw new SecurityFailure('authentication-failed', `the password came as ${username?.password}`)
}

function unsigned(what: string): never {
  throw new SecurityFailure('part-unsigned', what)
}

function unencrypted(what: string): never {
  throw new SecurityFailure('part-unencrypted', what)
}
