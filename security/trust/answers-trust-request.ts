import { firstElement, textOf, type XmlElement } from 'viaduct'
import { contextTokenType } from '../conversation/index.ts'
import { operationOf, type TrustAction, trustAction, trustVersion } from './trust-version.ts'

/** Which policy a request to the token service of a secured service comes under. */
export interface TrustQuestionKind extends TrustAction {
  /** `bootstrap`: a context is to be made; `service`: there is one, and the request is secured with it. */
  readonly policy: 'bootstrap' | 'service'
}

/**
 * Whether a message is for the token service inside of a secured service, rather than for the service: told by its action, and
 * by its body where the action is a plain request for a token (or missing) but the token is a security context. `action` is
 * wsa:Action or SOAPAction; `child` is the first child of the body, undefined while it is encrypted.
 */
export function answersTrustRequest(
  action: string | undefined,
  child: XmlElement | undefined,
): TrustQuestionKind | undefined {
  const named = action === undefined ? undefined : trustAction(action)
  const kind = named?.context === true ? named : asksForContext(child)
  if (kind === undefined || (named !== undefined && named.operation !== kind.operation)) return undefined
  return { ...kind, policy: kind.operation === 'issue' ? 'bootstrap' : 'service' }
}

function asksForContext(child: XmlElement | undefined): TrustAction | undefined {
  const version = child?.name === 'RequestSecurityToken' ? trustVersion(child.namespace) : undefined
  if (child === undefined || version === undefined) return undefined
  const text = (name: string): string => {
    const element = firstElement(child, name, version.namespace)
    return element === undefined ? '' : textOf(element).trim()
  }
  const operation = operationOf(version, text('RequestType'))
  const isContext = text('TokenType') === contextTokenType(version.conversation)
  return operation !== undefined && isContext ? { version, operation, context: true } : undefined
}
