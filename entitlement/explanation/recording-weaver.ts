import type { DataType } from '../data-types/index.ts'
import {
  DENY,
  INDETERMINATE_D,
  INDETERMINATE_DP,
  INDETERMINATE_P,
  MATCH,
  type Matching,
  NO_MATCH,
  NOT_APPLICABLE,
  type Outcome,
  PERMIT,
} from '../evaluation/outcome.ts'
import { printPlace, shortName } from '../policy/compilation.ts'
import type { Expression, Match } from '../policy/model.ts'
import type { Weaver } from '../policy/weaver.ts'
import type { Recording } from './recording.ts'

const DECISIONS: Readonly<Record<number, string>> = {
  [NOT_APPLICABLE]: 'NotApplicable',
  [PERMIT]: 'Permit',
  [DENY]: 'Deny',
  [INDETERMINATE_P]: 'Indeterminate{P}',
  [INDETERMINATE_D]: 'Indeterminate{D}',
  [INDETERMINATE_DP]: 'Indeterminate{DP}',
}

const LONGEST = 200

/** Wraps everything so that it is written down in whatever recording is current. */
export function recordingWeaver(current: () => Recording): Weaver {
  return {
    indexed: false,
    decide: (node, inner) => {
      const kind = 'kind' in node ? node.kind : 'rule'
      return (context) => current().step(kind, node.id, printPlace(node.at), () => inner(context), printOutcome)
    },
    target: (node, inner) => (context) =>
      current().step(
        'target',
        '',
        printPlace(node.at),
        () => inner(context),
        (matching) => printMatching(matching, context.failure?.message),
      ),
    match: (node, inner) => (context) =>
      current().step(
        'match',
        printMatch(node),
        printPlace(node.at),
        () => inner(context),
        (matching) => printMatching(matching, context.failure?.message),
      ),
    condition: (node, inner) => (context) =>
      current().step('condition', printExpression(node), printPlace(node.at), () => inner(context), String),
    expression:
      (node, { type, bag }, inner) =>
      (context) =>
        current().step(
          'value',
          printExpression(node),
          printPlace(node.at),
          () => inner(context),
          (value) => printValue(value, type, bag),
        ),
  }
}

function printOutcome({ decision, status }: Outcome): string {
  const reason = status?.message === undefined ? '' : `: ${status.message}`
  return `${DECISIONS[decision] ?? ''}${reason}`
}

function printMatching(matching: Matching, failure: string | undefined): string {
  if (matching === MATCH) return 'match'
  return matching === NO_MATCH ? 'no match' : `no answer: ${failure ?? 'unknown'}`
}

function printMatch({ function: { id }, literal, attribute }: Match): string {
  return `${shortName(id)}("${literal.value.text.trim()}", ${printExpression(attribute)})`
}

function printExpression(node: Expression): string {
  switch (node.kind) {
    case 'literal':
      return `"${node.value.text.trim()}"`
    case 'designator':
      return `${shortName(node.category)} ${shortName(node.id)}`
    case 'selector':
      return `path ${node.path}`
    case 'variable':
      return `$${node.id}`
    case 'function':
    case 'apply':
      return shortName(node.function.id)
  }
}

function printValue(value: unknown, type: DataType, bag: boolean): string {
  const one = (each: unknown): string => (type.name === 'string' ? JSON.stringify(each) : type.print(each))
  const text = bag ? `{${(value as readonly unknown[]).map(one).join(', ')}}` : one(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
