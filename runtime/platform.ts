/**
 * Everything the engine takes from the world besides messages: clocks, ids and chance, in one injectable place, so that a
 * recorded message can be replayed and a test can own the clock.
 */
export interface Platform {
  /** Wall clock, milliseconds since the epoch: only for what leaves the process. */
  now(): number
  /** Monotonic clock, milliseconds: for every interval. */
  monotonic(): number
  uuid(): string
  random(): number
}

export const systemPlatform: Platform = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  uuid: () => crypto.randomUUID(),
  random: () => Math.random(),
}
