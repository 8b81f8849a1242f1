import { attributeValue, ELEMENT, elements, TEXT, type XmlDocument, type XmlElement } from 'viaduct'
import { decryptReferences } from './encryption/decrypt-data.ts'
import { isNamed, optionalChild } from './message/read-element.ts'
import { DSIG, isConversation, WSSE, WSSE11, WSU, XENC } from './names.ts'
import { SecurityFailure } from './security-failure.ts'
import type { SecurityResults, SecurityToken } from './security-results.ts'
import { replayName } from './replay/replay-name.ts'
import { verifySignature } from './signature/verify-signature.ts'
import { readTimestamp } from './timestamp/read-timestamp.ts'
import { createTokenContext } from './tokens/token-context.ts'
import { handlerOf, readToken } from './tokens/read-token.ts'
import { authenticate, derivedToken, nonceKey } from './username-token/authenticate.ts'
import { readUsernameToken, type UsernameToken } from './username-token/read-username-token.ts'
import { Verification } from './verification.ts'
import type { VerifyPlan, VerifyState } from './verify-plan.ts'

/**
 * Verifies and decrypts a message in place. The tree that comes out is the one that was verified: nothing is parsed or looked
 * up again. Throws a SecurityFailure, or rejects with one where a token has to be asked about. What the message must have
 * is not decided here: see the results. A message without a security header yields results that prove nothing.
 */
export function verify(
  envelope: XmlDocument,
  plan: VerifyPlan,
  state: VerifyState,
): SecurityResults | Promise<SecurityResults> {
  const receiver = new Receiver(
    new Verification(envelope, plan, state, { readToken, createContext: createTokenContext }),
  )
  return receiver.run()
}

class Receiver {
  readonly #verification: Verification
  readonly #usernames: UsernameToken[] = []

  constructor(verification: Verification) {
    this.#verification = verification
  }

  run(): SecurityResults | Promise<SecurityResults> {
    const { security, plan } = this.#verification
    if (security === undefined) return this.#verification.results()
    const count = elements(security).length
    if (count > plan.limits.headerChildren)
      throw new SecurityFailure('limit-exceeded', `the security header has ${count} children`)
    if (security.children.some((child) => child.type === TEXT && child.value.trim() !== ''))
      throw new SecurityFailure('malformed', 'text stands in the security header')
    return after(
      this.#each(security, 0, (child) => this.#readAhead(child)),
      () => after(this.#processed(security), () => after(this.#authenticate(0), () => this.#finish())),
    )
  }

  /** A decryption that failed is the failure of the message, whatever fails because of it. */
  #processed(security: XmlElement): void | Promise<void> {
    const verification = this.#verification
    const refuse = () => {
      if (verification.undecrypted !== undefined) throw verification.undecrypted
    }
    try {
      const waiting = this.#each(security, 0, (child) => this.#process(child))
      return waiting === undefined ? refuse() : waiting.finally(refuse)
    } catch (failure) {
      throw verification.undecrypted ?? failure
    }
  }

  /** Child after child; goes on later where one has to be waited for. Children that are decrypted are met in their place. */
  #each(security: XmlElement, from: number, visit: (child: XmlElement) => void | Promise<void>): void | Promise<void> {
    for (let at = from; at < security.children.length; at++) {
      const child = security.children[at]
      if (child?.type !== ELEMENT) continue
      const waiting = visit(child)
      if (waiting !== undefined) return waiting.then(() => this.#each(security, at + 1, visit))
    }
  }

  /** What is cheap to check and what signatures may refer to before it comes: time, and tokens that take no key of ours. */
  #readAhead(child: XmlElement): void | Promise<void> {
    if (isNamed(child, WSU, 'Timestamp')) return this.#timestamp(child)
    if (isNamed(child, WSSE, 'UsernameToken')) return this.#username(child)
    return this.#handled(child)
  }

  /** Undoes what the sender did last, first: the header's own order. */
  #process(child: XmlElement): void | Promise<void> {
    const verification = this.#verification
    const { tokens } = verification
    switch (child.namespace) {
      case DSIG:
        if (child.name === 'Signature') return verifySignature(verification, child)
        break
      case XENC:
        return this.#encryption(child)
      case WSU:
        if (child.name === 'Timestamp')
          return verification.timestamp?.element === child ? undefined : this.#timestamp(child)
        break
      case WSSE11:
        if (child.name === 'SignatureConfirmation') {
          verification.confirmations.push({ element: child, value: attributeValue(child, 'Value') })
          return
        }
        break
      case WSSE:
        if (child.name === 'UsernameToken') return this.#username(child)
        if (child.name === 'SecurityTokenReference') return
        break
    }
    if (tokens.known(child) !== undefined) return
    const waiting = this.#handled(child)
    if (waiting !== undefined || tokens.known(child) !== undefined) return waiting
    if (isNamed(child, WSSE, 'BinarySecurityToken') || isConversation(child.namespace)) {
      tokens.at(child)
      return
    }
    this.#unknown(child)
  }

  #encryption(child: XmlElement): void {
    const verification = this.#verification
    if (child.name === 'EncryptedKey') {
      const token = verification.tokens.at(child)
      const list = optionalChild(child, XENC, 'ReferenceList')
      if (list !== undefined) decryptReferences(verification, list, token)
    } else if (child.name === 'ReferenceList') decryptReferences(verification, child, undefined)
    else throw new SecurityFailure('malformed', `an ${child.name} in the security header is named by no list before it`)
  }

  #timestamp(child: XmlElement): void {
    const { timestamp, plan, state } = this.#verification
    if (timestamp !== undefined) throw new SecurityFailure('malformed', 'there are two Timestamps')
    this.#verification.timestamp = readTimestamp(child, plan.clock, state.now)
  }

  #username(child: XmlElement): void | Promise<void> {
    const { tokens, plan } = this.#verification
    if (this.#usernames.some(({ element }) => element === child)) return
    if (this.#usernames.length >= plan.username.maximum)
      throw new SecurityFailure('token-malformed', `more than ${plan.username.maximum} UsernameTokens`)
    const token = readUsernameToken(this.#verification, child)
    this.#usernames.push(token)
    if (token.proof.kind === 'derived')
      return derivedToken(this.#verification, token).then((made) => void tokens.add(made))
    tokens.add({ kind: 'username', element: child, principal: token.user, password: token.proof.kind, detail: token })
  }

  /** A token that a handler of the plan reads. */
  #handled(child: XmlElement): void | Promise<void> {
    const { tokens, context, plan } = this.#verification
    const handler = handlerOf(plan.handlers, child)
    if (handler === undefined || tokens.known(child) !== undefined) return
    const read = handler.read(child, context)
    if (read instanceof Promise) return read.then((token) => void tokens.add(token))
    tokens.add(read)
  }

  /** A header that must be understood must be understood as a whole. */
  #unknown(child: XmlElement): void {
    const { security, envelope } = this.#verification
    const must =
      security === undefined ? undefined : attributeValue(security, 'mustUnderstand', envelope.root.namespace)
    if (must === '1' || must === 'true')
      throw new SecurityFailure('token-unsupported', `${child.name} in the security header is not understood`)
  }

  /** Passwords come last: what is cheap for us and proves more was checked before. */
  #authenticate(from: number): void | Promise<void> {
    for (let at = from; at < this.#usernames.length; at++) {
      const token = this.#usernames[at]
      const waiting = token === undefined ? undefined : authenticate(this.#verification, token)
      if (waiting !== undefined) return waiting.then(() => this.#authenticate(at + 1))
    }
  }

  #finish(): SecurityResults {
    const verification = this.#verification
    const results = verification.results()
    for (const token of results.tokens) this.#confirm(token, results)
    this.#rejectReplays(results)
    return results
  }

  #confirm(token: SecurityToken, results: SecurityResults): void {
    const { plan, context } = this.#verification
    if (token.element === undefined) return
    handlerOf(plan.handlers, token.element)?.confirm?.(token, results, context)
  }

  /** Remembered only now, so that nobody can spend a nonce or a signature that he only saw. */
  #rejectReplays({ timestamp, signatures }: SecurityResults): void {
    const { plan, state } = this.#verification
    const { clock, username, service } = plan
    const once = (key: string, lifetime: number) => {
      if (!state.replays.remember(key, state.now + lifetime * 1000, state.now))
        throw new SecurityFailure('replayed', 'a nonce or signature was seen before')
    }
    for (const token of this.#usernames) {
      const key = nonceKey(service, token)
      if (key !== undefined) once(key, Math.max(username.nonceLifetime, username.ttl + username.future + clock.skew))
    }
    if (!plan.rejectsReplays || timestamp === undefined) return
    for (const name of new Set(signatures.map(({ algorithm, value }) => replayName(algorithm, value))))
      once(`${service} signature ${name}`, clock.ttl + clock.future + clock.skew)
  }
}

/** `next` at once where nothing has to be waited for. */
const after = <T>(waiting: void | Promise<void>, next: () => T | Promise<T>): T | Promise<T> =>
  waiting instanceof Promise ? waiting.then(next) : next()
