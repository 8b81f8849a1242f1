import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  type DecisionPoint,
  type DecisionRequest,
  type DecisionResult,
  type Diagnostic,
  formatDiagnostic,
} from 'viaduct'
import {
  Indeterminate,
  loadPolicies,
  printExplanation,
  writeJsonResponse,
  writeResponse,
} from '../entitlement/xacml.ts'
import { withHome } from './check-home.ts'
import { GOOD, type Io, USAGE, type Verb, WRONG } from './io.ts'
import { casesIn, differenceOf, policyFilesIn, readRequestFile, readResponseFile } from './policy-files.ts'

export const policy: Verb = {
  name: 'policy',
  summary: 'Asks XACML policies: what they decide, why, and whether it is what is expected.',
  usage: `viaduct policy eval <request>     the decision, as XML; a request is a file, XML or JSON
viaduct policy explain <request>  the rules that decided, and what was missing, as a tree
viaduct policy test [folder]      plays every request of a folder against its expected response
  --policies PATH      a file or folder with policies; else policies/ of the home, with its settings and sources
  --home .             the home
  --combining NAME     how several root policies are combined, with --policies (deny-overrides)
  --subject NAME --resource NAME --action NAME   instead of a request file
  --json               print JSON

Pairs for test: name.request.xml beside name.response.xml, or a folder with request.xml and response.xml; .json likewise. The
folder is policies/tests unless given. Exit status: 0 decided, or all as expected; 1 Indeterminate, a difference, or wrong
policies; 2 usage.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const [what = '', path, ...more] = positionals
    const act = ACTIONS.get(what)
    if (act === undefined || more.length > 0) {
      io.error(`viaduct policy needs ${[...ACTIONS.keys()].join(', ')} and at most one path\n${this.usage}`)
      return USAGE
    }
    const missing = [path, values.policies].find((each) => each !== undefined && !existsSync(resolve(io.cwd, each)))
    if (missing !== undefined) {
      io.error(`${missing}: there is no such file or folder`)
      return USAGE
    }
    return withPoint(values, io, (point) => act({ point, path, values, io }))
  },
}

const options = {
  policies: { type: 'string' },
  home: { type: 'string' },
  combining: { type: 'string' },
  subject: { type: 'string' },
  resource: { type: 'string' },
  action: { type: 'string' },
  json: { type: 'boolean' },
} as const

interface Values {
  readonly policies?: string
  readonly home?: string
  readonly combining?: string
  readonly subject?: string
  readonly resource?: string
  readonly action?: string
  readonly json?: boolean
}

interface Asked {
  readonly point: DecisionPoint
  readonly path: string | undefined
  readonly values: Values
  readonly io: Io
}

const ACTIONS: ReadonlyMap<string, (asked: Asked) => Promise<number>> = new Map<
  string,
  (asked: Asked) => Promise<number>
>([
  ['eval', evaluate],
  ['explain', explain],
  ['test', test],
])

/** The decision point of a folder, or of a home as `run` would have it. Wrong policies are told and asked nothing. */
async function withPoint(values: Values, io: Io, use: (point: DecisionPoint) => Promise<number>): Promise<number> {
  if (values.policies !== undefined) {
    const files = policyFilesIn(resolve(io.cwd, values.policies), io.cwd)
    const combining = values.combining === undefined ? {} : { combining: values.combining }
    const { point, diagnostics, failed } = loadPolicies(files, combining)
    tell(diagnostics, io)
    return failed ? WRONG : use(point)
  }
  return withHome(values.home ?? '.', false, io, ({ diagnostics }, deployment) => {
    tell(diagnostics, io)
    const point = deployment?.facility('decisions')
    if (point !== undefined) return use(point)
    if (deployment !== undefined) io.error('the home has no XACML policies in policies/')
    return WRONG
  })
}

function tell(diagnostics: readonly Diagnostic[], io: Io): void {
  for (const each of diagnostics) io.error(formatDiagnostic(each))
}

async function evaluate(asked: Asked): Promise<number> {
  const { point, values, io } = asked
  const request = requestOf(asked)
  if (typeof request === 'number') return request
  const results = await point.decide(request)
  io.out(values.json === true ? writeJsonResponse(results) : writeResponse(results))
  return statusOf(results)
}

async function explain(asked: Asked): Promise<number> {
  const { point, values, io } = asked
  const request = requestOf(asked)
  if (typeof request === 'number') return request
  const explanations = (await point.explain?.(request)) ?? []
  if (values.json === true) io.out(JSON.stringify(explanations, undefined, 2))
  else for (const each of explanations) io.out(printExplanation(each))
  return statusOf(explanations.map(({ result }) => result))
}

const statusOf = (results: readonly DecisionResult[]): number =>
  results.length > 0 && results.every(({ decision }) => decision !== 'Indeterminate') ? GOOD : WRONG

/** The request of the file or of the options; else an exit status, and why has been said. */
function requestOf({ path, values, io }: Asked): DecisionRequest | number {
  const { subject, resource, action } = values
  if (path === undefined) {
    if (subject !== undefined && resource !== undefined) return questionOf(subject, resource, action ?? 'read')
    io.error('name a request file, or give --subject and --resource')
    return USAGE
  }
  try {
    return readRequestFile(resolve(io.cwd, path))
  } catch (thrown) {
    io.error(`${path}: ${reasonOf(thrown)}`)
    return WRONG
  }
}

const reasonOf = (thrown: unknown): string =>
  thrown instanceof Indeterminate
    ? (thrown.status.message ?? thrown.status.code)
    : thrown instanceof Error
      ? thrown.message
      : 'it cannot be read'

function questionOf(subject: string, resource: string, action: string): DecisionRequest {
  const one = (category: string, id: string, text: string) => ({
    category,
    attributes: [{ id, values: [{ type: 'http://www.w3.org/2001/XMLSchema#string', text }] }],
  })
  return {
    categories: [
      one(
        'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject',
        'urn:oasis:names:tc:xacml:1.0:subject:subject-id',
        subject,
      ),
      one(
        'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
        'urn:oasis:names:tc:xacml:1.0:resource:resource-id',
        resource,
      ),
      one(
        'urn:oasis:names:tc:xacml:3.0:attribute-category:action',
        'urn:oasis:names:tc:xacml:1.0:action:action-id',
        action,
      ),
    ],
  }
}

interface TestOutcome {
  readonly name: string
  readonly passed: boolean
  readonly reason: string | undefined
}

async function test({ point, path, values, io }: Asked): Promise<number> {
  const folder = resolve(io.cwd, path ?? `${values.home ?? '.'}/policies/tests`)
  const cases = existsSync(folder) ? casesIn(folder) : []
  if (cases.length === 0) {
    io.error(`${path ?? 'policies/tests'} holds no request with a response`)
    return WRONG
  }
  const outcomes: TestOutcome[] = []
  for (const { name, request, response } of cases) {
    const reason = await failureOf(point, request, response)
    outcomes.push({ name, passed: reason === undefined, reason })
  }
  const failed = outcomes.filter(({ passed }) => !passed).length
  if (values.json === true) io.out(JSON.stringify({ passed: outcomes.length - failed, failed, tests: outcomes }))
  else {
    for (const { name, reason } of outcomes) io.out(reason === undefined ? `ok    ${name}` : `FAIL  ${name}: ${reason}`)
    io.out(`${outcomes.length - failed} passed, ${failed} failed`)
  }
  return failed === 0 ? GOOD : WRONG
}

async function failureOf(point: DecisionPoint, request: string, response: string): Promise<string | undefined> {
  try {
    return differenceOf(readResponseFile(response), await point.decide(readRequestFile(request)))
  } catch (thrown) {
    return reasonOf(thrown)
  }
}
