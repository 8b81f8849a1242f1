import { bodyOf, elements, type XmlElement } from 'viaduct'
import type { EncryptedPart, SignedPart } from '../plan.ts'
import type { Protection } from '../protection.ts'

/** The elements that a part of a plan means, in document order; none where the message does not have it. Not attachments. */
export function selectPart(protection: Protection, part: SignedPart | EncryptedPart): readonly XmlElement[] {
  const { envelope, header, named, timestamp, confirmations } = protection
  switch (part.part) {
    case 'body':
      return [bodyOf(envelope)]
    case 'timestamp':
      return timestamp === undefined ? [] : [timestamp]
    case 'headers':
      return elements(header.header).filter((block) => block !== header.block)
    case 'header':
      return elements(header.header).filter(
        (block) =>
          block !== header.block &&
          block.namespace === part.namespace &&
          (part.name === undefined || block.name === part.name),
      )
    case 'elements':
      return part.select(envelope)
    case 'confirmations':
      return confirmations
    case 'token':
    case 'signature': {
      const element = named.get(part.name)
      return element === undefined ? [] : [element]
    }
    case 'attachments':
      return []
  }
}
