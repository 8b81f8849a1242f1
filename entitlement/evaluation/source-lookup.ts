import type { AttributeSource, DecisionAttribute } from 'viaduct'
import type { AttributeKey, EvaluationContext } from './context.ts'
import { Indeterminate, PROCESSING_ERROR } from './indeterminate.ts'

const DEFAULT_TIMEOUT = 2000

/** Thrown through an evaluation that needs an attribute from far away; it starts again when `ready` is settled. */
export class Suspension extends Error {
  override readonly name = 'Suspension'
  readonly ready: Promise<void>

  constructor(ready: Promise<void>) {
    super('an attribute is being fetched')
    this.ready = ready
  }
}

/** The attribute sources of a decision point, by what they can find. */
export class AttributeSources {
  readonly #sources: readonly AttributeSource[]
  readonly #byKey = new Map<string, AttributeSource[]>()

  constructor(sources: readonly AttributeSource[]) {
    this.#sources = sources
    for (const source of sources)
      for (const id of source.attributes) {
        const key = keyOf(source.category, id)
        this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), source])
      }
  }

  get isEmpty(): boolean {
    return this.#sources.length === 0
  }

  /** In the order in which they were given. */
  of(category: string, id: string): readonly AttributeSource[] {
    return this.#byKey.get(keyOf(category, id)) ?? []
  }
}

const keyOf = (category: string, id: string): string => `${category}\n${id}`

type Tell = (message: string, cause: unknown) => void

type Answer = readonly DecisionAttribute[] | Indeterminate

/** What sources have said in one decision. Each is asked at most once for an attribute, the next one only when it found nothing. */
export class SourceLookup {
  readonly #sources: AttributeSources
  readonly #signal: AbortSignal | undefined
  readonly #failed: Tell
  readonly #answers = new Map<AttributeSource, Map<string, Answer>>()

  /** `failed` is told what is nobody's business but the operator's. */
  constructor(sources: AttributeSources, signal: AbortSignal | undefined, failed: Tell) {
    this.#sources = sources
    this.#signal = signal
    this.#failed = failed
  }

  /** Undefined when no source knows the attribute. Throws a Suspension until the sources have answered. */
  find({ category, id }: AttributeKey, context: EvaluationContext): readonly DecisionAttribute[] | undefined {
    let known: readonly DecisionAttribute[] | undefined
    for (const source of this.#sources.of(category, id)) {
      const answers = this.#answers.get(source)
      const answer = answers?.get(id) ?? this.#ask(source, id, context)
      if (answer instanceof Indeterminate) throw answer
      known = answer
      if (answer.length > 0) return answer
    }
    return known
  }

  #ask(source: AttributeSource, id: string, context: EvaluationContext): Answer {
    const abort = new AbortController()
    const query = {
      category: source.category,
      id,
      values: (category: string, wanted: string) => this.#texts(category, wanted, context),
      signal: this.#signal === undefined ? abort.signal : AbortSignal.any([abort.signal, this.#signal]),
    }
    try {
      const found = source.find(query)
      if (!(found instanceof Promise)) return this.#keep(source, id, found)
      throw new Suspension(this.#wait(source, id, found, abort))
    } catch (thrown) {
      if (thrown instanceof Suspension) throw thrown
      return this.#keep(source, id, this.#failure(source, thrown))
    }
  }

  async #wait(
    source: AttributeSource,
    id: string,
    found: Promise<readonly DecisionAttribute[]>,
    abort: AbortController,
  ): Promise<void> {
    const { timeout = DEFAULT_TIMEOUT } = source
    const late = Promise.withResolvers<never>()
    const timer = AbortSignal.timeout(timeout)
    const expire = () => late.reject(new Error(`it did not answer within ${timeout} ms`))
    timer.addEventListener('abort', expire, { once: true })
    this.#signal?.addEventListener('abort', expire, { once: true })
    try {
      this.#keep(source, id, await Promise.race([found, late.promise]))
    } catch (thrown) {
      this.#keep(source, id, this.#failure(source, thrown))
    } finally {
      timer.removeEventListener('abort', expire)
      this.#signal?.removeEventListener('abort', expire)
      abort.abort()
    }
  }

  #keep(source: AttributeSource, id: string, answer: Answer): Answer {
    const answers = this.#answers.get(source) ?? new Map<string, Answer>()
    this.#answers.set(source, answers)
    if (answer instanceof Indeterminate) {
      answers.set(id, answer)
      return answer
    }
    for (const other of new Set(answer.map((attribute) => attribute.id)))
      if (!answers.has(other) || other === id)
        answers.set(
          other,
          answer.filter((attribute) => attribute.id === other),
        )
    if (!answers.has(id)) answers.set(id, [])
    return answers.get(id) ?? []
  }

  /** Of the request first, then of what sources have found. */
  #texts(category: string, id: string, context: EvaluationContext): string[] {
    const given = context.categories.filter((each) => each.category === category).flatMap((each) => each.attributes)
    const found = [...this.#answers].flatMap(([source, answers]) => {
      const answer = source.category === category ? answers.get(id) : undefined
      return answer === undefined || answer instanceof Indeterminate ? [] : answer
    })
    return [...given.filter((each) => each.id === id), ...found].flatMap(({ values }) => values.map(({ text }) => text))
  }

  /** A client learns the name of the source only. */
  #failure({ name }: AttributeSource, thrown: unknown): Indeterminate {
    const message = `the attribute source ${name} failed`
    this.#failed(message, thrown)
    return new Indeterminate({ code: PROCESSING_ERROR, message })
  }
}
