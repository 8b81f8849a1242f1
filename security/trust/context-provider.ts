import { randomUUID } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import {
  contextOf,
  contextTokenType,
  readContextReference,
  type SecurityContext,
  type SecurityContexts,
  writeContextToken,
} from '../conversation/index.ts'
import { WSC_2005, WSC_200512 } from '../names.ts'
import type { SecurityResults, SecurityToken } from '../security-results.ts'
import { makeKey } from './issued-key.ts'
import type { TokenProvider, TrustCaller } from './token-service.ts'
import type { TrustRequest } from './trust-request.ts'
import type { IssuedToken } from './trust-response.ts'
import { TrustFailure } from './trust-failure.ts'

/** How security contexts are made at one service. */
export interface ContextRules {
  readonly contexts: SecurityContexts
  /** Names the service that they are for. */
  readonly service: string
  /** Seconds; a request may ask for less. 300 is Rampart's. */
  readonly lifetime: number
  readonly random?: ((size: number) => Buffer) | undefined
}

/** Issues, renews and cancels security contexts (WS-SecureConversation 1.3, sections 3 to 6). */
export function createContextProvider(rules: ContextRules): TokenProvider {
  const { contexts, service } = rules
  const find = (target: XmlElement, now: number): SecurityContext => {
    const name = readContextReference(target)
    const context =
      name &&
      (contexts.find(name, now) ?? (name.instance === undefined ? contexts.newest(name.identifier, now) : undefined))
    if (context === undefined || context.service !== service)
      throw new TrustFailure('ExpiredData', 'the security context is not known, or not any more')
    return context
  }
  return {
    tokenTypes: [WSC_200512, WSC_2005].map(contextTokenType),
    owns: (target) => readContextReference(target) !== undefined,
    issue(request, caller, now) {
      const { principal, certificate } = caller
      return made(
        { identifier: `urn:uuid:${randomUUID()}`, instance: undefined, principal, certificate },
        request,
        rules,
        now,
      )
    },
    renew(target, request, caller, now) {
      const { identifier, principal, certificate } = find(target, now)
      if (!provesContext(identifier, caller.results))
        throw new TrustFailure('UnableToRenew', 'the request is not signed with the context')
      return made({ identifier, instance: randomUUID(), principal, certificate }, request, rules, now)
    },
    cancel(target, caller, now) {
      const { identifier } = find(target, now)
      if (!provesContext(identifier, caller.results))
        throw new TrustFailure('RequestFailed', 'the request is not signed with the context')
      contexts.remove(identifier)
    },
    invalid(target, caller, now) {
      try {
        return isOwner(find(target, now), caller) ? undefined : 'it belongs to somebody else'
      } catch (error) {
        if (error instanceof TrustFailure) return error.detail
        throw error
      }
    },
  }
}

type NewContext = Pick<SecurityContext, 'identifier' | 'instance' | 'principal' | 'certificate'>

function made(
  parts: NewContext,
  request: TrustRequest,
  { contexts, service, lifetime, random }: ContextRules,
  now: number,
): IssuedToken {
  if (request.keyType !== undefined && request.keyType !== 'symmetric')
    throw new TrustFailure('BadRequest', 'a security context has a symmetric key')
  const key = makeKey(request, random)
  const expires = Math.min(now + lifetime * 1000, request.expires ?? Number.POSITIVE_INFINITY)
  if (expires <= now) throw new TrustFailure('InvalidTimeRange', 'it asks for a lifetime that is over')
  const context: SecurityContext = { ...parts, secret: key.secret, created: now, expires, service }
  contexts.add(context, now)
  const namespace = request.version.conversation
  const id = `sct-${randomUUID()}`
  const valueType = contextTokenType(namespace)
  return {
    element: writeContextToken(context, namespace, id),
    tokenType: valueType,
    attached: { form: 'reference', value: `#${id}`, valueType },
    unattached: { form: 'reference', value: context.identifier, valueType },
    key,
    created: now,
    expires,
  }
}

/** Whether the body was signed with the context, directly or by a key derived from it. */
function provesContext(identifier: string, { signatures, body }: SecurityResults): boolean {
  return signatures.some(
    ({ token, covered }) => covered.some(({ node }) => node === body) && leadsTo(token, identifier),
  )
}

function leadsTo(token: SecurityToken, identifier: string): boolean {
  for (let each: SecurityToken | undefined = token; each !== undefined; each = each.source) {
    if (contextOf(each)?.identifier === identifier) return true
  }
  return false
}

const isOwner = ({ identifier, principal, certificate }: SecurityContext, caller: TrustCaller): boolean =>
  provesContext(identifier, caller.results) ||
  (principal !== undefined && principal === caller.principal) ||
  (certificate !== undefined && caller.certificate?.raw.equals(certificate.raw) === true)
