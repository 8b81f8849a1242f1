import { type BusServices, type DecisionSource, type DecisionSourceOptions, Fault, type MessageContext } from 'viaduct'
import { writeRequest } from '../xml/write-request.ts'
import { type AskOverHttp, basicAuthorization, createAskOverHttp, type HttpAnswer } from './http-question.ts'
import { readDecision } from './read-decision.ts'
import { Session } from './session.ts'
import { callOperation, ServiceFault } from './soap-call.ts'

const SERVICE = 'http://org.apache.axis2/xsd'
const AUTHENTICATION = 'http://authentication.services.core.carbon.wso2.org'

/** What AuthenticationAdmin of Carbon says of a session that it does not know any more. */
const SESSION_EXPIRED = '50977'

/** `basicAuth`: EntitlementService with the user's name and password on every question. */
export function createBasicAuthSource(options: DecisionSourceOptions, services: BusServices): DecisionSource {
  const ask = createAskOverHttp(services)
  const { user, password } = options
  return {
    name: `basicAuth ${options.url}`,
    async ask(request, ctx) {
      return readDecision(
        await getDecision(ask, options, writeRequest(request), basicAuthorization(user, password), ctx),
      )
    },
  }
}

/** `soap`: EntitlementService within a session that AuthenticationAdmin opens; one that has expired is opened once more. */
export function createSoapSource(options: DecisionSourceOptions, services: BusServices): DecisionSource {
  const ask = createAskOverHttp(services)
  const session = new Session((ctx) => login(ask, options, ctx), options.reuseSession)
  return {
    name: `soap ${options.url}`,
    async ask(request, ctx) {
      const xml = writeRequest(request)
      const answer = await session.use(ctx, (Cookie) => getDecision(ask, options, xml, { Cookie }, ctx), isExpired)
      return readDecision(answer)
    },
  }
}

const isExpired = (thrown: unknown): boolean => thrown instanceof ServiceFault && thrown.faultCode === SESSION_EXPIRED

async function getDecision(
  ask: AskOverHttp,
  { url, user }: DecisionSourceOptions,
  request: string,
  headers: Readonly<Record<string, string>>,
  ctx: MessageContext,
): Promise<string> {
  const operation = { url: `${url}EntitlementService`, namespace: SERVICE, name: 'getDecision', headers, user }
  const { value } = await callOperation(ask, { ...operation, parameters: [['request', request]] }, ctx)
  return value
}

/** Resolves to the cookies of the session. */
async function login(ask: AskOverHttp, options: DecisionSourceOptions, ctx: MessageContext): Promise<string> {
  const { user, password } = options
  const url = `${options.url}AuthenticationAdmin`
  const { value, answer } = await callOperation(
    ask,
    {
      url,
      namespace: AUTHENTICATION,
      name: 'login',
      parameters: [
        ['username', user],
        ['password', password],
        ['remoteAddress', 'localhost'],
      ],
      headers: {},
      user,
    },
    ctx,
  )
  if (value.trim() !== 'true') throw new Fault(101510, `Authentication Failed: ${url} refuses the user "${user}"`)
  const cookies = cookiesOf(answer)
  if (cookies === '') throw new Fault(101510, `${url} opened no session`)
  return cookies
}

const cookiesOf = ({ headers }: HttpAnswer): string =>
  headers
    .all('Set-Cookie')
    .map((field) => field.split(';', 1)[0]?.trim() ?? '')
    .filter((pair) => /^[^\s=;]+=[^\s;]*$/.test(pair))
    .join('; ')
