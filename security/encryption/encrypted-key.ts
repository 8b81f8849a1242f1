import { attributeValue, elements, type XmlElement } from 'viaduct'
import { algorithmOf, isNamed, onlyChild, optionalChild } from '../message/read-element.ts'
import { DSIG, XENC } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import { encryptedKeyName, resolveKeyInfo } from '../tokens/resolve-reference.ts'
import type { Verification } from '../verification.ts'
import { cipherValue } from './cipher-data.ts'
import { CIPHERS } from './cipher.ts'
import { readTransport, receiveSecret } from './key-transport.ts'
import { KEY_WRAPS, unwrapKey } from './key-wrap.ts'

/** Bytes of a secret when nothing says how long it is. */
const USUAL_LENGTH = 32

/**
 * Reads an xenc:EncryptedKey: by a private key of ours, or, where the plan allows key wraps, by a secret that did not come in an
 * EncryptedKey itself, so that keys cannot be wrapped in each other. `lenient`: inside of a token, whose KeyInfo is that of XML
 * Signature and not of WS-Security.
 */
export function readEncryptedKey(
  verification: Verification,
  element: XmlElement,
  lenient = verification.plan.lenient,
): SecurityToken {
  const { plan, budget } = verification
  budget.spend('encryptedKeys')
  const method = onlyChild(element, XENC, 'EncryptionMethod')
  const { token: source } = resolveKeyInfo(
    verification,
    onlyChild(element, DSIG, 'KeyInfo'),
    plan.decryptionKeys,
    lenient,
  )
  const cipher = cipherValue(element)
  const wrap = algorithmOf(method)
  const secret = KEY_WRAPS.has(wrap)
    ? unwrapWith(verification, wrap, source, cipher)
    : openWith(verification, method, source, cipher, expectedLength(verification, element))
  return { kind: 'encrypted-key', element, secret, source, detail: encryptedKeyName(cipher) }
}

function openWith(
  { plan }: Verification,
  method: XmlElement,
  { certificates }: SecurityToken,
  cipher: Buffer,
  length: number,
): Buffer {
  const transport = readTransport(method, plan.algorithms)
  if (certificates === undefined) throw new SecurityFailure('key-refused', 'a secret cannot decrypt key transport')
  const identity = plan.decryptionKeys.identityOf(certificates[0])
  if (identity === undefined) throw new SecurityFailure('token-unavailable', 'a key is encrypted for somebody else')
  return receiveSecret(transport, identity.key, cipher, length)
}

function unwrapWith({ plan }: Verification, algorithm: string, source: SecurityToken, cipher: Buffer): Buffer {
  if (!plan.algorithms.keyWrap.has(algorithm)) throw new SecurityFailure('algorithm-refused', `key wrap ${algorithm}`)
  if (source.secret === undefined || source.kind === 'encrypted-key')
    throw new SecurityFailure('key-refused', `a ${source.kind} token cannot unwrap keys`)
  return unwrapKey(algorithm, source.secret, cipher)
}

/** The key length of the first thing that the key decrypts. */
function expectedLength({ ids, plan }: Verification, element: XmlElement): number {
  const list = optionalChild(element, XENC, 'ReferenceList')
  const first = list === undefined ? undefined : elements(list)[0]
  if (first === undefined) return USUAL_LENGTH
  const data = ids.find(attributeValue(first, 'URI'))
  if (!isNamed(data, XENC, 'EncryptedData')) return USUAL_LENGTH
  const algorithm = algorithmOf(onlyChild(data, XENC, 'EncryptionMethod'))
  return (plan.algorithms.encryption.has(algorithm) ? CIPHERS.get(algorithm)?.keyLength : undefined) ?? USUAL_LENGTH
}
