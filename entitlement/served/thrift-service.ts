import type { DecisionPoint, UserStore } from 'viaduct'
import { readCompact, writeCompact } from '../thrift/compact-protocol.ts'
import {
  Incomplete,
  ThriftError,
  type ThriftMessage,
  type ThriftStruct,
  type ThriftValue,
} from '../thrift/thrift-value.ts'
import { writeResponse } from '../xml/write-response.ts'
import { type Admission, mayAsk } from './caller.ts'
import { decideXml, requestOf } from './decide.ts'
import { type Answer, plain, type Question } from './served-route.ts'

/** Number of Thrift's own exception for a method that a service does not have. */
const UNKNOWN_METHOD = 'unknown method'

const textIn = (body: ThriftStruct, id: number): string => {
  const value = body.get(id)
  return typeof value === 'string' ? value : ''
}

const reply = ({ name, sequence }: ThriftMessage, field: number, value: ThriftValue): ThriftMessage => ({
  kind: 'reply',
  name,
  sequence,
  body: new Map([[field, value]]),
})

/** An exception that the IDL declares: field 1 of the result, its message in field 1 again. */
const raised = (call: ThriftMessage, message: string): ThriftMessage => reply(call, 1, new Map([[1, message]]))

/** Thrift's own exception. */
const failed = ({ name, sequence }: ThriftMessage, message: string): ThriftMessage => ({
  kind: 'exception',
  name,
  sequence,
  body: new Map([[1, message]]),
})

/** The login of the thrift service: over HTTP, in the compact protocol. */
export async function answerAuthenticator(
  { users, sessions, roles }: Admission,
  { ctx, body }: Question,
): Promise<Answer> {
  let call: ThriftMessage
  try {
    call = readCompact(body, body.length)
  } catch (thrown) {
    if (thrown instanceof ThriftError || thrown instanceof Incomplete) return plain(400, thrown.message)
    throw thrown
  }
  const answer = await authenticated(call, users, ctx.exchange.arrival.remoteAddress)
  const message =
    answer === undefined
      ? failed(call, UNKNOWN_METHOD)
      : answer !== 'refused' && mayAsk(answer, roles)
        ? reply(call, 0, sessions.open(answer))
        : raised(call, 'Authentication failed')
  return { status: 200, type: 'application/x-thrift', body: writeCompact(message) }
}

async function authenticated({ kind, name, body }: ThriftMessage, users: UserStore, from: string) {
  if (kind !== 'call' || name !== 'authenticate') return undefined
  const user = textIn(body, 1)
  return (user === '' ? undefined : await users.authenticate(user, textIn(body, 2), from)) ?? 'refused'
}

/** Where each operation has the session. */
const SESSION_FIELDS: ReadonlyMap<string, number> = new Map([
  ['getDecision', 2],
  ['getDecisionByAttributes', 5],
])

/** Answers one message of the thrift service of decisions. */
export async function answerThrift(
  point: DecisionPoint,
  { users, sessions, roles, rate }: Admission,
  call: ThriftMessage,
  signal: AbortSignal,
): Promise<ThriftMessage> {
  const { name, body, kind } = call
  const session = SESSION_FIELDS.get(name)
  if (kind !== 'call' || session === undefined) return failed(call, UNKNOWN_METHOD)
  const user = await sessions.find(textIn(body, session), users)
  if (user === undefined || !mayAsk(user, roles)) return raised(call, 'User is not authenticated')
  if (!rate.take(user.name)) return raised(call, 'too many questions')
  if (name === 'getDecision') return reply(call, 0, await decideXml(point, textIn(body, 1), signal))
  const environment = body.get(4)
  const request = requestOf(
    textIn(body, 1),
    textIn(body, 2),
    textIn(body, 3),
    Array.isArray(environment) ? (environment as readonly string[]) : [],
  )
  return reply(call, 0, writeResponse(await point.decide(request, signal)))
}

export type ThriftHandler = (call: ThriftMessage, signal: AbortSignal) => Promise<ThriftMessage>
