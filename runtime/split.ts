import { addBranch, type Arrived, arriving, type Branch } from './branches.ts'
import type { MessageContext } from './context.ts'
import type { Exchange } from './exchange.ts'
import { Fault } from './fault.ts'
import type { Flow, Mediator } from './mediator.ts'
import { property, flag } from './properties.ts'

/** More parts than one exchange sensibly has, over all its splits. */
const MOST_PARTS = 100_000

/** Mediators that a part may run through in addition to those of the exchange (limit: steps). */
const STEPS_PER_PART = 100

/** How many branches of one split are under way at the same time; the others follow as these arrive. */
const MOST_AT_ONCE = 256

const STOP_ON_FAILURE = property(
  'STOP_TARGET_EXECUTION_ON_FAILURE',
  'default',
  flag,
  'The first failure of a sequential clone or iterate ends it.',
)

/** What the parts of one whole share: where `aggregate` gathers them again. It is collected with the last of them. */
export class SharedDataHolder {
  readonly #shared = new Map<unknown, unknown>()

  /** What the parts share under a key. */
  at<T>(key: unknown, create: () => T): T {
    const found = this.#shared.get(key)
    if (found !== undefined) return found as T
    const created = create()
    this.#shared.set(key, created)
    return created
  }
}

/** The holder of the split that made this message; undefined when none of that id did. */
export function sharedDataHolder(ctx: MessageContext, id: string | undefined): SharedDataHolder | undefined {
  const holder = ctx.properties.get('default', `EIP_SHARED_DATA_HOLDER${suffixOf(id)}`)
  return holder instanceof SharedDataHolder ? holder : undefined
}

export const suffixOf = (id: string | undefined): string => (id === undefined ? '' : `.${id}`)

/** One message for each part of a whole. */
export interface Parts {
  readonly count: number
  /** The message of a part, made when its turn has come. */
  readonly branch: (index: number) => MessageContext
  readonly target: (index: number) => Mediator
}

export interface Splitting {
  /** Pairs the split with the `aggregate` of the same id. */
  readonly id: string | undefined
  /** One after the other instead of beside each other. */
  readonly sequential: boolean
}

/**
 * Sends parts of a message on their ways, as branches of its flow. Each carries `messageSequence` and `aggregateCorelation`,
 * by which `aggregate` finds what belongs together (language reference 2.5).
 */
export function split(ctx: MessageContext, { count, branch, target }: Parts, { id, sequential }: Splitting): void {
  allow(ctx.exchange, count)
  const suffix = suffixOf(id)
  const holder = new SharedDataHolder()
  const correlation = ctx.services.platform.uuid()
  const stops = sequential && ctx.properties.read(STOP_ON_FAILURE) === true
  const window = sequential ? 1 : MOST_AT_ONCE
  const start = (index: number): Branch => {
    const part = branch(index)
    // COMPAT split-id: an aggregate without id gathers the parts of a split that has one, but does not know how many there are.
    part.properties.set('default', `messageSequence${suffix}`, `${index}/${count}`)
    for (const end of suffix === '' ? [''] : ['', suffix]) {
      part.properties.set('default', `aggregateCorelation${end}`, correlation)
      part.properties.set('default', `EIP_SHARED_DATA_HOLDER${end}`, holder)
    }
    return arriving(part, (part) => ended(target(index)(part), part))
  }
  let failed = false
  const branches: Branch[] = []
  for (let index = 0; index < count; index++) {
    const next = branches[index - window]?.then(({ flow }): Arrived | Branch => {
      failed ||= flow instanceof Fault
      return failed && stops ? { ctx: branch(index), flow: 'stop' } : start(index)
    })
    branches.push(next ?? start(index))
  }
  for (const each of branches) addBranch(ctx, each)
}

function allow(exchange: Exchange, count: number): void {
  exchange.parts += count
  if (exchange.parts > MOST_PARTS)
    throw new Fault('steps-exceeded', `the message was split into more than ${MOST_PARTS} parts`)
  exchange.steps -= count * STEPS_PER_PART
}

/** Only a branch that has taken up an answer goes on behind the mediator that split it off (language reference 1.4). */
function ended(flow: Flow | Promise<Flow>, part: MessageContext): Flow | Promise<Flow> {
  if (typeof flow !== 'string') return flow.then((late) => ended(late, part))
  return part.resumed ? flow : 'stop'
}
