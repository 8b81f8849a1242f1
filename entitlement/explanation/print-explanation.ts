import type { Explanation, ExplanationStep, MissingAttribute } from 'viaduct'

const WORDS: Readonly<Record<ExplanationStep['kind'], string>> = {
  policySet: 'policy set ',
  policy: 'policy ',
  rule: 'rule ',
  target: 'target',
  match: '',
  condition: 'condition ',
  obligation: 'obligation ',
  value: '',
}

/** An explanation as a tree for people. What decided is marked with `»`. */
export function printExplanation({ result, steps, missing }: Explanation): string {
  const { decision, status } = result
  const reason = status.message === undefined ? '' : `: ${status.message}`
  return [
    `${decision}${reason}`,
    ...steps.flatMap((step, i) => lines(step, '', i === steps.length - 1)),
    ...missing.map((attribute) => `missing: ${printMissing(attribute)}`),
  ].join('\n')
}

function lines(step: ExplanationStep, indent: string, isLast: boolean): string[] {
  const { kind, name, outcome, decisive, place, steps } = step
  const where = place === undefined || kind === 'value' || kind === 'match' || kind === 'target' ? '' : `  (${place})`
  const mark = decisive && /^(?:policySet|policy|rule)$/.test(kind) ? '» ' : ''
  const own = `${indent}${isLast ? '└─ ' : '├─ '}${mark}${WORDS[kind]}${name}: ${outcome}${where}`
  const inner = `${indent}${isLast ? '   ' : '│  '}`
  return [own, ...steps.flatMap((each, i) => lines(each, inner, i === steps.length - 1))]
}

const printMissing = ({ category, id, type, issuer }: MissingAttribute): string =>
  `${id} of ${category} (${type}${issuer === undefined ? '' : `, issued by ${issuer}`})`
