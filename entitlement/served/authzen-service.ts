import type { DecisionCategory, DecisionPoint, DecisionRequest, DecisionResult } from 'viaduct'
import { Indeterminate, syntaxError } from '../evaluation/indeterminate.ts'
import { type Json, JsonObject, parseJson } from '../json/json-object.ts'
import { readValues } from '../json/value.ts'
import { ACTION, ENVIRONMENT, RESOURCE, SUBJECT } from './decide.ts'
import { type Answer, type Question } from './served-route.ts'

/** Evaluations of one request. */
const MOST_EVALUATIONS = 100

/** What follows the address: the endpoints of AuthZEN 1.0 that there are. */
export const AUTHZEN_METADATA = '/.well-known/authzen-configuration'

export const answerMetadata = (origin: string): Answer =>
  json(200, {
    policy_decision_point: origin,
    access_evaluation_endpoint: `${origin}/access/v1/evaluation`,
    access_evaluations_endpoint: `${origin}/access/v1/evaluations`,
  })

/** One question. Deny is an answer; only what cannot be read is 400. */
export function answerEvaluation(point: DecisionPoint, question: Question): Promise<Answer> {
  return answering(question, async (root) => evaluation(point, entitiesIn(root), question))
}

/** Several questions with what they have in common; `options.evaluations_semantic` may end them early. */
export function answerEvaluations(point: DecisionPoint, question: Question): Promise<Answer> {
  return answering(question, async (root) => {
    const common = entitiesIn(root)
    const items = root.list('evaluations')
    if (items.length === 0) return evaluation(point, common, question)
    if (items.length > MOST_EVALUATIONS) throw syntaxError(`at most ${MOST_EVALUATIONS} evaluations`)
    const semantic = semanticOf(root.get('options'))
    const evaluations: Evaluated[] = []
    for (const item of items) {
      const own = entitiesIn(new JsonObject(item, 'an evaluation', ENTITIES))
      const evaluated = await evaluation(point, { ...common, ...own }, question)
      evaluations.push(evaluated)
      if (semantic === 'deny_on_first_deny' && !evaluated.decision) break
      if (semantic === 'permit_on_first_permit' && evaluated.decision) break
    }
    return { evaluations }
  })
}

const ENTITIES = ['subject', 'resource', 'action', 'context']

interface Entities {
  readonly subject?: Json
  readonly resource?: Json
  readonly action?: Json
  readonly context?: Json
}

function entitiesIn(root: JsonObject): Entities {
  const entities: Record<string, Json> = {}
  for (const name of ENTITIES) {
    const value = root.get(name)
    if (value !== undefined) entities[name] = value
  }
  return entities
}

function semanticOf(options: Json | undefined): string {
  if (options === undefined) return 'execute_all'
  const semantic = new JsonObject(options, 'options', ['evaluations_semantic']).string('evaluations_semantic')
  if (semantic === undefined || /^(?:execute_all|deny_on_first_deny|permit_on_first_permit)$/.test(semantic))
    return semantic ?? 'execute_all'
  throw syntaxError('evaluations_semantic is unknown')
}

interface Evaluated {
  readonly decision: boolean
  readonly context?: { readonly reason: string }
}

async function evaluation(point: DecisionPoint, entities: Entities, { ctx }: Question): Promise<Evaluated> {
  return evaluatedOf(await point.decide(requestOf(entities), ctx.signal))
}

/** The standard carries no obligations, so what depends on one cannot be permitted. */
function evaluatedOf(results: readonly DecisionResult[]): Evaluated {
  const refusing = results.find(({ decision, obligations }) => decision !== 'Permit' || obligations.length > 0)
  if (refusing === undefined && results.length > 0) return { decision: true }
  const reason = refusing?.decision === 'Permit' ? 'the decision comes with obligations' : refusing?.decision
  return { decision: false, context: { reason: reason ?? 'Indeterminate' } }
}

function requestOf({ subject, resource, action, context }: Entities): DecisionRequest {
  const categories: DecisionCategory[] = [
    entity(subject, 'subject', SUBJECT, 'urn:oasis:names:tc:xacml:1.0:subject:subject-id', 'id'),
    entity(resource, 'resource', RESOURCE, 'urn:oasis:names:tc:xacml:1.0:resource:resource-id', 'id'),
    entity(action, 'action', ACTION, 'urn:oasis:names:tc:xacml:1.0:action:action-id', 'name'),
  ]
  if (context !== undefined) categories.push({ category: ENVIRONMENT, attributes: propertiesOf(context, 'context') })
  return { categories }
}

/** An entity as a category: its identifier where XACML has it, its type as `type`, its properties by their names. */
function entity(value: Json | undefined, where: string, category: string, id: string, key: 'id' | 'name') {
  const object = new JsonObject(value, where, ['type', 'id', 'name', 'properties'])
  const text = object.required(key)
  const type = key === 'id' ? object.required('type') : undefined
  const properties = object.get('properties')
  const attributes = [
    { id, values: readValues(text, 'string') },
    ...(type === undefined ? [] : [{ id: 'type', values: readValues(type, 'string') }]),
    ...(properties === undefined ? [] : propertiesOf(properties, `properties of ${where}`)),
  ]
  return { category, attributes }
}

function propertiesOf(value: Json, where: string) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw syntaxError(`${where} must be an object`)
  return Object.entries(value).map(([id, each]) => ({ id, values: readValues(simple(each), undefined) }))
}

/** What XACML has no type for is its text. */
function simple(value: Json): Json {
  if (Array.isArray(value)) return value.map((each) => simple(each as Json))
  if (value === null) return []
  return typeof value === 'object' ? JSON.stringify(value) : value
}

async function answering({ ctx, body }: Question, work: (root: JsonObject) => Promise<unknown>): Promise<Answer> {
  const id = ctx.message.headers.get('X-Request-ID')
  const headers: Record<string, string> = id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? { 'X-Request-ID': id } : {}
  try {
    const root = new JsonObject(parseJson(body.toString('utf8')), 'the document', [
      ...ENTITIES,
      'evaluations',
      'options',
    ])
    return { ...json(200, await work(root)), headers }
  } catch (thrown) {
    if (!(thrown instanceof Indeterminate)) throw thrown
    return { ...json(400, thrown.status.message ?? 'the request is malformed'), headers }
  }
}

const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json; charset=UTF-8',
  body: JSON.stringify(value),
})
