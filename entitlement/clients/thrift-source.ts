import { type BusServices, type DecisionSource, type DecisionSourceOptions, Fault, type MessageContext } from 'viaduct'
import { readCompact, writeCompact } from '../thrift/compact-protocol.ts'
import { Incomplete, ThriftError, type ThriftMessage, type ThriftStruct } from '../thrift/thrift-value.ts'
import { writeRequest } from '../xml/write-request.ts'
import { type AskOverHttp, createAskOverHttp, requireSuccess } from './http-question.ts'
import { readDecision, refused } from './read-decision.ts'
import { Session } from './session.ts'
import { createThriftCall } from './thrift-call.ts'

/** The service raised one of its exceptions: on a decision, mostly because the session has ended. */
class ServiceException extends Fault {}

/**
 * `thrift`: a login over HTTP in the compact protocol, then each question over TLS in the binary one, as Identity Server has
 * it. Any exception of the service is answered by one more login.
 */
export function createThriftSource(options: DecisionSourceOptions, services: BusServices): DecisionSource {
  const ask = createAskOverHttp(services)
  const { thriftHost, thriftPort } = options
  const address = `${thriftHost}:${thriftPort}`
  const call = createThriftCall(thriftHost, thriftPort, services)
  const session = new Session((ctx) => authenticate(ask, options, services, ctx), options.reuseSession)
  return {
    name: `thrift ${address}`,
    async ask(request, ctx) {
      const xml = writeRequest(request)
      const decide = async (token: string): Promise<string> => {
        const question = callOf('getDecision', [xml, token])
        const answer = await call(question, ctx)
        return resultOf(answer, question.name, address)
      }
      return readDecision(await session.use(ctx, decide, (thrown) => thrown instanceof ServiceException))
    },
  }
}

const callOf = (name: string, texts: readonly string[]): ThriftMessage => ({
  kind: 'call',
  name,
  sequence: 1,
  body: new Map(texts.map((text, i) => [i + 1, text])),
})

async function authenticate(
  ask: AskOverHttp,
  { url, user, password }: DecisionSourceOptions,
  { settings }: BusServices,
  ctx: MessageContext,
): Promise<string> {
  const address = `${url}thriftAuthenticator`
  const question = callOf('authenticate', [user, password])
  const headers = { 'Content-Type': 'application/x-thrift', Accept: 'application/x-thrift' }
  const answer = await ask({ url: address, headers, body: writeCompact(question) }, ctx)
  requireSuccess(answer, address, user)
  try {
    return resultOf(
      readCompact(answer.message.bytes ?? Buffer.alloc(0), settings.entitlement.answerLimit),
      'authenticate',
      address,
    )
  } catch (thrown) {
    if (thrown instanceof ServiceException)
      throw new Fault(101510, `Authentication Failed: ${address} refuses the user "${user}"`, { cause: thrown })
    if (thrown instanceof ThriftError || thrown instanceof Incomplete) throw refused(`${address}: ${thrown.message}`)
    throw thrown
  }
}

/** The text of a reply; field 0 is the result, field 1 the declared exception. */
function resultOf({ kind, name, body }: ThriftMessage, asked: string, address: string): string {
  if (kind === 'exception') throw new Fault(101510, `${address} cannot answer ${asked}: ${messageIn(body)}`)
  if (kind !== 'reply' || name !== asked) throw refused(`${address} did not answer ${asked}`)
  const raised = body.get(1)
  if (raised instanceof Map) throw new ServiceException(101510, `${address}: ${messageIn(raised)}`)
  const result = body.get(0)
  if (typeof result !== 'string') throw refused(`the answer of ${asked} is empty`)
  return result
}

function messageIn(exception: ThriftStruct): string {
  const message = exception.get(1)
  return typeof message === 'string' ? message.slice(0, 500) : 'no reason given'
}
