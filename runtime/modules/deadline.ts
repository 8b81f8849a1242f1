/** Settles as `work` does, or rejects with `reason` after `milliseconds`; what `work` does later is ignored. */
export function withDeadline<T>(work: Promise<T>, milliseconds: number, reason: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${reason} within ${milliseconds} ms`)), milliseconds)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (thrown: unknown) => {
        clearTimeout(timer)
        // oxlint-disable-next-line prefer-promise-reject-errors -- whatever a module threw is passed on as it is
        reject(thrown)
      },
    )
  })
}
