import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttributeSource, DecisionResult } from 'viaduct'
import {
  Indeterminate,
  loadPolicies,
  type LoadedPolicies,
  type PolicyFile,
  type PolicyOptions,
  readJsonRequest,
  readJsonResponse,
  readRequest,
  readResponse,
  resourceTree,
  writeJsonRequest,
  writeJsonResponse,
} from '../../entitlement/xacml.ts'
import type { Case } from './cases.ts'
import { difference } from './compare.ts'

/** What came of a case: why it is not as expected, or nothing. */
export interface Played {
  readonly case: Case
  readonly failure: string | undefined
}

/** `urn:root` with two children, the first of which has two below it: what the corpus asks for. */
const HIERARCHY = resourceTree(
  new Map([
    ['urn:root', ['urn:root:child1', 'urn:root:child2']],
    ['urn:root:child1', ['urn:root:child1:descendant1', 'urn:root:child1:descendant2']],
    ['urn:root:child2', ['urn:root:child2:descendant1', 'urn:root:child2:descendant2']],
  ]),
)

/** Plays one case of the corpus in `directory`. */
export async function play(one: Case, directory: string, supplied: readonly (readonly string[])[]): Promise<Played> {
  const folder = join(directory, one.dir)
  try {
    if (one.expect === 'parse-only') return { case: one, failure: parseOnly(one, folder) }
    return { case: one, failure: await decide(one, folder, supplied) }
  } catch (error) {
    return { case: one, failure: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }
  }
}

function parseOnly({ files }: Case, folder: string): string | undefined {
  for (const name of files.other ?? []) {
    const text = readFileSync(join(folder, name), 'utf8')
    // What is written must be what was read.
    if (name.startsWith('request')) {
      const request = readJsonRequest(text)
      if (writeJsonRequest(readJsonRequest(writeJsonRequest(request))) !== writeJsonRequest(request))
        return `${name} changes`
    } else {
      const results = readJsonResponse(text)
      if (writeJsonResponse(readJsonResponse(writeJsonResponse(results))) !== writeJsonResponse(results))
        return `${name} changes`
    }
  }
  return undefined
}

async function decide(
  one: Case,
  folder: string,
  supplied: readonly (readonly string[])[],
): Promise<string | undefined> {
  const loaded = load(one, folder, supplied)
  if (loaded.failed && one.expect !== 'decision') return undefined
  if (one.expect === 'policy-rejected') return 'the policy was taken'
  const expected = expectedResults(one, folder)
  const actual = await answer(one, folder, loaded)
  return difference(actual, expected, { old: one.xacmlVersion === '2.0' })
}

function load(one: Case, folder: string, supplied: readonly (readonly string[])[]): LoadedPolicies {
  const read = (name: string): PolicyFile => ({ file: `${one.dir}/${name}`, text: readFileSync(join(folder, name)) })
  const { policies, referencedPolicies } = one.files
  const roots = policies.map(
    (name) => /Polic(?:y|ySet)Id="([^"]+)"/.exec(String(readFileSync(join(folder, name))))?.[1] ?? '',
  )
  const options: PolicyOptions = {
    roots,
    combining: 'only-one-matching',
    strict: one.expect === 'policy-rejected',
    sources: one.requires.includes('pip') ? supplied.map(sourceOf) : [],
    hierarchy: HIERARCHY,
    ...configured(one, folder),
  }
  return loadPolicies([...policies, ...referencedPolicies].map(read), options)
}

/** The settings of an AuthzForce configuration that mean something here. */
function configured({ requires, files }: Case, folder: string): Partial<PolicyOptions> {
  const name = files.other?.find((file) => file.startsWith('pdp-config'))
  if (name === undefined || !requires.includes('pdp-config')) return {}
  const text = readFileSync(join(folder, name), 'utf8')
  const number = (attribute: string): number | undefined => {
    const written = new RegExp(`${attribute}="(\\d+)"`).exec(text)?.[1]
    return written === undefined ? undefined : Number(written)
  }
  const policyReferences = number('maxPolicyRefDepth')
  const variableReferences = number('maxVariableRefDepth')
  const overrides = /<override>(\w+)<\/override>/.exec(text)?.[1]
  const given = overrides !== undefined || !text.includes('standardAttributeProvidersEnabled="false"')
  const timeRule = overrides === 'true' ? 'clock' : given ? 'request-or-clock' : 'request'
  return {
    limits: {
      ...(policyReferences !== undefined && { policyReferences }),
      ...(variableReferences !== undefined && { variableReferences }),
    },
    timeRule,
  }
}

function sourceOf([category = '', id = '', type = '', value = '']: readonly string[]): AttributeSource {
  return {
    name: 'corpus',
    category,
    attributes: [id],
    find: async () => [{ id, values: [{ type, text: value }] }],
  }
}

function expectedResults({ files }: Case, folder: string): DecisionResult[] {
  if (files.response !== undefined) return readResponse(readFileSync(join(folder, files.response), 'utf8').trim())
  return readJsonResponse(readFileSync(join(folder, 'response.json'), 'utf8'))
}

async function answer({ files }: Case, folder: string, { point }: LoadedPolicies): Promise<readonly DecisionResult[]> {
  const { request } = files
  try {
    if (request === undefined)
      return await point.decide(readJsonRequest(readFileSync(join(folder, 'request.json'), 'utf8')))
    return await point.decide(readRequest(readFileSync(join(folder, request), 'utf8')).request)
  } catch (error) {
    if (!(error instanceof Indeterminate)) throw error
    return [
      {
        decision: 'Indeterminate',
        status: error.status,
        obligations: [],
        advice: [],
        attributes: [],
        policies: [],
      },
    ]
  }
}

/** Whether the explaining form of the policies comes to another result than the one that decides. */
export async function explainedOtherwise(
  one: Case,
  directory: string,
  supplied: readonly (readonly string[])[],
): Promise<boolean> {
  const folder = join(directory, one.dir)
  if (one.files.request === undefined || one.files.policies.length === 0) return false
  const { point } = load(one, folder, supplied)
  try {
    const { request } = readRequest(readFileSync(join(folder, one.files.request), 'utf8'))
    const single = { ...request, combined: false }
    const [decided, explained] = [await point.decide(single), await point.explain(single)]
    const results = explained.map(({ result }) => result)
    return difference(results, decided, { old: false }) !== undefined
  } catch (error) {
    if (error instanceof Indeterminate) return false
    throw error
  }
}
