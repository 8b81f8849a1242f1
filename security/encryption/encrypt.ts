import { attributeValue, type MimePart, XmlAttribute, type XmlElement } from 'viaduct'
import { contentIdUri } from '../attachments/content-id.ts'
import { writeEntity } from '../attachments/entity.ts'
import { buildElement } from '../message/build-element.ts'
import { selectPart } from '../message/select-parts.ts'
import {
  ATTACHMENT_CIPHERTEXT_TRANSFORM,
  ATTACHMENT_COMPLETE,
  ATTACHMENT_CONTENT_ONLY,
  DSIG,
  ENCRYPTED_CONTENT,
  ENCRYPTED_ELEMENT,
  ENCRYPTED_KEY,
  WSSE11,
  XENC,
} from '../names.ts'
import type { EncryptionStep } from '../plan.ts'
import type { Protection, UsedSecret } from '../protection.ts'
import { SecurityFailure } from '../security-failure.ts'
import { putInPlace } from '../security-header.ts'
import { referTo } from '../tokens/write-reference.ts'
import { type BlockCipher, CIPHERS, Encryptor } from './cipher.ts'
import { cipherData, encryptedData } from './write-encrypted-data.ts'
import { encryptedKey } from './write-encrypted-key.ts'
import { writePlaintext } from './write-plaintext.ts'

/** Carries out an encryption step. `isLast`: no signature follows, so that the list may stand in the EncryptedKey. */
export function encrypt(protection: Protection, step: EncryptionStep, isLast: boolean): void {
  const cipher = CIPHERS.get(step.algorithm)
  if (cipher === undefined) throw new SecurityFailure('protection-impossible', `encryption ${step.algorithm}`)
  const targets = contentAndElements(protection, step)
  const attachments = step.parts.some(({ part }) => part === 'attachments') ? [...protection.attachments] : []
  if (targets.length + attachments.length === 0) return
  const { key, keyElement } = encryptionKey(protection, step, cipher)
  const hiding = new Hiding(protection, step, cipher, key)
  for (const { element, content } of targets) hiding.hide(element, content)
  for (const [id, part] of attachments) hiding.hideAttachment(id, part, isComplete(step))
  const list = buildElement(XENC, 'xenc:ReferenceList', {}, ...hiding.references)
  if (keyElement === undefined) return protection.header.operation(list)
  if (isLast) {
    list.parent = keyElement
    list.declarations = []
    keyElement.children.push(list)
    protection.header.operation(keyElement)
  } else {
    protection.header.key(keyElement)
    protection.header.operation(list)
  }
}

const isComplete = ({ parts }: EncryptionStep): boolean =>
  parts.some((part) => part.part === 'attachments' && part.complete)

interface Target {
  readonly element: XmlElement
  readonly content: boolean
}

/** Each element once. What is inside of another target is encrypted before it. */
function contentAndElements(protection: Protection, { parts }: EncryptionStep): Target[] {
  const targets = new Map<XmlElement, boolean>()
  for (const part of parts) {
    const content = part.part === 'body' || (part.part === 'elements' && part.content)
    for (const element of selectPart(protection, part)) targets.set(element, (targets.get(element) ?? true) && content)
  }
  return Array.from(targets, ([element, content]) => ({ element, content, depth: depth(element) }))
    .sort((a, b) => b.depth - a.depth)
    .map(({ element, content }) => ({ element, content }))
}

function depth(element: XmlElement): number {
  let count = 0
  for (let at = element.parent; at !== null; at = at.parent) count++
  return count
}

/** The key of a step; `keyElement` is a new EncryptedKey that still needs its place. */
function encryptionKey(
  protection: Protection,
  { key }: EncryptionStep,
  { keyLength }: BlockCipher,
): { readonly key: UsedSecret; readonly keyElement: XmlElement | undefined } {
  if (key.kind === 'named') {
    const { secret, refer } = protection.secret(key.name)
    // A secret that both sides know may be longer than the cipher wants; both cut it.
    return {
      key: { secret: secret.length > keyLength ? secret.subarray(0, keyLength) : secret, refer },
      keyElement: undefined,
    }
  }
  const secret = protection.state.random(keyLength)
  const { element, id } = encryptedKey(protection, secret, key)
  return { key: { secret, refer: () => referTo(id, ENCRYPTED_KEY, ENCRYPTED_KEY) }, keyElement: element }
}

/** Encrypts one thing after the other with one key, and keeps the references to them. */
class Hiding {
  readonly references: XmlElement[] = []
  readonly #protection: Protection
  readonly #step: EncryptionStep
  readonly #cipher: BlockCipher
  readonly #key: UsedSecret

  constructor(protection: Protection, step: EncryptionStep, cipher: BlockCipher, key: UsedSecret) {
    this.#protection = protection
    this.#step = step
    this.#cipher = cipher
    this.#key = key
  }

  hide(element: XmlElement, content: boolean): void {
    const encryptor = this.#encryptor()
    const { parent } = element
    if (parent === null || !('attributes' in parent))
      throw new SecurityFailure('protection-impossible', 'the envelope itself cannot be encrypted')
    writePlaintext(content ? element.children : [element], content ? element : parent, (text) => encryptor.update(text))
    const data = this.#data(
      content ? ENCRYPTED_CONTENT : ENCRYPTED_ELEMENT,
      cipherData(this.#protection, encryptor.final()),
    )
    if (content) {
      element.children = [data]
      data.parent = element
      return
    }
    const { header } = this.#protection
    const hiding = parent === header.header ? this.#encryptedHeader(element, data) : data
    putInPlace(element, hiding)
    this.#protection.replaced(element, hiding)
  }

  /** The ciphertext takes the place of the attachment; the header says what it was. */
  hideAttachment(id: string, part: MimePart, complete: boolean): void {
    const encryptor = this.#encryptor()
    encryptor.update(complete ? writeEntity(part) : part.bytes)
    const transform = buildElement(DSIG, 'ds:Transform', { Algorithm: ATTACHMENT_CIPHERTEXT_TRANSFORM })
    const reference = buildElement(
      XENC,
      'xenc:CipherReference',
      { URI: contentIdUri(id) },
      buildElement(XENC, 'xenc:Transforms', {}, transform),
    )
    const cipher = buildElement(XENC, 'xenc:CipherData', {}, reference)
    const type = complete ? ATTACHMENT_COMPLETE : ATTACHMENT_CONTENT_ONLY
    this.#protection.header.last(this.#data(type, cipher, part.contentType))
    const contentType = 'application/octet-stream'
    const headers = new Map([
      ['content-type', contentType],
      ['content-id', `<${id}>`],
    ])
    this.#protection.attachments.set(id, { headers, contentId: id, contentType, bytes: encryptor.final() })
  }

  #encryptor(): Encryptor {
    const iv = this.#protection.state.random(this.#cipher.ivLength)
    return new Encryptor(this.#cipher, this.#key.secret, iv)
  }

  #data(type: string, cipher: XmlElement, mimeType?: string): XmlElement {
    const id = this.#protection.newId('ED')
    this.references.push(buildElement(XENC, 'xenc:DataReference', { URI: `#${id}` }))
    return encryptedData(id, { Type: type, MimeType: mimeType }, this.#step.algorithm, this.#key.refer(), cipher)
  }

  /** What intermediaries must see of a hidden block stays readable (SOAP Message Security 1.1 section 9.2). */
  #encryptedHeader(block: XmlElement, data: XmlElement): XmlElement {
    const soap = this.#protection.envelope.root
    const wrapper = buildElement(WSSE11, 'wsse11:EncryptedHeader', {}, data)
    for (const name of ['mustUnderstand', 'actor', 'role', 'relay']) {
      const value = attributeValue(block, name, soap.namespace)
      if (value !== undefined)
        wrapper.attributes = [
          ...wrapper.attributes,
          new XmlAttribute(name, value, soap.namespace, soap.prefix, wrapper),
        ]
    }
    this.#protection.idOf(wrapper, 'EH')
    return wrapper
  }
}
