import { Fault, type Mediator, type MessageContext, type Path, settled } from 'viaduct'

export interface GatherOptions {
  readonly condition: Path | undefined
  /** Milliseconds; 0: no limit of its own. */
  readonly timeout: number
  readonly least: number
  readonly most: number
  readonly parallel: boolean
}

/**
 * Runs each way on a copy of the message. Resolves to the copies that count, in the order of the ways, as soon as enough are
 * there or all have ended or the time is up. A way that fails or stops does not count; when too few do, the first failure is
 * that of the whole.
 */
export function gather(
  ctx: MessageContext,
  ways: readonly Mediator[],
  { condition, timeout, least, most, parallel }: GatherOptions,
): Promise<readonly MessageContext[]> {
  const copies = new Map<number, MessageContext>()
  let failure: Fault | undefined
  let done = false

  const run = async (way: Mediator, index: number): Promise<void> => {
    const copy = ctx.fork()
    try {
      const flow = await way(copy)
      await settled(copy)
      await copy.build()
      if (flow === 'continue' && condition?.boolean(copy) !== false) copies.set(index, copy)
    } catch (thrown) {
      failure ??= Fault.from(thrown)
      copy.log('WARN', 'scatter-gather', `sequence ${index + 1} failed: ${Fault.from(thrown).message}`)
    }
  }

  return new Promise((resolve, reject) => {
    const finish = (): void => {
      if (done) return
      done = true
      deadline?.cancel()
      const counted = [...copies].toSorted(([a], [b]) => a - b).map(([, copy]) => copy)
      if (counted.length >= Math.max(least, 1)) resolve(counted)
      else
        reject(
          failure ?? new Fault(0, `scatter-gather: ${counted.length} results are fewer than ${Math.max(least, 1)}`),
        )
    }
    const deadline = timeout > 0 ? ctx.services.deadlines.after(timeout, finish) : undefined
    const follow = async (way: Mediator, index: number): Promise<void> => {
      await run(way, index)
      if (copies.size >= most) finish()
    }
    // The exchange waits for ways that nobody waits for any more.
    ctx.exchange.own((parallel ? beside(ways, follow) : inTurn(ways, follow, () => done)).then(finish))
  })
}

type Follow = (way: Mediator, index: number) => Promise<void>

const beside = (ways: readonly Mediator[], follow: Follow): Promise<unknown> => Promise.all(ways.map(follow))

async function inTurn(ways: readonly Mediator[], follow: Follow, over: () => boolean): Promise<void> {
  for (const [index, way] of ways.entries()) {
    if (over()) return
    await follow(way, index)
  }
}
