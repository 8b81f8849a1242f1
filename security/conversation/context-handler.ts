import type { XmlElement } from 'viaduct'
import { WSC_2005, WSC_200512 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import type { TokenContext, TokenHandler } from '../token-handler.ts'
import { contextTokenType, readContextToken } from './context-token.ts'
import type { SecurityContext, SecurityContexts } from './security-context.ts'

const NAMESPACES = [WSC_2005, WSC_200512]

/**
 * Reads wsc:SecurityContextToken (WS-SecureConversation 2005/02 and 1.3): the secret comes from the contexts that were made
 * with this service. Unknown and expired contexts are refused alike.
 */
export function createContextHandler(contexts: SecurityContexts, service: string): TokenHandler {
  const tokenOf = (
    context: SecurityContext | undefined,
    element: XmlElement | undefined,
    valueType: string,
  ): SecurityToken => {
    if (context === undefined || context.service !== service) {
      throw new SecurityFailure('token-unavailable', 'a security context is not known, or not any more')
    }
    const { principal, secret } = context
    return { kind: 'security-context', element, valueType, principal, secret, detail: context }
  }
  return {
    elements: NAMESPACES.map((namespace) => ({ namespace, name: 'SecurityContextToken' })),
    binaryTypes: [],
    referenceTypes: NAMESPACES.map(contextTokenType),
    read(element: XmlElement, { now }: TokenContext): SecurityToken {
      return tokenOf(contexts.find(readContextToken(element), now), element, contextTokenType(element.namespace))
    },
    find: (valueType, value, { now }) => tokenOf(contexts.newest(value, now), undefined, valueType),
  }
}

/** The context of a token; undefined for a token of another kind. */
export const contextOf = (token: SecurityToken): SecurityContext | undefined =>
  token.kind === 'security-context' ? (token.detail as SecurityContext) : undefined
