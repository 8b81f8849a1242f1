import type { Arrival, Entrance, Route } from 'viaduct'
import type { ApiService } from './api-service.ts'

/**
 * Finds the API for an arrival: those with a version first, then by length of context, longest first (language reference 3.6).
 * APIs are looked up by the first segment of the path, so that their number costs nothing.
 */
export class ApiEntrance implements Entrance {
  readonly #bySegment = new Map<string, readonly ApiService[]>()
  readonly #root: readonly ApiService[]

  constructor(apis: Iterable<ApiService>) {
    const sorted = [...apis].sort(order)
    this.#root = sorted.filter(({ context }) => context === '')
    for (const segment of new Set(sorted.map(({ context }) => firstSegment(context)))) {
      this.#bySegment.set(
        segment,
        sorted.filter(({ context }) => context === '' || firstSegment(context) === segment),
      )
    }
  }

  match(arrival: Arrival): Route | undefined {
    const candidates = this.#bySegment.get(firstSegment(arrival.target)) ?? this.#root
    for (const api of candidates) {
      const route = api.match(arrival)
      if (route !== undefined) return route
    }
    return undefined
  }
}

function order(a: ApiService, b: ApiService): number {
  const versioned = Number(b.versionType !== undefined) - Number(a.versionType !== undefined)
  return versioned === 0 ? b.context.length - a.context.length : versioned
}

/** From the slash at the start to the next one, or to the query. */
function firstSegment(path: string): string {
  for (let i = 1; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code === 0x2f || code === 0x3f) return path.slice(0, i)
  }
  return path
}
