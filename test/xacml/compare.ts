import type { Assignment, DecisionCategory, DecisionResult, DecisionValue, Obligation } from 'viaduct'

export interface Comparison {
  /** Of a version of 2.0: there are neither attributes nor policies in a result. */
  readonly old: boolean
}

/** How results differ from those expected by the rules of the corpus; undefined when they do not. */
export function difference(
  actual: readonly DecisionResult[],
  expected: readonly DecisionResult[],
  { old }: Comparison,
): string | undefined {
  const [mine, theirs] = [actual, expected].map((results) => results.map((each) => printed(each, old)))
  const left = [...(mine ?? [])]
  const missing = (theirs ?? []).filter((each) => {
    const at = left.indexOf(each)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  if (left.length === 0 && missing.length === 0) return undefined
  return `got ${left.join(' ; ') || 'nothing'} instead of ${missing.join(' ; ') || 'nothing'}`
}

/** A result as one text that is the same for equal results. */
function printed(result: DecisionResult, old: boolean): string {
  const { decision, status, obligations, advice, attributes, policies } = result
  const parts = [
    decision,
    status.code.slice(status.code.lastIndexOf(':') + 1),
    set('obligations', obligations.map(printedObligation)),
    set('advice', advice.map(printedObligation)),
    ...(old
      ? []
      : [
          set('attributes', attributes.map(printedCategory)),
          set(
            'policies',
            policies.map(({ id }) => id),
          ),
        ]),
  ]
  return parts.filter((part) => part !== '').join(' ')
}

const set = (name: string, members: readonly string[]): string =>
  members.length === 0 ? '' : `${name}{${[...new Set(members)].toSorted().join(', ')}}`

const printedObligation = ({ id, assignments }: Obligation): string =>
  `${id}(${assignments.map(printedAssignment).toSorted().join(', ')})`

function printedAssignment({ attribute, category, issuer, value }: Assignment): string {
  const owner = [category, issuer].filter((each) => each !== undefined).join('|')
  return `${attribute}${owner === '' ? '' : `[${owner}]`}=${printedValue(value)}`
}

const printedValue = ({ type, text }: DecisionValue): string => `${type.slice(type.search(/[^#:]*$/))}:${text.trim()}`

function printedCategory({ category, attributes }: DecisionCategory): string {
  const inner = attributes.map(({ id, values }) => `${id}=${values.map(printedValue).toSorted().join('+')}`)
  return `${category}(${inner.toSorted().join(', ')})`
}
