import { describe, expect, test } from 'vitest'
import { EvaluationContext } from '../evaluation/context.ts'
import { Clock } from '../evaluation/clock.ts'
import {
  type Decision,
  DENY,
  DOUBTFUL,
  INDETERMINATE_D,
  INDETERMINATE_DP,
  INDETERMINATE_P,
  MATCH,
  NO_MATCH,
  NOT_APPLICABLE,
  type Outcome,
  PERMIT,
} from '../evaluation/outcome.ts'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import { type Child, POLICY_ALGORITHMS, RULE_ALGORITHMS } from './index.ts'

const NAMES: Readonly<Record<Decision, string>> = {
  [NOT_APPLICABLE]: 'N',
  [PERMIT]: 'P',
  [DENY]: 'D',
  [INDETERMINATE_P]: 'IP',
  [INDETERMINATE_D]: 'ID',
  [INDETERMINATE_DP]: 'IDP',
}
const ALL: readonly Decision[] = [NOT_APPLICABLE, PERMIT, DENY, INDETERMINATE_P, INDETERMINATE_D, INDETERMINATE_DP]

const context = () => new EvaluationContext([], new Clock(0), undefined)

const child = (decision: Decision, name = ''): Child => ({
  decide: (): Outcome => ({
    decision,
    status: decision >= INDETERMINATE_P ? { code: 'c', message: name } : undefined,
    obligations: decision === PERMIT || decision === DENY ? [{ id: name, assignments: [] }] : [],
    advice: [],
  }),
  matches: (inner) => {
    if (decision < INDETERMINATE_P) return decision === NOT_APPLICABLE ? NO_MATCH : MATCH
    inner.failure = new Indeterminate({ code: 'c', message: name })
    return DOUBTFUL
  },
})

/** Every list of up to three decisions. */
const lists = (): Decision[][] => {
  const shorter: Decision[][] = [[], ...ALL.map((one) => [one]), ...ALL.flatMap((a) => ALL.map((b) => [a, b]))]
  return [...shorter, ...ALL.flatMap((a) => ALL.flatMap((b) => ALL.map((c) => [a, b, c])))]
}

/** Appendix C of the standard, as its tables say it, without any short cut. */
const ORACLES: Readonly<Record<string, (decisions: readonly Decision[]) => string>> = {
  'deny-overrides': (decisions) => overrides(decisions, DENY, INDETERMINATE_D, PERMIT, INDETERMINATE_P),
  'permit-overrides': (decisions) => overrides(decisions, PERMIT, INDETERMINATE_P, DENY, INDETERMINATE_D),
  'deny-unless-permit': (decisions) => (decisions.includes(PERMIT) ? 'P' : 'D'),
  'permit-unless-deny': (decisions) => (decisions.includes(DENY) ? 'D' : 'P'),
  'first-applicable': (decisions) => NAMES[decisions.find((each) => each !== NOT_APPLICABLE) ?? NOT_APPLICABLE],
}

function overrides(
  decisions: readonly Decision[],
  wins: Decision,
  mayWin: Decision,
  loses: Decision,
  mayLose: Decision,
): string {
  const has = (decision: Decision): boolean => decisions.includes(decision)
  if (has(wins)) return NAMES[wins]
  if (has(INDETERMINATE_DP)) return 'IDP'
  if (has(mayWin) && (has(mayLose) || has(loses))) return 'IDP'
  if (has(mayWin)) return NAMES[mayWin]
  if (has(loses)) return NAMES[loses]
  return has(mayLose) ? NAMES[mayLose] : 'N'
}

const versions = (name: string): string => (name === 'first-applicable' ? '1.0' : '3.0')

describe.each([
  ['rule', RULE_ALGORITHMS],
  ['policy', POLICY_ALGORITHMS],
] as const)('%s-combining', (kind, algorithms) => {
  const find = (version: string, name: string) => {
    const algorithm = algorithms.get(`urn:oasis:names:tc:xacml:${version}:${kind}-combining-algorithm:${name}`)
    if (algorithm === undefined) throw new Error(`${version} ${name}`)
    return algorithm.combine
  }
  const combine = (version: string, name: string, decisions: readonly Decision[]): Outcome =>
    find(version, name)(
      decisions.map((decision, i) => child(decision, String(i))),
      context(),
    )

  test.each(Object.keys(ORACLES))('%s is what the standard says, for every list of up to three outcomes', (name) => {
    for (const decisions of lists())
      expect([decisions, NAMES[combine(versions(name), name, decisions).decision]]).toEqual([
        decisions,
        ORACLES[name]?.(decisions),
      ])
  })

  test.each(['deny-overrides', 'permit-overrides'])('ordered-%s decides as the unordered one', (name) => {
    for (const decisions of lists())
      expect(combine('3.0', `ordered-${name}`, decisions).decision).toBe(combine('3.0', name, decisions).decision)
  })

  test.each(Object.keys(ORACLES))('%s does not look at children that are not applicable', (name) => {
    for (const decisions of lists()) {
      const applicable = decisions.filter((decision) => decision !== NOT_APPLICABLE)
      expect(NAMES[combine(versions(name), name, decisions).decision]).toBe(
        NAMES[combine(versions(name), name, applicable).decision],
      )
    }
  })

  test('deny-overrides stops at the first Deny and keeps its obligations alone', () => {
    const outcome = combine('3.0', 'deny-overrides', [PERMIT, DENY, DENY])
    expect(outcome.obligations.map(({ id }) => id)).toEqual(['1'])
  })

  test.each([
    ['3.0', 'deny-overrides', PERMIT],
    ['3.0', 'permit-overrides', DENY],
    ['3.0', 'deny-unless-permit', DENY],
    ['3.0', 'permit-unless-deny', PERMIT],
  ] as const)('%s %s keeps the obligations of all children that agree', (version, name, decision) => {
    const outcome = combine(version, name, [decision, NOT_APPLICABLE, decision])
    expect(outcome.obligations.map(({ id }) => id)).toEqual(['0', '2'])
  })

  test('deny-unless-permit keeps nothing of an earlier decision', () => {
    combine('3.0', 'deny-unless-permit', [DENY])
    expect(combine('3.0', 'deny-unless-permit', []).obligations).toEqual([])
  })

  test('the reason of an Indeterminate is that of the first one', () => {
    expect(combine('3.0', 'deny-overrides', [INDETERMINATE_D, INDETERMINATE_D]).status?.message).toBe('0')
    expect(combine('3.0', 'deny-overrides', [PERMIT, INDETERMINATE_D]).status?.message).toBe('1')
    expect(combine('3.0', 'permit-overrides', [INDETERMINATE_DP, INDETERMINATE_P]).status?.message).toBe('0')
  })

  test('what is known under the old names decides the same where the standard did not change', () => {
    for (const decisions of lists().filter((each) => each.every((decision) => decision < INDETERMINATE_P)))
      for (const name of ['deny-overrides', 'permit-overrides']) {
        const newest = combine('3.0', name, decisions).decision
        expect(combine('1.0', name, decisions).decision).toBe(newest)
        expect(combine('1.1', `ordered-${name}`, decisions).decision).toBe(newest)
      }
  })
})

describe('algorithms for policies alone', () => {
  const run = (id: string, ...decisions: Decision[]): string => {
    const algorithm = [...POLICY_ALGORITHMS.values()].find((each) => each.id.endsWith(id))
    return NAMES[
      algorithm?.combine(
        decisions.map((decision) => child(decision)),
        context(),
      ).decision ?? NOT_APPLICABLE
    ]
  }

  test.each([
    [[], 'N'],
    [[NOT_APPLICABLE, PERMIT], 'P'],
    [[DENY, NOT_APPLICABLE], 'D'],
    [[PERMIT, PERMIT], 'IDP'],
    [[PERMIT, INDETERMINATE_P], 'IDP'],
    [[INDETERMINATE_D], 'IDP'],
  ] as const)('only-one-applicable of %j is %s', (decisions, expected) => {
    expect(run('1.0:policy-combining-algorithm:only-one-applicable', ...decisions)).toBe(expected)
  })

  test.each([
    [[NOT_APPLICABLE, PERMIT], 'P'],
    [[INDETERMINATE_D, PERMIT], 'P'],
    [[PERMIT, DENY], 'IDP'],
    [[INDETERMINATE_D, NOT_APPLICABLE], 'IDP'],
    [[], 'N'],
  ] as const)('only-one-matching of %j is %s', (decisions, expected) => {
    expect(run('only-one-matching', ...decisions)).toBe(expected)
  })

  test.each([
    [[PERMIT, INDETERMINATE_D], 'D'],
    [[INDETERMINATE_P], 'D'],
    [[PERMIT, NOT_APPLICABLE], 'P'],
    [[NOT_APPLICABLE], 'N'],
  ] as const)('legacy deny-overrides of policies %j is %s: an error denies', (decisions, expected) => {
    expect(run('1.0:policy-combining-algorithm:deny-overrides', ...decisions)).toBe(expected)
  })

  test.each([
    [[DENY, INDETERMINATE_P], 'D'],
    [[INDETERMINATE_P, NOT_APPLICABLE], 'IDP'],
    [[INDETERMINATE_P, PERMIT], 'P'],
    [[NOT_APPLICABLE], 'N'],
  ] as const)('legacy permit-overrides of policies %j is %s', (decisions, expected) => {
    expect(run('1.0:policy-combining-algorithm:permit-overrides', ...decisions)).toBe(expected)
  })

  test.each([
    [[PERMIT, DENY], 'D'],
    [[DENY, PERMIT], 'N'],
    [[DENY, PERMIT, PERMIT], 'P'],
    [[NOT_APPLICABLE, PERMIT, DENY], 'D'],
    [[INDETERMINATE_D, PERMIT, DENY], 'D'],
    [[INDETERMINATE_P, PERMIT, DENY], 'IDP'],
    [[INDETERMINATE_DP, PERMIT, PERMIT], 'IP'],
    [[INDETERMINATE_DP, DENY], 'ID'],
    [[INDETERMINATE_DP, NOT_APPLICABLE], 'N'],
    [[PERMIT], 'IDP'],
    [[PERMIT, PERMIT, PERMIT, PERMIT], 'IDP'],
  ] as const)('on-permit-apply-second of %j is %s', (decisions, expected) => {
    expect(run('on-permit-apply-second', ...decisions)).toBe(expected)
  })
})
