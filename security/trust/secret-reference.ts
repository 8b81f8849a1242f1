import { attributeValue, type XmlElement } from 'viaduct'
import { optionalChild, simpleText } from '../message/read-element.ts'
import { WSSE, WSSE11 } from '../names.ts'
import type { SecretReference } from '../protect-state.ts'

/** Reads a wsse:SecurityTokenReference that is to be repeated later; undefined for a form that cannot be. Throws a SecurityFailure. */
export function readSecretReference(element: XmlElement): SecretReference | undefined {
  const tokenType = attributeValue(element, 'TokenType', WSSE11)
  const reference = optionalChild(element, WSSE, 'Reference')
  const uri = reference && attributeValue(reference, 'URI')
  if (reference !== undefined && uri !== undefined) {
    return { form: 'reference', value: uri, valueType: attributeValue(reference, 'ValueType'), tokenType }
  }
  const identifier = optionalChild(element, WSSE, 'KeyIdentifier')
  if (identifier === undefined) return undefined
  return {
    form: 'key-identifier',
    value: simpleText(identifier).trim(),
    valueType: attributeValue(identifier, 'ValueType'),
    tokenType,
    encodingType: attributeValue(identifier, 'EncodingType'),
  }
}
