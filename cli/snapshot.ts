import type { Bus } from 'viaduct'

/** What one process tells about itself: plain data, so that a worker can send it to the process that answers for all. */
export interface Snapshot {
  /** Undefined while the bus takes requests. */
  readonly notReady: string | undefined
  /** First line of the diagnostics of the last refused change, until a change is taken. */
  readonly refusedChange: string | undefined
  /** Number of the current deployment; 0 before the first. */
  readonly deployment: number
  /** Sums and gauges that can be added over processes. */
  readonly arrivals: number
  readonly refused: number
  readonly reloads: number
  readonly reloadsRefused: number
  readonly inFlight: number
  readonly bodyBytes: number
  readonly answers: readonly (readonly [status: string, count: number])[]
  readonly faults: readonly (readonly [code: string, count: number])[]
  readonly cacheHits: readonly (readonly [cache: string, count: number])[]
  readonly cacheMisses: readonly (readonly [cache: string, count: number])[]
  readonly cacheEntries: readonly (readonly [cache: string, count: number])[]
  /** Resident set, bytes. */
  readonly memory: number
  /** Event-loop delay, 90th percentile, seconds. */
  readonly loopDelay: number
}

export interface ServerState {
  readonly notReady: string | undefined
  readonly refusedChange: string | undefined
  readonly loopDelay: number
}

export function snapshotOf({ services, deployment }: Bus, state: ServerState): Snapshot {
  const { metrics, bodies } = services
  return {
    ...state,
    deployment: deployment?.number ?? 0,
    arrivals: metrics.arrivals,
    refused: metrics.refused,
    reloads: metrics.reloads,
    reloadsRefused: metrics.reloadsRefused,
    inFlight: deployment?.inFlight ?? 0,
    bodyBytes: bodies.used,
    answers: [...metrics.answers].map(([status, count]) => [String(status), count]),
    faults: [...metrics.faults],
    cacheHits: [...metrics.caches].map(([name, { hits }]) => [name, hits]),
    cacheMisses: [...metrics.caches].map(([name, { misses }]) => [name, misses]),
    cacheEntries: [...metrics.caches].map(([name, { entries }]) => [name, entries]),
    memory: process.memoryUsage.rss(),
  }
}

/** One readiness of all processes: ready as long as one takes requests; what is wrong anywhere is told. */
export function readinessOf(snapshots: readonly Snapshot[]) {
  const reasons = snapshots.flatMap(({ notReady }) => notReady ?? [])
  const ready = reasons.length < snapshots.length
  return {
    ready,
    body: {
      status: ready ? 'ready' : 'not ready',
      reason: reasons[0] ?? (snapshots.length === 0 ? STARTING : undefined),
      deployment: Math.max(0, ...snapshots.map(({ deployment }) => deployment)) || undefined,
      refusedChange: snapshots.find(({ refusedChange }) => refusedChange !== undefined)?.refusedChange,
    },
  }
}

export const STARTING = 'the bus is starting or stopping'

type Values = Iterable<readonly [labels: string, value: number]>

interface Family {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly help: string
  readonly values: (snapshots: readonly Snapshot[]) => Values
}

const family = (name: string, kind: Family['kind'], help: string, values: Family['values']): Family => ({
  name,
  kind,
  help,
  values,
})

/** Numbers that can be added over processes. */
type Sum = 'arrivals' | 'refused' | 'reloads' | 'reloadsRefused' | 'inFlight' | 'bodyBytes'

const sum = (snapshots: readonly Snapshot[], of: Sum): number =>
  snapshots.reduce((total, snapshot) => total + snapshot[of], 0)

const total =
  (of: Sum): Family['values'] =>
  (snapshots) => [['', sum(snapshots, of)]]

const each =
  (of: 'memory' | 'loopDelay'): Family['values'] =>
  (snapshots) =>
    snapshots.map((snapshot, i) => [snapshots.length > 1 ? `{worker="${i + 1}"}` : '', snapshot[of]])

const FAMILIES: readonly Family[] = [
  family('viaduct_arrivals_total', 'counter', 'Requests that reached mediation.', total('arrivals')),
  family(
    'viaduct_refused_total',
    'counter',
    'Requests refused before mediation (overload, shutdown).',
    total('refused'),
  ),
  family('viaduct_answers_total', 'counter', 'Answers by HTTP status.', added('status', 'answers')),
  family('viaduct_faults_total', 'counter', 'Faults by code.', added('code', 'faults')),
  family('viaduct_cache_hits_total', 'counter', 'Questions that a cache answered.', added('cache', 'cacheHits')),
  family('viaduct_cache_misses_total', 'counter', 'Questions that it did not.', added('cache', 'cacheMisses')),
  family('viaduct_cache_entries', 'gauge', 'Answers that a cache keeps.', added('cache', 'cacheEntries')),
  family('viaduct_in_flight', 'gauge', 'Exchanges under way in the current deployment.', total('inFlight')),
  family('viaduct_body_bytes', 'gauge', 'Bytes of bodies that are in memory (limits.bodies).', total('bodyBytes')),
  family('viaduct_deployment', 'gauge', 'Number of the current deployment.', (snapshots) => [
    ['', Math.max(0, ...snapshots.map(({ deployment }) => deployment))],
  ]),
  family('viaduct_reloads_total', 'counter', 'Changes of the home by outcome.', (snapshots) => [
    ['{outcome="taken"}', sum(snapshots, 'reloads')],
    ['{outcome="refused"}', sum(snapshots, 'reloadsRefused')],
  ]),
  family('process_resident_memory_bytes', 'gauge', 'Resident set.', each('memory')),
  family('nodejs_eventloop_delay_seconds', 'gauge', 'Event-loop delay, 90th percentile.', each('loopDelay')),
]

/** Prometheus text format, version 0.0.4. Counters are sums over all processes; memory and delay are told of each. */
export function printMetrics(snapshots: readonly Snapshot[]): string {
  const lines = FAMILIES.flatMap(({ name, kind, help, values }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${kind}`,
    ...[...values(snapshots)].map(([labels, value]) => `${name}${labels} ${value}`),
  ])
  return `${lines.join('\n')}\n`
}

type Counted = 'answers' | 'faults' | 'cacheHits' | 'cacheMisses' | 'cacheEntries'

function added(label: string, of: Counted): Family['values'] {
  return (snapshots) => {
    const sums = new Map<string, number>()
    for (const [value, count] of snapshots.flatMap((snapshot) => snapshot[of])) {
      const labels = `{${label}="${value.replaceAll(/["\\\n]/g, '_')}"}`
      sums.set(labels, (sums.get(labels) ?? 0) + count)
    }
    return sums
  }
}
