import { buildElement } from '../message/build-element.ts'
import { BASE64_ENCODING, PASSWORD_DIGEST, PASSWORD_TEXT, USERNAME_TOKEN, WSSE, WSSE11, WSU } from '../names.ts'
import type { UsernameTokenStep } from '../plan.ts'
import type { Protection } from '../protection.ts'
import { SecurityFailure } from '../security-failure.ts'
import { printTime } from '../timestamp/utc-time.ts'
import { referTo } from '../tokens/write-reference.ts'
import { derivedPasswordKey } from './derived-password-key.ts'
import { passwordDigest } from './password-digest.ts'

const NONCE_BYTES = 16

/** Writes a wsse:UsernameToken (UsernameToken profile 1.1). */
export function writeUsernameToken(protection: Protection, step: UsernameTokenStep): void {
  const { credentials, random, now } = protection.state
  if (credentials === undefined)
    throw new SecurityFailure('protection-impossible', 'there is no user for a UsernameToken')
  const { user, password } = credentials
  const token = buildElement(WSSE, 'wsse:UsernameToken', {}, wsse('Username', {}, user))
  protection.named.set(step.name, token)
  const add = (...children: (ReturnType<typeof buildElement> | undefined)[]) => {
    for (const child of children) {
      if (child === undefined) continue
      child.parent = token
      token.children.push(child)
    }
  }
  if (step.derived !== undefined) {
    const salt = random(NONCE_BYTES)
    salt[0] = step.derived.use === 'signature' ? 1 : 2
    const { iterations } = step.derived
    add(
      buildElement(WSSE11, 'wsse11:Salt', {}, salt.toString('base64')),
      buildElement(WSSE11, 'wsse11:Iteration', {}, String(iterations)),
    )
    const secret = derivedPasswordKey(required(password), salt, iterations)
    protection.header.key(token)
    const id = protection.idOf(token, 'UT')
    protection.secrets.set(step.name, { secret, refer: () => referTo(id, USERNAME_TOKEN) })
    return
  }
  const isDigest = step.password === 'digest'
  const nonce = step.nonce || isDigest ? random(NONCE_BYTES) : undefined
  const created = step.created || isDigest ? printTime(now, true) : undefined
  if (isDigest) add(wsse('Password', { Type: PASSWORD_DIGEST }, digestText(nonce, created, required(password))))
  else if (step.password === 'text') add(wsse('Password', { Type: PASSWORD_TEXT }, required(password)))
  add(
    nonce && wsse('Nonce', { EncodingType: BASE64_ENCODING }, nonce.toString('base64')),
    created === undefined ? undefined : buildElement(WSU, 'wsu:Created', {}, created),
  )
  protection.header.last(token)
}

const digestText = (nonce: Buffer | undefined, created: string | undefined, password: string): string =>
  passwordDigest(nonce ?? Buffer.alloc(0), created ?? '', password).toString('base64')

function required(password: string | undefined): string {
  if (password === undefined || password === '')
    throw new SecurityFailure('protection-impossible', 'there is no password for a UsernameToken')
  return password
}

const wsse = (name: string, attributes: Readonly<Record<string, string>>, text: string) =>
  buildElement(WSSE, `wsse:${name}`, attributes, text)
