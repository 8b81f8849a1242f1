import type { DecisionResult, Explanation, ExplanationStep, MissingAttribute } from 'viaduct'
import type { EvaluationContext } from '../evaluation/context.ts'

type Kind = ExplanationStep['kind']

interface OpenStep {
  readonly kind: Kind
  readonly name: string
  readonly place: string | undefined
  readonly steps: ExplanationStep[]
}

/** Nobody reads more steps than this; further ones are counted. */
const MOST_STEPS = 10_000

/** The steps of one evaluation, written down while it runs. */
export class Recording {
  readonly #missing = new Set<MissingAttribute>()
  #open: OpenStep[] = []
  #done: ExplanationStep[] = []
  #count = 0

  constructor(context: EvaluationContext) {
    context.missing = this.#missing
  }

  /** The evaluation starts again, because an attribute had to be fetched. */
  restart(): void {
    this.#open = []
    this.#done = []
    this.#count = 0
    this.#missing.clear()
  }

  /** Runs a step; what runs inside of it becomes a step of it. */
  step<T>(kind: Kind, name: string, place: string | undefined, work: () => T, outcome: (value: T) => string): T {
    const step: OpenStep = { kind, name, place, steps: [] }
    this.#open.push(step)
    try {
      const value = work()
      this.#close(step, outcome(value))
      return value
    } catch (thrown) {
      this.#close(step, `no value: ${thrown instanceof Error ? thrown.message : 'unknown'}`)
      throw thrown
    }
  }

  explanation(result: DecisionResult): Explanation {
    // Many policies look for the same attribute.
    const missing = new Map([...this.#missing].map((each) => [JSON.stringify(each), each]))
    return { result, steps: this.#done, missing: [...missing.values()] }
  }

  #close({ kind, name, place, steps }: OpenStep, outcome: string): void {
    this.#open.pop()
    if (++this.#count > MOST_STEPS) return
    const decision = decisionIn(outcome)
    const marked = steps.map((step) => ({
      ...step,
      decisive: decision !== '' && decisionIn(step.outcome) === decision,
    }))
    const parent = this.#open.at(-1)?.steps ?? this.#done
    parent.push({ kind, name, outcome, decisive: this.#open.length === 0, place, steps: marked })
  }
}

/** `Permit` of `Permit`, `Indeterminate` of `Indeterminate{D}: …`; '' of everything that is no decision. */
const decisionIn = (outcome: string): string => /^(?:Permit|Deny|Indeterminate)/.exec(outcome)?.[0] ?? ''
