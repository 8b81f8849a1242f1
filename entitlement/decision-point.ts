import type {
  DecisionCategory,
  DecisionPoint,
  DecisionRequest,
  DecisionResult,
  DecisionStatus,
  Explanation,
  ResourceHierarchy,
  Verdict,
} from 'viaduct'
import { Clock, type TimeRule } from './evaluation/clock.ts'
import { EvaluationContext } from './evaluation/context.ts'
import { Indeterminate, OK, PROCESSING_ERROR } from './evaluation/indeterminate.ts'
import {
  DENY,
  indeterminate,
  INDETERMINATE_D,
  INDETERMINATE_DP,
  INDETERMINATE_P,
  type Outcome,
  PERMIT,
  NOT_APPLICABLE,
} from './evaluation/outcome.ts'
import { type AttributeSources, SourceLookup, Suspension } from './evaluation/source-lookup.ts'
import { refusal } from './refusal.ts'
import { combinedResult } from './request/combined-result.ts'
import { type Question, questionsOf } from './request/questions.ts'
import type { Evaluable } from './policy/compile-rule.ts'
import { Recording } from './explanation/recording.ts'

export interface DecisionPointParts {
  /** The policy that decides; its explaining form is made when it is first asked for. */
  readonly root: Evaluable
  readonly explaining: (recording: () => Recording) => Evaluable
  readonly sources: AttributeSources
  readonly hierarchy: ResourceHierarchy | undefined
  readonly now: () => number
  readonly timeRule: TimeRule
  /** Told what went wrong that is nobody's business but the operator's. */
  readonly failed: (message: string, cause: unknown) => void
}

/** Evaluations that may be started again because an attribute had to be fetched; a policy that needs more goes in circles. */
const MOST_ROUNDS = 200

const OK_STATUS: DecisionStatus = { code: OK }

/** Decides by compiled policies. Holds no state but them: it can decide any number of requests at once. */
export class PolicyDecisionPoint implements DecisionPoint {
  readonly #parts: DecisionPointParts
  #explaining: { readonly root: Evaluable; recording: Recording } | undefined

  constructor(parts: DecisionPointParts) {
    this.#parts = parts
  }

  decide(
    request: DecisionRequest,
    signal?: AbortSignal,
  ): readonly DecisionResult[] | Promise<readonly DecisionResult[]> {
    return this.#each(
      request,
      (question) => this.#answer(question, request, signal),
      (results) => (request.combined === true ? [combinedResult(results)] : results),
      (status) => [refusal(status)],
    )
  }

  explain(request: DecisionRequest, signal?: AbortSignal): readonly Explanation[] | Promise<readonly Explanation[]> {
    return this.#each(
      request,
      (question) => this.#explanation(question, request, signal),
      (explanations) => explanations,
      (status) => [{ result: refusal(status), steps: [], missing: [] }],
    )
  }

  #each<T>(
    request: DecisionRequest,
    answer: (question: Question) => T | Promise<T>,
    done: (answers: readonly T[]) => readonly T[],
    refused: (status: DecisionStatus) => readonly T[],
  ): readonly T[] | Promise<readonly T[]> {
    const failed = (thrown: unknown): readonly T[] => refused(this.#statusOf(thrown))
    try {
      const questions = questionsOf(request, this.#parts.hierarchy)
      if (questions instanceof Promise) return questions.then((all) => inTurn(all, answer)).then(done, failed)
      const [only] = questions
      if (only !== undefined && questions.length === 1) {
        const result = answer(only)
        return result instanceof Promise ? result.then((value) => done([value])) : done([result])
      }
      const answers = inTurn(questions, answer)
      return answers instanceof Promise ? answers.then(done) : done(answers)
    } catch (thrown) {
      return failed(thrown)
    }
  }

  #context(question: Question, request: DecisionRequest, signal: AbortSignal | undefined): EvaluationContext {
    const { sources, now, timeRule, failed } = this.#parts
    const lookup = sources.isEmpty ? undefined : new SourceLookup(sources, signal, failed)
    return new EvaluationContext(question, new Clock(now(), timeRule), lookup, request.returnPolicyIds)
  }

  #answer(question: Question, request: DecisionRequest, signal: AbortSignal | undefined) {
    const context = this.#context(question, request, signal)
    return this.#evaluate(context, this.#parts.root, (outcome) => resultOf(outcome, context))
  }

  #explanation(question: Question, request: DecisionRequest, signal: AbortSignal | undefined) {
    const context = this.#context(question, request, signal)
    const recording = new Recording(context)
    const explaining = (this.#explaining ??= this.#compileExplaining(recording))
    const root: Evaluable = {
      ...explaining.root,
      decide: (inner) => {
        // Nothing is awaited inside of one evaluation, so the recording is that of nobody else.
        explaining.recording = recording
        recording.restart()
        return explaining.root.decide(inner)
      },
    }
    return this.#evaluate(context, root, (outcome) => recording.explanation(resultOf(outcome, context)))
  }

  #compileExplaining(recording: Recording) {
    const explaining: { root: Evaluable; recording: Recording } = { root: this.#parts.root, recording }
    explaining.root = this.#parts.explaining(() => explaining.recording)
    return explaining
  }

  /** Evaluates until no attribute has to be waited for. */
  #evaluate<T>(
    context: EvaluationContext,
    { decide }: Evaluable,
    done: (outcome: Outcome) => T,
    rounds = 0,
  ): T | Promise<T> {
    try {
      if (context.applied !== undefined) context.applied.length = 0
      return done(decide(context))
    } catch (thrown) {
      if (thrown instanceof Suspension && rounds < MOST_ROUNDS)
        return thrown.ready.then(() => this.#evaluate(context, { decide } as Evaluable, done, rounds + 1))
      return done(indeterminate(INDETERMINATE_DP, this.#statusOf(thrown)))
    }
  }

  #statusOf(thrown: unknown): DecisionStatus {
    if (thrown instanceof Indeterminate) return thrown.status
    this.#parts.failed('a decision failed', thrown)
    return { code: PROCESSING_ERROR, message: 'the decision failed' }
  }
}

/** One after the other, waiting only where one has to. */
function inTurn<Q, T>(questions: readonly Q[], answer: (question: Q) => T | Promise<T>): T[] | Promise<T[]> {
  const answers = questions.map(answer)
  return answers.some((each) => each instanceof Promise) ? Promise.all(answers) : (answers as T[])
}

const VERDICTS: Readonly<Record<number, Verdict>> = {
  [NOT_APPLICABLE]: 'NotApplicable',
  [PERMIT]: 'Permit',
  [DENY]: 'Deny',
}

const DOUBTS: Readonly<Record<number, 'P' | 'D' | 'DP'>> = {
  [INDETERMINATE_P]: 'P',
  [INDETERMINATE_D]: 'D',
  [INDETERMINATE_DP]: 'DP',
}

function resultOf({ decision, status, obligations, advice }: Outcome, context: EvaluationContext): DecisionResult {
  const verdict = VERDICTS[decision]
  return {
    decision: verdict ?? 'Indeterminate',
    indeterminate: DOUBTS[decision],
    status: verdict === undefined ? (status ?? { code: PROCESSING_ERROR }) : OK_STATUS,
    obligations,
    advice,
    attributes: includedIn(context.categories),
    policies: context.applied ?? [],
  }
}

/** What the request wants back. */
function includedIn(categories: Question): readonly DecisionCategory[] {
  let included: DecisionCategory[] | undefined
  for (const category of categories) {
    if (!category.attributes.some(({ includeInResult }) => includeInResult === true)) continue
    const attributes = category.attributes.filter(({ includeInResult }) => includeInResult === true)
    ;(included ??= []).push({ category: category.category, id: category.id, attributes })
  }
  return included ?? []
}
