import {
  elements,
  isJsonType,
  mediaType,
  type DecisionPoint,
  type MessageContext,
  parseXml,
  textOf,
  XmlError,
} from 'viaduct'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import { JsonObject, parseJson } from '../json/json-object.ts'
import { readJsonRequest } from '../json/read-request.ts'
import { writeJsonResponse } from '../json/write-response.ts'
import { readRequest } from '../xml/read-request.ts'
import { writeResponse } from '../xml/write-response.ts'
import { permitted, requestOf } from './decide.ts'
import { type Answer, plain, type Question } from './served-route.ts'

const RELATION = 'http://docs.oasis-open.org/ns/xacml/relation/pdp'
const JSON_TYPES = ['application/json', 'application/xacml+json']
const XML_TYPES = ['application/xml', 'application/xacml+xml', 'text/xml']

/** Entry point of the REST profile (section 2.2): where the decision point is. */
export const answerHome = (pdp: string): Answer => ({
  status: 200,
  type: 'application/xml; charset=UTF-8',
  body: `<?xml version="1.0" encoding="UTF-8"?><resources xmlns="http://ietf.org/ns/home-documents" xmlns:atom="http://www.w3.org/2005/Atom"><resource rel="${RELATION}"><atom:link href="${pdp}"/></resource></resources>`,
})

/** How a client speaks and wants to be answered; an answer when that is not possible. */
function speech({ headers, contentType = '' }: MessageContext['message']): { json: boolean; type: string } | Answer {
  const sent = mediaType(contentType)
  const json = JSON_TYPES.includes(sent)
  if (!json && !XML_TYPES.includes(sent))
    return plain(415, `expected one of ${[...JSON_TYPES, ...XML_TYPES].join(', ')}`)
  const accept = headers.get('Accept')
  const wanted = (accept ?? '*/*').split(',').map((each) => mediaType(each.trim()))
  const offered = [sent, ...(json ? JSON_TYPES : XML_TYPES), ...JSON_TYPES, ...XML_TYPES]
  const any = wanted.some((each) => each === '*/*' || each === 'application/*' || each === '')
  const type = wanted.map((each) => offered.find((known) => known === each)).find((each) => each !== undefined)
  if (type === undefined && !any) return plain(406, 'an answer is JSON or XML')
  return { json, type: any && !wanted.includes(sent) && type === undefined ? sent : (type ?? sent) }
}

/** The decision point: every decision is answered with 200, a request that cannot be read with 400. */
export async function answerPdp(point: DecisionPoint, { ctx, body }: Question): Promise<Answer> {
  const spoken = speech(ctx.message)
  if ('status' in spoken) return spoken
  const text = body.toString('utf8')
  return malformed(async () => {
    const { request, version = '3.0' } = spoken.json ? { request: readJsonRequest(text) } : readRequest(text)
    const results = await point.decide(request, ctx.signal)
    const json = isJsonType(spoken.type)
    return {
      status: 200,
      type: `${spoken.type}; charset=UTF-8`,
      body: json ? writeJsonResponse(results) : writeResponse(results, version),
    }
  })
}

/** Identity Server's shorter form: subject, resource, action and environment by name. */
export async function answerByAttributes(
  point: DecisionPoint,
  { ctx, body }: Question,
  form: 'response' | 'boolean',
): Promise<Answer> {
  const spoken = speech(ctx.message)
  if ('status' in spoken) return spoken
  return malformed(async () => {
    const fields = spoken.json ? jsonFields(body.toString('utf8')) : xmlFields(body.toString('utf8'))
    const one = (name: string): string => fields.get(name)?.[0] ?? ''
    const request = requestOf(one('subject'), one('resource'), one('action'), fields.get('environment') ?? [])
    const results = await point.decide(request, ctx.signal)
    const json = isJsonType(spoken.type)
    const type = `${spoken.type}; charset=UTF-8`
    if (form === 'response')
      return { status: 200, type, body: json ? writeJsonResponse(results) : writeResponse(results) }
    const decision = String(permitted(results))
    return { status: 200, type, body: json ? decision : `<decision>${decision}</decision>` }
  })
}

type Fields = ReadonlyMap<string, readonly string[]>

function jsonFields(text: string): Fields {
  const object = new JsonObject(parseJson(text), 'the document', ['subject', 'resource', 'action', 'environment'])
  const environment = object.list('environment').map(String)
  return new Map([
    ...['subject', 'resource', 'action'].map((name): [string, string[]] => [name, [object.required(name)]]),
    ['environment', environment],
  ])
}

function xmlFields(text: string): Fields {
  const fields = new Map<string, string[]>()
  for (const each of elements(parseXml(text, { depth: 20, nodes: 1000 }).root))
    fields.set(each.name, [...(fields.get(each.name) ?? []), textOf(each).trim()])
  return fields
}

/** Says what is wrong with a request; nothing else of an error gets out. */
async function malformed(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof Indeterminate) return plain(400, thrown.status.message ?? 'the request is malformed')
    if (thrown instanceof XmlError) return plain(400, thrown.reason)
    throw thrown
  }
}
