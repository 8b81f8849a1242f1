import type { Arrival, Entrance, Report, Route } from 'viaduct'
import type { ApiService } from './api-service.ts'

/**
 * Finds the API for an arrival: those with a version first, then by length of context, longest first (language reference 3.6).
 * APIs are looked up by the first segment of the path, so that their number costs nothing.
 */
export class ApiEntrance implements Entrance {
  readonly #bySegment = new Map<string, readonly ApiService[]>()
  readonly #root: readonly ApiService[]

  constructor(apis: Iterable<ApiService>, report: Report) {
    const sorted = [...apis].sort(order)
    reportClashes(sorted, report)
    this.#root = sorted.filter(({ context }) => context === '')
    for (const segment of new Set(sorted.map(({ context }) => firstSegment(context)))) {
      this.#bySegment.set(
        segment,
        sorted.filter(({ context }) => context === '' || firstSegment(context) === segment),
      )
    }
  }

  match(arrival: Arrival): Route | undefined {
    return arrival.inbound === undefined ? this.matchFor('default', arrival) : undefined
  }

  /** `binding`: the name of an inbound endpoint, or `default` for what the standard listeners reach. */
  matchFor(binding: string, arrival: Arrival): Route | undefined {
    const candidates = this.#bySegment.get(firstSegment(arrival.target)) ?? this.#root
    for (const api of candidates) {
      const route = api.match(arrival, binding)
      if (route !== undefined) return route
    }
    return undefined
  }
}

/** Two APIs for the same requests: the second would never be reached. */
function reportClashes(apis: readonly ApiService[], report: Report): void {
  const byContext = Map.groupBy(apis, ({ context }) => context)
  for (const [context, group] of byContext) {
    for (const [i, api] of group.entries()) {
      const other = group.slice(0, i).find((each) => each.clashes(api))
      if (other === undefined) continue
      const { file, line, column } = other.at
      report(
        'name-duplicate',
        api.at,
        `the context ${context === '' ? '/' : context} is taken by the API "${other.name}" at ${file}:${line}:${column}`,
      )
    }
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
