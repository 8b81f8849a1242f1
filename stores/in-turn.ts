/** Runs pieces of work one after the other, in the order in which they came; one that fails does not stop the next. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }

  /** Resolves when nothing is waiting any more. */
  idle(): Promise<unknown> {
    return this.#last
  }
}
