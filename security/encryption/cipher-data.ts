import { attributeValue, type XmlElement } from 'viaduct'
import { algorithmOf, bytesOf, isNamed, onlyChild, soleElement } from '../message/read-element.ts'
import { ATTACHMENT_CIPHERTEXT_TRANSFORM, DSIG, XENC } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { contentIdOf } from '../attachments/content-id.ts'

/** Where the ciphertext of an EncryptedData is: in it, or in an attachment. */
export type CipherText = { readonly bytes: Buffer } | { readonly attachment: string }

/** The bytes of a CipherValue. A CipherReference is refused. */
export function cipherValue(encrypted: XmlElement): Buffer {
  const cipher = cipherText(encrypted)
  if ('bytes' in cipher) return cipher.bytes
  throw new SecurityFailure('reference-refused', 'a ciphertext is not in the message')
}

/** A CipherReference leads to an attachment of the message, through the transform of the SwA profile, or is refused. */
export function cipherText(encrypted: XmlElement): CipherText {
  const child = soleElement(onlyChild(encrypted, XENC, 'CipherData'))
  if (isNamed(child, XENC, 'CipherValue')) return { bytes: bytesOf(child) }
  if (!isNamed(child, XENC, 'CipherReference'))
    throw new SecurityFailure('malformed', `a CipherData with ${child.name}`)
  const attachment = contentIdOf(attributeValue(child, 'URI'))
  const transform = soleElement(onlyChild(child, XENC, 'Transforms'))
  if (!isNamed(transform, DSIG, 'Transform') || algorithmOf(transform) !== ATTACHMENT_CIPHERTEXT_TRANSFORM)
    throw new SecurityFailure('transform-refused', 'a CipherReference with another transform than that of attachments')
  return { attachment }
}
