import type { X509Certificate } from 'node:crypto'

/** A secret that two parties share for a while (WS-SecureConversation 1.3, section 2). Times are milliseconds since the epoch. */
export interface SecurityContext {
  /** An absolute URI. */
  readonly identifier: string
  /** Tells the keys of one context apart; each renewal makes a new one. */
  readonly instance: string | undefined
  readonly secret: Buffer
  readonly created: number
  /** Exclusive. */
  readonly expires: number
  /** Whom it was made for. */
  readonly principal: string | undefined
  readonly certificate: X509Certificate | undefined
  /** The service that it was made with: it means nothing elsewhere. */
  readonly service: string
}

const MOST_CONTEXTS = 10_000
/** Keys of one context that are known at a time: messages with older ones are long answered. */
const MOST_INSTANCES = 4

/**
 * Security contexts of one bus, named in its state so that they survive reloads. Bounded: when it is full the oldest goes, whose
 * owner then has to begin anew. It lives in the process: several processes need clients that stay with one of them.
 */
export class SecurityContexts {
  readonly #contexts = new Map<string, SecurityContext[]>()
  readonly #most: number
  #count = 0

  constructor(most = MOST_CONTEXTS) {
    this.#most = most
  }

  get size(): number {
    return this.#count
  }

  add(context: SecurityContext, now: number): void {
    if (this.#count >= this.#most) this.#sweep(now)
    while (this.#count >= this.#most) this.#removeOldest()
    const before = this.#contexts.get(context.identifier) ?? []
    const instances = [...before.slice(1 - MOST_INSTANCES), context]
    // A context in use is younger than one that was made at the same time.
    this.#contexts.delete(context.identifier)
    this.#contexts.set(context.identifier, instances)
    this.#count += instances.length - before.length
  }

  /** The context with exactly this instance, as a token names it. Undefined when it is unknown or has expired. */
  find(
    { identifier, instance }: Pick<SecurityContext, 'identifier' | 'instance'>,
    now: number,
  ): SecurityContext | undefined {
    return living(
      this.#contexts.get(identifier)?.find((each) => each.instance === instance),
      now,
    )
  }

  /** The newest instance of a context, which a reference without instance means. */
  newest(identifier: string, now: number): SecurityContext | undefined {
    return living(this.#contexts.get(identifier)?.at(-1), now)
  }

  /** Forgets a context with all its instances. */
  remove(identifier: string): void {
    this.#count -= this.#contexts.get(identifier)?.length ?? 0
    this.#contexts.delete(identifier)
  }

  #sweep(now: number): void {
    for (const [identifier, instances] of this.#contexts) {
      const living = instances.filter(({ expires }) => now < expires)
      this.#count -= instances.length - living.length
      if (living.length === 0) this.#contexts.delete(identifier)
      else this.#contexts.set(identifier, living)
    }
  }

  #removeOldest(): void {
    const [oldest] = this.#contexts.keys()
    if (oldest !== undefined) this.remove(oldest)
  }
}

const living = (context: SecurityContext | undefined, now: number): SecurityContext | undefined =>
  context !== undefined && now < context.expires ? context : undefined
