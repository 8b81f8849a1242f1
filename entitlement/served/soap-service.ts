import { type DecisionPoint, type MessageContext, type UserStore } from 'viaduct'
import { mayAsk, SESSION_COOKIE } from './caller.ts'
import { decideXml, permitted, requestOf } from './decide.ts'
import { describe, type DescribedOperation } from './entitlement-wsdl.ts'
import type { Sessions } from './sessions.ts'
import { type Answer, plain } from './served-route.ts'
import { parametersOf, readCall, returning, type SoapCall, soapAnswer, soapFault } from './soap-message.ts'
import { writeResponse } from '../xml/write-response.ts'

const AXIS2 = 'http://org.apache.axis2/xsd'
const ENTITLEMENT = 'http://entitlement.identity.carbon.wso2.org'
const AUTHENTICATION = 'http://authentication.services.core.carbon.wso2.org'

const OPERATIONS: readonly DescribedOperation[] = [
  { name: 'getDecision', parameters: [['request', 'string']], returns: 'string' },
  {
    name: 'getDecisionByAttributes',
    parameters: [
      ['subject', 'string'],
      ['resource', 'string'],
      ['action', 'string'],
      ['environment', 'strings'],
    ],
    returns: 'string',
  },
  {
    name: 'getBooleanDecision',
    parameters: [
      ['subject', 'string'],
      ['resource', 'string'],
      ['action', 'string'],
    ],
    returns: 'boolean',
  },
  { name: 'XACMLAuthzDecisionQuery', parameters: [['request', 'string']], returns: 'string' },
]

const LOGINS: readonly DescribedOperation[] = [
  {
    name: 'login',
    parameters: [
      ['username', 'string'],
      ['password', 'string'],
      ['remoteAddress', 'string'],
    ],
    returns: 'boolean',
  },
  { name: 'logout', parameters: [], returns: 'string' },
]

export const entitlementWsdl = (address: string): string =>
  describe('EntitlementService', ENTITLEMENT, AXIS2, OPERATIONS, address)
export const authenticationWsdl = (address: string): string =>
  describe('AuthenticationAdmin', AUTHENTICATION, AUTHENTICATION, LOGINS, address)

/** EntitlementService of Identity Server. Searches over all policies are not offered. */
export async function answerEntitlement(point: DecisionPoint, ctx: MessageContext): Promise<Answer> {
  const call = readCall(ctx)
  if (call === undefined) return plain(400, 'a SOAP message is expected')
  const { name } = call.element
  const value = await valueOf(point, call, ctx.signal)
  if (value === undefined) return soapFault(call.version, 'Client', `there is no operation ${name.slice(0, 100)}`)
  return soapAnswer(call.version, returning(AXIS2, name, value))
}

async function valueOf(point: DecisionPoint, call: SoapCall, signal: AbortSignal): Promise<string | undefined> {
  const [text = ''] = parametersOf(call, 'request')
  switch (call.element.name) {
    case 'getDecision':
    case 'XACMLAuthzDecisionQuery':
      return decideXml(point, text, signal)
    case 'getDecisionByAttributes':
      return writeResponse(await point.decide(requestIn(call), signal))
    case 'getBooleanDecision':
      return String(permitted(await point.decide(requestIn(call), signal)))
    default:
      return undefined
  }
}

function requestIn(call: SoapCall) {
  const [subject = ''] = parametersOf(call, 'subject')
  const [resource = ''] = parametersOf(call, 'resource')
  const [action = ''] = parametersOf(call, 'action')
  return requestOf(subject, resource, action, parametersOf(call, 'environment'))
}

/** What EntitlementService says to a session that has ended: the code by which its clients know to log in again. */
export function sessionEnded(ctx: MessageContext): Answer {
  return soapFault(ctx.message.soapVersion, '50977', 'Session timed out. Please login again')
}

/** AuthenticationAdmin: a login gives a cookie. Who may not ask for decisions may not log in either. */
export async function answerAuthentication(
  users: UserStore,
  sessions: Sessions,
  roles: readonly string[],
  ctx: MessageContext,
): Promise<Answer> {
  const call = readCall(ctx)
  if (call === undefined) return plain(400, 'a SOAP message is expected')
  const { version, element } = call
  const { remoteAddress, transport } = ctx.exchange.arrival
  if (element.name === 'logout') {
    const [, id] = /(?:^|;\s*)JSESSIONID=([\w-]{1,100})/.exec(ctx.message.headers.get('Cookie') ?? '') ?? []
    if (id !== undefined) sessions.close(id)
    return soapAnswer(version, returning(AUTHENTICATION, 'logout', ''))
  }
  if (element.name !== 'login') return soapFault(version, 'Client', 'there is no such operation')
  const [name = ''] = parametersOf(call, 'username')
  const [password = ''] = parametersOf(call, 'password')
  const user = name === '' ? undefined : await users.authenticate(name, password, remoteAddress)
  if (user === undefined || !mayAsk(user, roles))
    return soapAnswer(version, returning(AUTHENTICATION, 'login', 'false'))
  const secure = transport === 'https' ? '; Secure' : ''
  const cookie = `${SESSION_COOKIE}=${sessions.open(user)}; Path=/; HttpOnly; SameSite=Strict${secure}`
  return soapAnswer(version, returning(AUTHENTICATION, 'login', 'true'), { 'Set-Cookie': cookie })
}
