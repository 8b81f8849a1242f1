import type { DecisionAttribute, DecisionCategory, DecisionRequest, ResourceHierarchy } from 'viaduct'
import { syntaxError } from '../evaluation/indeterminate.ts'
import { RESOURCE_CATEGORY } from '../policy/namespaces.ts'
import { contentQuestions } from './content-questions.ts'

/** One question: no category appears twice. */
export type Question = readonly DecisionCategory[]

/** More questions in one request are refused: they multiply. */
const MOST_QUESTIONS = 1000

const SCOPES: ReadonlySet<string> = new Set([
  'urn:oasis:names:tc:xacml:1.0:resource:scope',
  'urn:oasis:names:tc:xacml:2.0:resource:scope',
])
const RESOURCE_ID = 'urn:oasis:names:tc:xacml:1.0:resource:resource-id'

/**
 * The questions that a request asks (multiple decision profile of XACML 3.0): by references, by categories that are repeated, by
 * nodes of contents, and by the scope of a resource. In the order of the request. Throws Indeterminate.
 */
export function questionsOf(
  request: DecisionRequest,
  hierarchy: ResourceHierarchy | undefined,
): Question[] | Promise<Question[]> {
  if (isPlain(request)) return [request.categories]
  const questions = multiplied(multiplied(byReferences(request), byRepetition), contentQuestions)
  if (!questions.some((question) => scopeOf(question) !== undefined)) return questions
  return Promise.all(questions.map((question) => byScope(question, hierarchy))).then((scoped) => {
    bounded(scoped.flat().length)
    return scoped.flat()
  })
}

/** Whether there is one question without a doubt: nearly all requests are like that. */
function isPlain({ categories, references }: DecisionRequest): boolean {
  if (references !== undefined) return false
  for (let i = 0; i < categories.length; i++) {
    const one = categories[i]
    for (let j = 0; j < i; j++) if (categories[j]?.category === one?.category) return false
    for (const { id } of one?.attributes ?? []) if (id.endsWith('scope') || id.endsWith('-selector')) return false
  }
  return true
}

function bounded(count: number): void {
  if (count > MOST_QUESTIONS) throw syntaxError(`the request asks more than ${MOST_QUESTIONS} questions`)
}

/** What each question becomes; ends as soon as it is known to be too many. */
function multiplied(questions: readonly Question[], by: (question: Question) => readonly Question[]): Question[] {
  const all: Question[] = []
  for (const question of questions) {
    all.push(...by(question))
    bounded(all.length)
  }
  return all
}

function byReferences({ categories, references }: DecisionRequest): Question[] {
  if (references === undefined || references.length === 0) return [categories]
  bounded(references.length)
  const byId = new Map(categories.flatMap((category) => (category.id === undefined ? [] : [[category.id, category]])))
  return references.map((ids) =>
    ids.map((id) => {
      const category = byId.get(id)
      if (category === undefined) throw syntaxError(`no category of the request has the id "${id}"`)
      return category
    }),
  )
}

/** Every choice of one from each category, those that come first changing slowest. */
function byRepetition(categories: Question): Question[] {
  const groups = new Map<string, DecisionCategory[]>()
  for (const category of categories) {
    const group = groups.get(category.category)
    if (group === undefined) groups.set(category.category, [category])
    else group.push(category)
  }
  if (groups.size === categories.length) return [categories]
  let questions: Question[] = [[]]
  for (const group of groups.values()) {
    bounded(questions.length * group.length)
    questions = questions.flatMap((question) => group.map((category) => [...question, category]))
  }
  return questions
}

const resourceOf = (question: Question): DecisionCategory | undefined =>
  question.find(({ category }) => category === RESOURCE_CATEGORY)

function scopeOf(question: Question): string | undefined {
  const attribute = resourceOf(question)?.attributes.find(({ id }) => SCOPES.has(id))
  const text = attribute?.values[0]?.text.trim()
  return text === 'Immediate' ? undefined : text
}

/** One question for the resource and each one below it; the attribute of the scope has done its work. */
async function byScope(question: Question, hierarchy: ResourceHierarchy | undefined): Promise<Question[]> {
  const scope = scopeOf(question)
  const resource = resourceOf(question)
  if (scope === undefined || resource === undefined) return [question]
  if (scope !== 'Children' && scope !== 'Descendants') throw syntaxError(`the scope "${scope}" is not known`)
  const named = resource.attributes.find(({ id }) => id === RESOURCE_ID)
  const id = named?.values[0]
  if (hierarchy === undefined || named === undefined || id === undefined)
    throw syntaxError('nobody knows the resources below this one')
  const below = await (scope === 'Children' ? hierarchy.children(id.text) : hierarchy.descendants(id.text))
  const others = resource.attributes.filter((attribute) => attribute !== named && !SCOPES.has(attribute.id))
  return [id.text, ...below].map((text) => {
    const name: DecisionAttribute = { ...named, values: [{ type: id.type, text }] }
    return question.map((category) =>
      category === resource ? { ...resource, attributes: [name, ...others] } : category,
    )
  })
}
