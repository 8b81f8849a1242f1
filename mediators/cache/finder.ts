import { type Flow, type Mediator, type MessageContext } from 'viaduct'
import type { CacheKey } from './cache-key.ts'
import type { CachedAnswer, CacheStore } from './cache-store.ts'

/** What is kept and how long. */
export interface CacheRules {
  readonly milliseconds: number
  /** -1: no limit of its own. */
  readonly mostBytes: number
  readonly methods: (method: string) => boolean
  readonly statuses: (status: number) => boolean
  /** Cache-Control of the answer counts (RFC 9111, section 5.2.2). */
  readonly cacheControl: boolean
  /** An answer from memory carries Age. */
  readonly age: boolean
}

export interface FinderOptions {
  readonly store: CacheStore
  readonly key: CacheKey
  readonly onHit: Mediator
  readonly rules: CacheRules
}

/** What the finder leaves for the collector, in a property of the message. */
export class CacheQuestion {
  readonly store: CacheStore
  readonly key: string
  readonly rules: CacheRules
  /** What is there already and needs the word of the back end. */
  readonly stale: CachedAnswer | undefined

  constructor(store: CacheStore, key: string, rules: CacheRules, stale: CachedAnswer | undefined) {
    this.store = store
    this.key = key
    this.rules = rules
    this.stale = stale
  }
}

/** Default property with the {@link CacheQuestion}; it goes with the answer. */
export const QUESTION = 'CachableResponse'

/** Looks for an answer: one that is there ends the flow, else the collector will be told what was asked. */
export function compileFinder({ store, key, onHit, rules }: FinderOptions): Mediator {
  return (ctx) => {
    if (ctx.response || !rules.methods(ctx.exchange.arrival.method)) return 'continue'
    const hash = key(ctx)
    const found = store.get(hash, ctx.services.platform.monotonic())
    if (found !== undefined && !found.revalidate) return hit(ctx, found, onHit, rules)
    if (found?.etag !== undefined) ctx.message.headers.set('If-None-Match', found.etag)
    ctx.properties.set('default', QUESTION, new CacheQuestion(store, hash, rules, found))
    return 'continue'
  }
}

function hit(ctx: MessageContext, found: CachedAnswer, onHit: Mediator, rules: CacheRules): Flow | Promise<Flow> {
  const message = found.message.fork()
  if (rules.age) {
    const seconds = Math.floor((ctx.services.platform.monotonic() - found.since) / 1000)
    message.headers.set('Age', String(Math.max(0, seconds)))
  }
  const flow = onHit(ctx.answer(message))
  return typeof flow === 'string' ? 'stop' : flow.then((): Flow => 'stop')
}
