import { attributeValue, type XmlElement } from 'viaduct'
import { bytesOf, decodeBase64, optionalChild, onlyChild, simpleText, wholeNumber } from '../message/read-element.ts'
import { BASE64_ENCODING, PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSSE11, WSU } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { checkAge } from '../timestamp/read-timestamp.ts'
import { readTime } from '../timestamp/utc-time.ts'
import type { Verification } from '../verification.ts'

/** A wsse:UsernameToken whose form is right; whether the password is, nobody knows yet. */
export interface UsernameToken {
  readonly element: XmlElement
  readonly user: string
  readonly nonce: Buffer | undefined
  /** As written, since digests are made over the characters. */
  readonly created: string | undefined
  readonly proof:
    | { readonly kind: 'none' }
    | { readonly kind: 'text'; readonly password: string }
    | { readonly kind: 'digest'; readonly digest: Buffer; readonly nonce: Buffer; readonly created: string }
    | { readonly kind: 'derived'; readonly salt: Buffer; readonly iterations: number }
}

/** Iterations of a derived key that does not say how many (profile 1.1 section 4.1). */
const USUAL_ITERATIONS = 1000
/** Bytes of a nonce: the profile wants 16; some write 8, and there is no reason for more than this. */
const NONCE = { least: 8, most: 64 }

/** Reads a wsse:UsernameToken (UsernameToken profile 1.1): everything at most once, fresh, of a form that is accepted. */
export function readUsernameToken({ plan, state }: Verification, element: XmlElement): UsernameToken {
  const user = simpleText(onlyChild(element, WSSE, 'Username'))
  const nonceElement = optionalChild(element, WSSE, 'Nonce')
  const createdElement = optionalChild(element, WSU, 'Created')
  const nonce = nonceElement === undefined ? undefined : readNonce(nonceElement)
  const created = createdElement === undefined ? undefined : simpleText(createdElement)
  if (createdElement !== undefined) {
    const { ttl, future } = plan.username
    checkAge(readTime(createdElement), { ttl, future, skew: plan.clock.skew }, state.now)
  }
  const proof = readProof(element, nonce, created, plan.limits)
  if (!plan.username.passwords.has(proof.kind))
    throw new SecurityFailure(
      'authentication-failed',
      `a UsernameToken with password form ${proof.kind} is not accepted`,
    )
  return { element, user, nonce, created, proof }
}

function readNonce(element: XmlElement): Buffer {
  const encoding = attributeValue(element, 'EncodingType')
  if (encoding !== undefined && encoding !== BASE64_ENCODING)
    throw new SecurityFailure('token-malformed', 'the EncodingType of a Nonce is not Base64Binary')
  const nonce = bytesOf(element)
  if (nonce.length < NONCE.least || nonce.length > NONCE.most)
    throw new SecurityFailure('token-malformed', `a Nonce of ${nonce.length} bytes`)
  return nonce
}

function readProof(
  element: XmlElement,
  nonce: Buffer | undefined,
  created: string | undefined,
  limits: Verification['plan']['limits'],
): UsernameToken['proof'] {
  const password = optionalChild(element, WSSE, 'Password')
  const salt = optionalChild(element, WSSE11, 'Salt')
  if (salt !== undefined) {
    if (password !== undefined) throw new SecurityFailure('token-malformed', 'a UsernameToken has Salt and Password')
    return readDerivation(element, bytesOf(salt), limits)
  }
  if (password === undefined) return { kind: 'none' }
  const type = attributeValue(password, 'Type') ?? PASSWORD_TEXT
  const text = simpleText(password)
  if (type === PASSWORD_TEXT) return { kind: 'text', password: text }
  if (type !== PASSWORD_DIGEST)
    throw new SecurityFailure('token-unsupported', `a password of type ${type.slice(0, 200)}`)
  if (nonce === undefined || created === undefined)
    throw new SecurityFailure('token-malformed', 'a password digest without Nonce and Created')
  const digest = decodeBase64(text)
  if (digest === undefined) throw new SecurityFailure('token-malformed', 'a password digest is not base64')
  return { kind: 'digest', digest, nonce, created }
}

function readDerivation(
  element: XmlElement,
  salt: Buffer,
  limits: Verification['plan']['limits'],
): UsernameToken['proof'] {
  const iteration = optionalChild(element, WSSE11, 'Iteration')
  const iterations = iteration === undefined ? USUAL_ITERATIONS : wholeNumber(iteration)
  if (iterations < limits.minimumIterations || iterations > limits.maximumIterations)
    throw new SecurityFailure('limit-exceeded', `a key from a password with ${iterations} iterations`)
  if (salt.length < NONCE.least || salt.length > NONCE.most)
    throw new SecurityFailure('token-malformed', `a Salt of ${salt.length} bytes`)
  return { kind: 'derived', salt, iterations }
}
