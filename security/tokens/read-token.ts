import { attributeValue, type XmlElement } from 'viaduct'
import { readEncryptedKey } from '../encryption/encrypted-key.ts'
import { isNamed } from '../message/read-element.ts'
import { isConversation, WSSE, XENC } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import type { TokenHandler } from '../token-handler.ts'
import type { Verification } from '../verification.ts'
import { isCertificateType, readCertificateToken } from './binary-token.ts'
import { readDerivedKey } from './derived-key.ts'

/** Reads an element that something refers to as a token. Tokens that have to be waited for were read before. */
export function readToken(verification: Verification, element: XmlElement): SecurityToken {
  const handler = handlerOf(verification.plan.handlers, element)
  if (handler !== undefined) {
    const read = handler.read(element, verification.context)
    if (read instanceof Promise) {
      read.catch(() => {})
      throw new SecurityFailure('token-unavailable', `${element.name} stands where it cannot be waited for`)
    }
    return read
  }
  if (isNamed(element, WSSE, 'BinarySecurityToken')) return readCertificateToken(verification, element)
  if (isNamed(element, XENC, 'EncryptedKey')) return readEncryptedKey(verification, element)
  if (isConversation(element.namespace) && element.name === 'DerivedKeyToken')
    return readDerivedKey(verification, element)
  throw new SecurityFailure('token-unsupported', `${element.name} is no token that is accepted here`)
}

/** The handler that reads an element. Certificates are read here, whatever handlers there are. */
export function handlerOf(handlers: readonly TokenHandler[], element: XmlElement): TokenHandler | undefined {
  if (!isNamed(element, WSSE, 'BinarySecurityToken'))
    return handlers.find((handler) => handler.elements.some(({ namespace, name }) => isNamed(element, namespace, name)))
  const type = attributeValue(element, 'ValueType')
  return type === undefined || isCertificateType(type)
    ? undefined
    : handlers.find((handler) => handler.binaryTypes.includes(type))
}
