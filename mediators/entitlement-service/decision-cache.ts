import {
  type CacheCounts,
  type DecisionRequest,
  type DecisionSource,
  type EntitlementDecision,
  type Platform,
  printXml,
  type Site,
} from 'viaduct'

/** More decisions than one mediator may keep. */
const MOST_ENTRIES = 10_000

/** What carbon's cache keeps when nothing is said. */
const CARBON_INTERVAL = 15 * 60_000

/** A question longer than this is not worth keeping. */
const LONGEST_KEY = 8192

interface Kept {
  readonly decision: EntitlementDecision
  readonly until: number
}

interface CacheLimits {
  /** Milliseconds. */
  readonly interval: number
  readonly entries: number
}

/** Decisions of one decision point by their questions: those asked for last, each for a while. */
export class DecisionCache {
  readonly #kept = new Map<string, Kept>()
  readonly #limits: CacheLimits
  readonly #platform: Platform
  readonly #counts: CacheCounts

  constructor(limits: CacheLimits, platform: Platform, counts: CacheCounts) {
    this.#limits = limits
    this.#platform = platform
    this.#counts = counts
  }

  get(question: string): EntitlementDecision | undefined {
    const kept = this.#kept.get(question)
    if (kept !== undefined) this.#kept.delete(question)
    if (kept === undefined || kept.until <= this.#platform.monotonic()) {
      this.#counts.misses++
      this.#counts.entries = this.#kept.size
      return undefined
    }
    this.#kept.set(question, kept)
    this.#counts.hits++
    return kept.decision
  }

  /** Keeps an answer, but none that is in doubt: it would outlive what made it doubtful. */
  set(question: string, decision: EntitlementDecision): void {
    if (decision.decision === 'Indeterminate') return
    this.#kept.delete(question)
    this.#kept.set(question, { decision, until: this.#platform.monotonic() + this.#limits.interval })
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#limits.entries) break
      this.#kept.delete(oldest)
    }
    this.#counts.entries = this.#kept.size
  }
}

/** The cache of a decision point; undefined: nothing is kept. */
export type DecisionCaches = (source: DecisionSource) => DecisionCache | undefined

interface CacheConfig {
  readonly cacheType: 'simple' | 'carbon' | undefined
  readonly invalidationInterval: number | undefined
  readonly maxCacheEntries: number | undefined
}

/** The caches of one mediator. They survive reloads that change neither its limits nor its decision point. */
export function compileCache({ cacheType, ...config }: CacheConfig, { linker, path, fail }: Site): DecisionCaches {
  if (cacheType === undefined) return () => undefined
  const carbon = cacheType === 'carbon'
  const interval = config.invalidationInterval ?? (carbon ? CARBON_INTERVAL : 0)
  const wanted = config.maxCacheEntries ?? (carbon ? MOST_ENTRIES : 0)
  const entries = wanted < 0 ? MOST_ENTRIES : Math.min(wanted, MOST_ENTRIES)
  if (interval <= 0 || entries === 0) {
    fail('attribute-idle', 'the cache keeps nothing: it needs invalidationInterval and maxCacheEntries above 0')
    return () => undefined
  }
  const { platform, metrics } = linker.services
  const caches = linker.state(
    `entitlement-cache:${path}`,
    `${interval} ${entries}`,
    () => new WeakMap<DecisionSource, DecisionCache>(),
  )
  return (source) => {
    let cache = caches.get(source)
    if (cache === undefined) {
      cache = new DecisionCache({ interval, entries }, platform, metrics.cache(`entitlement:${path}`))
      caches.set(source, cache)
    }
    return cache
  }
}

/** Identifiers that nearly every question has, each as a letter: no other text begins with one. */
const WELL_KNOWN: ReadonlyMap<string, string> = new Map([
  ['urn:oasis:names:tc:xacml:1.0:subject-category:access-subject', 'S'],
  ['urn:oasis:names:tc:xacml:1.0:subject:subject-id', 's'],
  ['urn:oasis:names:tc:xacml:3.0:attribute-category:action', 'A'],
  ['urn:oasis:names:tc:xacml:1.0:action:action-id', 'a'],
  ['urn:oasis:names:tc:xacml:3.0:attribute-category:resource', 'R'],
  ['urn:oasis:names:tc:xacml:1.0:resource:resource-id', 'r'],
  ['urn:oasis:names:tc:xacml:3.0:attribute-category:environment', 'E'],
  ['http://www.w3.org/2001/XMLSchema#string', 't'],
])

/**
 * All of a question in one text, the same in whatever order its parts came, and different for any two that differ: every part
 * says how long it is. Undefined when the question is too long to be kept.
 */
export function questionKey({ categories }: DecisionRequest): string | undefined {
  const parts: string[] = []
  for (const { category, content, attributes } of categories) {
    const about = named(category)
    if (content !== undefined) parts.push(`${about}<${sized(printXml(content))}`)
    for (const { id, issuer = '', values } of attributes)
      for (const { type, text } of values) parts.push(about + named(id) + named(type) + sized(text) + sized(issuer))
  }
  // Subject, action and resource alone always come in the same order.
  const key = (parts.length > 3 ? parts.sort() : parts).join('')
  return key.length > LONGEST_KEY ? undefined : key
}

const sized = (text: string): string => `${text.length}:${text}`
const named = (identifier: string): string => WELL_KNOWN.get(identifier) ?? sized(identifier)
