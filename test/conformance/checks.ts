import type { Check } from './cases.ts'
import type { Captured } from './backends.ts'
import { bodyContent, evaluateXPath, isSoapFault, parseDocument, sameXml } from './xml-oracle.ts'

/** What the client got. Without a `status` the connection was closed before an answer came. */
export interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly error?: string
}

export interface Outcome {
  readonly ok: boolean
  readonly expected: string
  readonly actual: string
}

/** What checks may need besides the answer. */
export interface Scene {
  /** Answers of earlier steps by name. */
  readonly answers: ReadonlyMap<string, Answer>
  readonly captured: () => readonly Captured[]
  /** The Java client joined the lines of the answer. */
  readonly dropsLineBreaks: boolean
  /** The Java client saw only the first child of the SOAP body, printed by Axiom. */
  readonly seesBodyOnly: boolean
}

type Evaluate = (check: Check, answer: Answer, scene: Scene) => Outcome | Promise<Outcome>

const outcome = (ok: boolean, expected: unknown, actual: unknown): Outcome => ({
  ok,
  expected: show(expected),
  actual: show(actual),
})

const show = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'))

/** Evaluates one check; a check that cannot be evaluated (an answer that is no XML, an unknown type) fails. */
export async function evaluate(check: Check, answer: Answer, scene: Scene): Promise<Outcome> {
  const run = CHECKS.get(check.type)
  if (run === undefined) return outcome(false, `a check of type ${check.type}`, 'this runner does not know it')
  try {
    return await run(check, answer, scene)
  } catch (error) {
    return outcome(false, check, error instanceof Error ? error.message : String(error))
  }
}

const CHECKS = new Map<string, Evaluate>([
  ['status', (check, answer) => outcome(answer.status === check.equals, check.equals, answer.status ?? answer.error)],
  [
    'notSuccess',
    (_check, answer, scene) =>
      outcome(!succeeded(answer, scene), 'a fault, an error status or no answer', summary(answer)),
  ],
  [
    'noSoapBody',
    (_check, answer) => outcome(answer.status !== undefined && answer.body === '', 'no entity', summary(answer)),
  ],
  ['bodyNotEmpty', (_check, answer) => outcome(answer.body !== '', 'a body', summary(answer))],
  ['bodyContains', bodyContains],
  [
    'bodyNotContains',
    (check, answer) => outcome(!answer.body.includes(text(check)), `without ${text(check)}`, answer.body),
  ],
  ['bodyEquals', (check, answer, scene) => bodyEquals(check, answer, scene, (value) => value)],
  ['bodyEqualsIgnoreCase', (check, answer, scene) => bodyEquals(check, answer, scene, (value) => value.toLowerCase())],
  ['bodyOrder', bodyOrder],
  [
    'bodySameAsStep',
    (check, answer, scene) => {
      const earlier = earlierOf(check, scene)
      return outcome(answer.body === earlier.body, earlier.body, answer.body)
    },
  ],
  ['jsonEquals', jsonEquals],
  [
    'jsonPath',
    (check, answer) => {
      const found = readJsonPath(JSON.parse(answer.body), check.path ?? '$')
      return outcome(sameJson(found, check.equals, false), check.equals, found)
    },
  ],
  ['xmlEquals', (check, answer) => outcome(sameXml(answer.body, text(check)), text(check), answer.body)],
  [
    'xpath',
    (check, answer) => {
      const { value } = select(check, answer)
      return outcome(matches(check, value), check.equals ?? `… ${check.contains} …`, value)
    },
  ],
  [
    'xpathCount',
    (check, answer) => {
      const { nodes } = select(check, answer)
      return outcome(
        nodes.length === check.equals,
        `${String(check.equals)} nodes of ${check.expr}`,
        `${nodes.length} in ${answer.body}`,
      )
    },
  ],
  [
    'xpathMatches',
    (check, answer) => {
      const { value } = select(check, answer)
      return outcome(new RegExp(check.regex ?? '').test(value), `/${check.regex}/`, value)
    },
  ],
  [
    'xpathAll',
    (check, answer) => {
      const { nodes } = select(check, answer)
      return outcome(
        nodes.length > 0 && nodes.every((node) => matches(check, node)),
        check.equals ?? `… ${check.contains} …`,
        nodes,
      )
    },
  ],
  [
    'xpathSameAsStep',
    (check, answer, scene) => {
      const [now, before] = [select(check, answer).value, select(check, earlierOf(check, scene)).value]
      return outcome(now === before && now !== '', before, now)
    },
  ],
  [
    'xpathDiffersFromStep',
    (check, answer, scene) => {
      const [now, before] = [select(check, answer).value, select(check, earlierOf(check, scene)).value]
      return outcome(now !== before, `not ${before}`, now)
    },
  ],
  ['header', header],
  [
    'headerMatches',
    (check, answer) => {
      const value = answer.headers[(check.name ?? '').toLowerCase()]
      return outcome(
        value !== undefined && new RegExp(check.regex ?? '').test(value),
        `${check.name}: /${check.regex}/`,
        value,
      )
    },
  ],
  [
    'backendReceived',
    async (check, _answer, scene) => {
      const raw = await received(check, scene)
      const ok =
        raw !== undefined &&
        raw.includes(check.contains ?? '') &&
        (check.notContains === undefined || !raw.includes(check.notContains))
      return outcome(ok, check.contains ?? `without ${check.notContains}`, raw)
    },
  ],
  [
    'backendReceivedHeader',
    async (check, _answer, scene) => {
      const raw = await received(check, scene)
      const value = raw
        ?.split('\r\n\r\n')[0]
        ?.split('\r\n')
        .find((line) => line.toLowerCase().startsWith(`${check.name?.toLowerCase()}:`))
      return outcome(value?.includes(check.contains ?? '') === true, `${check.name}: … ${check.contains} …`, value)
    },
  ],
  [
    'anyOf',
    async (check, answer, scene) => {
      const alternatives: Outcome[] = []
      for (const checks of check.checks ?? []) {
        const outcomes = await Promise.all(checks.map((each) => evaluate(each, answer, scene)))
        const failed = outcomes.find(({ ok }) => !ok)
        if (failed === undefined) return outcome(true, 'one of the alternatives', 'one of them')
        alternatives.push(failed)
      }
      return outcome(false, alternatives.map(({ expected }) => expected).join(' or '), alternatives[0]?.actual)
    },
  ],
])

function text(check: Check): string {
  return typeof check.value === 'string' ? check.value : ''
}

function summary(answer: Answer): string {
  return `${answer.status ?? answer.error ?? 'closed'} ${answer.body}`
}

/** To the Axis2 client an answer without an entity is a failure too ("The input stream for an incoming message is null."). */
function succeeded(answer: Answer, scene: Scene): boolean {
  if (answer.status === undefined || answer.status >= 400 || isSoapFault(answer.body)) return false
  return answer.body !== '' || !scene.seesBodyOnly
}

function matches(check: Check, value: string): boolean {
  return check.contains === undefined ? value === check.equals : value.includes(check.contains)
}

function select(check: Check, answer: Answer): { value: string; nodes: string[] } {
  const document = parseDocument(answer.body)
  if (document === undefined) throw new Error(`the answer is not XML: ${summary(answer)}`)
  return evaluateXPath(document, check.expr ?? '', check.namespaces)
}

function earlierOf(check: Check, scene: Scene): Answer {
  const earlier = scene.answers.get(check.step ?? '')
  if (earlier === undefined) throw new Error(`there is no earlier step ${check.step}`)
  return earlier
}

/** The forms of the body in which the Java client may have seen it. */
function bodiesOf(answer: Answer, scene: Scene): string[] {
  const bodies = [scene.dropsLineBreaks ? joined(answer.body) : answer.body]
  const content = scene.seesBodyOnly ? bodyContent(answer.body) : undefined
  if (content !== undefined) bodies.push(scene.dropsLineBreaks ? joined(content) : content)
  return bodies
}

const joined = (value: string): string => value.replaceAll(/[\r\n]/g, '')

function bodyContains(check: Check, answer: Answer, scene: Scene): Outcome {
  const value = scene.dropsLineBreaks ? joined(text(check)) : text(check)
  return outcome(
    bodiesOf(answer, scene).some((body) => body.includes(value)),
    `… ${value} …`,
    summary(answer),
  )
}

function bodyEquals(check: Check, answer: Answer, scene: Scene, fold: (value: string) => string): Outcome {
  const value = scene.dropsLineBreaks ? joined(text(check)) : text(check)
  return outcome(
    bodiesOf(answer, scene).some((body) => fold(body) === fold(value)),
    value,
    answer.body,
  )
}

function bodyOrder(check: Check, answer: Answer): Outcome {
  let from = 0
  for (const value of check.values ?? []) {
    const at = answer.body.indexOf(value, from)
    if (at < 0) return outcome(false, check.values, summary(answer))
    from = at + value.length
  }
  return outcome(true, check.values, answer.body)
}

function jsonEquals(check: Check, answer: Answer): Outcome {
  let actual: unknown
  try {
    actual = JSON.parse(answer.body)
  } catch {
    return outcome(false, check.value, `no JSON: ${summary(answer)}`)
  }
  return outcome(sameJson(actual, check.value, check.unorderedArrays === true), check.value, actual)
}

/** Equality of JSON values: the order of members never counts, that of array elements unless told so. */
export function sameJson(left: unknown, right: unknown, unordered: boolean): boolean {
  return canonical(left, unordered) === canonical(right, unordered)
}

function canonical(value: unknown, unordered: boolean): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item, unordered))
    return `[${(unordered ? items.sort() : items).join()}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${canonical(member, unordered)}`,
  )
  return `{${members.sort().join()}}`
}

function readJsonPath(root: unknown, path: string): unknown {
  let value = root
  for (const [, name, quoted, index] of path.matchAll(/\.([^.[\]]+)|\['([^']*)'\]|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[name ?? quoted ?? index ?? '']
  }
  return value
}

function header(check: Check, answer: Answer): Outcome {
  const value = answer.headers[(check.name ?? '').toLowerCase()]
  if (check.present !== undefined)
    return outcome((value !== undefined) === check.present, `${check.name} present: ${check.present}`, value)
  const accepted = check.equalsAnyOf ?? [check.equals]
  return outcome(accepted.includes(value as never), `${check.name}: ${accepted.map(String).join(' or ')}`, value)
}

/** The back end may still be reading when the client already has its answer. */
async function received(check: Check, scene: Scene): Promise<string | undefined> {
  for (let waited = 0; waited < 3_000; waited += 50) {
    const found = scene.captured().find(({ port }) => check.backend === 'capture' || check.backend === String(port))
    if (found !== undefined) return found.raw
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return undefined
}
