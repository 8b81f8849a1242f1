import { attributeValue, type XmlElement } from 'viaduct'
import { bytesOf, onlyChild, optionalChild, simpleText, wholeNumber } from '../message/read-element.ts'
import { WSSE } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import type { Verification } from '../verification.ts'
import { DERIVATION_LABEL, pSha1 } from './p-sha1.ts'
import { resolveReference } from './resolve-reference.ts'

/** Bytes of a derived key that does not say how long it is. */
const USUAL_LENGTH = 32

/** Reads a wsc:DerivedKeyToken (WS-SecureConversation 1.4 section 7), whose namespace is that of its children. */
export function readDerivedKey(verification: Verification, element: XmlElement): SecurityToken {
  const { budget, plan } = verification
  budget.spend('derivedKeys')
  const { namespace } = element
  const algorithm = attributeValue(element, 'Algorithm')
  if (algorithm !== undefined && algorithm !== `${namespace}/dk/p_sha1`)
    throw new SecurityFailure('algorithm-refused', `key derivation ${algorithm.slice(0, 200)}`)
  const number = (name: string): number | undefined => {
    const child = optionalChild(element, namespace, name)
    return child === undefined ? undefined : wholeNumber(child)
  }
  const length = number('Length') ?? USUAL_LENGTH
  const offset = offsetOf(length, number('Offset'), number('Generation'))
  const { shortestDerivedKey, derivedKeyLength, derivedKeyOffset } = plan.limits
  if (length < shortestDerivedKey || length > derivedKeyLength || offset > derivedKeyOffset)
    throw new SecurityFailure('limit-exceeded', `a derived key of ${length} bytes at ${offset}`)
  const { token: source } = resolveReference(
    verification,
    onlyChild(element, WSSE, 'SecurityTokenReference'),
    plan.keys,
  )
  if (source.secret === undefined || source.kind === 'derived-key')
    throw new SecurityFailure('key-refused', `no key is derived from a ${source.kind} token`)
  const label = optionalChild(element, namespace, 'Label')
  const nonce = bytesOf(onlyChild(element, namespace, 'Nonce'))
  const seed = Buffer.concat([Buffer.from(label === undefined ? DERIVATION_LABEL : simpleText(label)), nonce])
  return {
    kind: 'derived-key',
    element,
    secret: pSha1(source.secret, seed, length, offset),
    source,
    valueType: namespace,
  }
}

/** Keys of one length follow each other; Generation counts them. */
function offsetOf(length: number, offset: number | undefined, generation: number | undefined): number {
  if (offset !== undefined && generation !== undefined)
    throw new SecurityFailure('malformed', 'a DerivedKeyToken has Offset and Generation')
  return offset ?? (generation ?? 0) * length
}
