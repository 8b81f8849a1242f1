import {
  type BusServices,
  type DecisionRequest,
  type DecisionSource,
  type DecisionSourceOptions,
  type EntitlementDecision,
} from 'viaduct'
import { basicAuthorization, createAskOverHttp, requireSuccess } from './http-question.ts'
import { textOfAnswer } from './rest-source.ts'
import { refused } from './read-decision.ts'

const SUBJECT = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
const ACTION = 'urn:oasis:names:tc:xacml:3.0:attribute-category:action'
const RESOURCE = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'

/** `authzen`: OpenID AuthZEN 1.0. The standard knows neither obligations nor doubt: true permits, false denies. */
export function createAuthzenSource(
  { url, user, password }: DecisionSourceOptions,
  services: BusServices,
): DecisionSource {
  const ask = createAskOverHttp(services)
  const base = url.endsWith('/') ? url : `${url}/`
  const address = `${base}access/v1/evaluation`
  const headers = {
    ...basicAuthorization(user, password),
    'Content-Type': 'application/json',
    Accept: 'application/json',
  }
  return {
    name: `authzen ${url}`,
    async ask(request, ctx) {
      const answer = await ask({ url: address, headers, body: JSON.stringify(evaluationOf(request)) }, ctx)
      requireSuccess(answer, address, user)
      return decisionIn(textOfAnswer(answer))
    },
  }
}

/** The question in the words of AuthZEN: what has no place of its own goes to the properties, by identifier. */
function evaluationOf(request: DecisionRequest) {
  const { id: subject = '', properties: ofSubject } = entityOf(request, SUBJECT, 'subject-id')
  const { id: resource = '', properties: ofResource } = entityOf(request, RESOURCE, 'resource-id')
  const { id: action = '', properties: ofAction } = entityOf(request, ACTION, 'action-id')
  const context = request.categories
    .filter(({ category }) => ![SUBJECT, ACTION, RESOURCE].includes(category))
    .flatMap(({ attributes }) => attributes)
    .map(({ id, values }) => [id, valueOf(values)] as const)
  return {
    subject: { type: 'user', id: subject, ...ofSubject },
    resource: { type: 'resource', id: resource, ...ofResource },
    action: { name: action, ...ofAction },
    ...(context.length > 0 && { context: Object.fromEntries(context) }),
  }
}

function entityOf({ categories }: DecisionRequest, category: string, named: string) {
  const attributes = categories.find((each) => each.category === category)?.attributes ?? []
  const isId = ({ id }: { readonly id: string }): boolean => id.endsWith(`:${named}`)
  const others = attributes.filter((each) => !isId(each)).map(({ id, values }) => [id, valueOf(values)] as const)
  return {
    id: attributes.find(isId)?.values[0]?.text,
    properties: others.length === 0 ? {} : { properties: Object.fromEntries(others) },
  }
}

const valueOf = (values: readonly { readonly text: string }[]): string | string[] => {
  const texts = values.map(({ text }) => text)
  const [only] = texts
  return texts.length === 1 && only !== undefined ? only : texts
}

function decisionIn(text: string): EntitlementDecision {
  let decision: unknown
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, 'decision'))
      decision = (parsed as { decision: unknown }).decision
  } catch {
    throw refused('its answer is no JSON')
  }
  if (typeof decision !== 'boolean') throw refused('"decision" is neither true nor false')
  return { decision: decision ? 'Permit' : 'Deny', reason: undefined, obligations: undefined, advice: undefined }
}
