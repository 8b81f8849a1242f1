import { attributeValue, type XmlElement } from 'viaduct'
import { buildElement, withAttribute } from '../message/build-element.ts'
import { isNamed, onlyChild, optionalChild, simpleText } from '../message/read-element.ts'
import { isConversation, WSSE, WSU } from '../names.ts'
import type { HeldToken } from '../protect-state.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityContext } from './security-context.ts'

/** How long an identifier may be; ours have 45 characters. */
const LONGEST = 1024

/** What names a context in a message. */
export interface ContextName {
  readonly identifier: string
  readonly instance: string | undefined
}

/** TokenType and ValueType of contexts in a version of WS-SecureConversation. */
export const contextTokenType = (namespace: string): string => `${namespace}/sct`

/** Reads a wsc:SecurityContextToken of either version. Throws a SecurityFailure. */
export function readContextToken(element: XmlElement): ContextName {
  const identifier = simpleText(onlyChild(element, element.namespace, 'Identifier')).trim()
  const instance = optionalChild(element, element.namespace, 'Instance')
  const name = { identifier, instance: instance && simpleText(instance).trim() }
  if (identifier === '' || identifier.length > LONGEST || (name.instance?.length ?? 0) > LONGEST) {
    throw new SecurityFailure('token-malformed', 'a SecurityContextToken has no usable Identifier')
  }
  return name
}

/** The context that a reference inside of a request names: the token itself, or a wsse:SecurityTokenReference by its URI. */
export function readContextReference(element: XmlElement): ContextName | undefined {
  if (element.name === 'SecurityContextToken' && isConversation(element.namespace)) return readContextToken(element)
  if (!isNamed(element, WSSE, 'SecurityTokenReference')) return undefined
  const reference = optionalChild(element, WSSE, 'Reference')
  const uri = reference && attributeValue(reference, 'URI')
  if (reference === undefined || uri === undefined || uri.startsWith('#')) return undefined
  const instance = reference.attributes.find(({ name, namespace }) => name === 'Instance' && isConversation(namespace))
  return { identifier: uri, instance: instance?.value }
}

/** Writes the token of a context; `id` is its wsu:Id. */
export function writeContextToken(context: ContextName, namespace: string, id: string): XmlElement {
  const instance =
    context.instance === undefined ? undefined : buildElement(namespace, 'wsc:Instance', {}, context.instance)
  const token = buildElement(
    namespace,
    'wsc:SecurityContextToken',
    {},
    buildElement(namespace, 'wsc:Identifier', {}, context.identifier),
    instance,
  )
  return withAttribute(token, WSU, 'wsu:Id', id)
}

/** A context as a token that `protect` puts into messages, or refers to by its identifier where it is not included. */
export function holdContext(
  context: Pick<SecurityContext, 'identifier' | 'instance' | 'secret'>,
  namespace: string,
  id: string,
): HeldToken {
  return {
    element: writeContextToken(context, namespace, id),
    secret: context.secret,
    reference: { form: 'reference', value: context.identifier, valueType: contextTokenType(namespace) },
  }
}
