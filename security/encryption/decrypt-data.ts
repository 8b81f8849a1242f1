import {
  attributeValue,
  ELEMENT,
  elements,
  inScopeNamespaces,
  type MimePart,
  TEXT,
  type XmlElement,
  type XmlNode,
} from 'viaduct'
import { algorithmOf, isNamed, onlyChild } from '../message/read-element.ts'
import {
  ATTACHMENT_COMPLETE,
  ATTACHMENT_CONTENT_ONLY,
  DSIG,
  ENCRYPTED_CONTENT,
  ENCRYPTED_ELEMENT,
  WSSE11,
  XENC,
} from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import { resolveKeyInfo } from '../tokens/resolve-reference.ts'
import type { Verification } from '../verification.ts'
import { readEntity } from '../attachments/entity.ts'
import { cipherText } from './cipher-data.ts'
import { cipherOf, decrypt, decryptionFailure } from './cipher.ts'
import { parsePlaintext } from './parse-plaintext.ts'

/**
 * Decrypts what an xenc:ReferenceList names, in its place. `token` is that of the EncryptedKey around the list; without one,
 * each EncryptedData names its own key. What cannot be decrypted stays, and the verification has the failure.
 */
export function decryptReferences(
  verification: Verification,
  list: XmlElement,
  token: SecurityToken | undefined,
): void {
  const references = elements(list)
  verification.budget.spend('dataReferences', references.length)
  for (const reference of references) {
    if (!isNamed(reference, XENC, 'DataReference'))
      throw new SecurityFailure('malformed', `a ReferenceList with ${reference.name}`)
    const found = verification.ids.find(attributeValue(reference, 'URI'))
    const data = isNamed(found, WSSE11, 'EncryptedHeader') ? onlyChild(found, XENC, 'EncryptedData') : found
    if (!isNamed(data, XENC, 'EncryptedData')) throw new SecurityFailure('malformed', `a DataReference to ${data.name}`)
    decryptOrGoOn(verification, data, token)
  }
}

function decryptOrGoOn(verification: Verification, data: XmlElement, token: SecurityToken | undefined): void {
  try {
    decryptData(verification, data, token)
  } catch (failure) {
    if (!(failure instanceof SecurityFailure) || failure.reason !== 'decryption-failed') throw failure
    verification.undecrypted ??= failure
  }
}

/** Decrypts one EncryptedData in its place, with the key that is given, or that it names. */
export function decryptData(verification: Verification, data: XmlElement, given: SecurityToken | undefined): void {
  const { plan, budget } = verification
  const algorithm = algorithmOf(onlyChild(data, XENC, 'EncryptionMethod'))
  const cipher = cipherOf(algorithm, plan.algorithms.encryption)
  const token = given ?? keyOf(verification, data)
  const source = cipherText(data)
  const bytes = 'bytes' in source ? source.bytes : attachmentOf(verification, source.attachment).bytes
  budget.spend('decryptedBytes', bytes.length)
  const plain = decrypt(cipher, keyBytes(token, cipher.keyLength), bytes)
  const found = { token, algorithm, order: verification.next() }
  const placed =
    'bytes' in source
      ? { ...placeContent(verification, data, plain), attachment: undefined, complete: undefined }
      : placeAttachment(verification, data, plain, source.attachment)
  verification.decryptions.push({ ...placed, ...found })
}

function keyOf(verification: Verification, data: XmlElement): SecurityToken {
  return resolveKeyInfo(verification, onlyChild(data, DSIG, 'KeyInfo'), verification.plan.decryptionKeys).token
}

/** A secret that several parties agreed upon may be longer than the cipher needs, and is cut; one sent for it may not. */
function keyBytes({ secret, kind }: SecurityToken, length: number): Buffer {
  if (secret === undefined) throw new SecurityFailure('key-refused', `a ${kind} token cannot decrypt data`)
  return secret.length > length && (kind === 'security-context' || kind === 'kerberos' || kind === 'saml')
    ? secret.subarray(0, length)
    : secret
}

type Placed = { readonly kind: 'content' | 'element' | 'header'; readonly node: XmlElement }

function placeContent(verification: Verification, data: XmlElement, plain: Buffer): Placed {
  const { parent } = data
  const type = attributeValue(data, 'Type')
  if (parent?.type !== ELEMENT)
    throw new SecurityFailure('malformed', 'an EncryptedData stands outside of the envelope')
  if (type !== ENCRYPTED_CONTENT && type !== ENCRYPTED_ELEMENT)
    throw new SecurityFailure('malformed', `an EncryptedData of type ${type?.slice(0, 200)}`)
  const level = verification.ids.encrypted.get(data) ?? 1
  if (level > verification.plan.limits.nestedEncryption)
    throw new SecurityFailure('limit-exceeded', 'encrypted data is nested too deeply')
  const nodes = parsePlaintext(plain, parent, verification.plan.limits)
  const only = type === ENCRYPTED_ELEMENT ? onlyElement(nodes) : undefined
  if (only === undefined && elements(parent).length !== 1)
    throw new SecurityFailure('malformed', 'encrypted content has other elements beside it')
  splice(parent, data, only === undefined ? nodes : [only])
  verification.replaced(data, only)
  verification.ids.content(parent, only === undefined ? nodes : [only], inScopeNamespaces(parent).size, level)
  if (only === undefined) return { kind: 'content', node: parent }
  if (!isNamed(parent, WSSE11, 'EncryptedHeader')) return { kind: 'element', node: only }
  openHeader(verification, parent, only)
  return { kind: 'header', node: only }
}

/** White space around the element does not count. */
function onlyElement(nodes: readonly XmlNode[]): XmlElement {
  let found: XmlElement | undefined
  for (const node of nodes) {
    if (node.type === ELEMENT && found === undefined) found = node
    else if (node.type !== TEXT || node.value.trim() !== '') throw decryptionFailure()
  }
  if (found === undefined) throw decryptionFailure()
  return found
}

function splice(parent: XmlElement, old: XmlElement, nodes: readonly XmlNode[]): void {
  const at = parent.children.indexOf(old)
  parent.children = [...parent.children.slice(0, at), ...nodes, ...parent.children.slice(at + 1)]
  for (const node of nodes) node.parent = parent
  old.parent = null
}

/** The hidden block takes the place of the wsse11:EncryptedHeader around it. */
function openHeader(verification: Verification, wrapper: XmlElement, block: XmlElement): void {
  const { parent } = wrapper
  if (parent?.type !== ELEMENT || parent !== verification.header || elements(wrapper).length !== 1)
    throw new SecurityFailure('malformed', 'an EncryptedHeader stands in the wrong place')
  splice(parent, wrapper, [block])
  verification.replaced(wrapper, block)
}

function attachmentOf({ attachments, plan }: Verification, id: string): MimePart {
  if (!plan.attachments) throw new SecurityFailure('transform-refused', 'encrypted attachments are not accepted')
  const part = attachments.get(id)
  if (part === undefined) throw new SecurityFailure('reference-unresolved', 'the message has no such attachment')
  return part
}

function placeAttachment(verification: Verification, data: XmlElement, plain: Buffer, id: string) {
  const type = attributeValue(data, 'Type')
  if (type !== ATTACHMENT_COMPLETE && type !== ATTACHMENT_CONTENT_ONLY)
    throw new SecurityFailure('malformed', `an encrypted attachment of type ${type?.slice(0, 200)}`)
  const complete = type === ATTACHMENT_COMPLETE
  const mimeType = attributeValue(data, 'MimeType')
  const before = attachmentOf(verification, id)
  const headers = new Map(before.headers)
  if (mimeType !== undefined) headers.set('content-type', mimeType)
  const part = complete
    ? readEntity(plain, id)
    : { ...before, headers, contentType: mimeType ?? before.contentType, bytes: plain }
  verification.attachments.set(id, part)
  const { parent } = data
  if (parent?.type === ELEMENT) splice(parent, data, [])
  verification.replaced(data, undefined)
  return { kind: 'attachment' as const, node: undefined, attachment: id, complete }
}
