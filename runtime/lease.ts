/** How long work that was taken belongs to a process that is not heard of any more, milliseconds. */
export const LEASE = 10_000
const RENEWAL = 3_000

/** Does work that is leased, and renews the lease as long as it takes. */
export async function leased<T>(renew: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  // A renewal that fails is tried again; when all do, the lease ends and somebody else does the work as well.
  const timer = setInterval(() => void renew().catch(() => {}), RENEWAL)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
