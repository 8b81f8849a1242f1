import type { ToolRun } from './kit.ts'
import type { Verdict } from './arena.ts'

interface SlowClients {
  readonly opened: number
  readonly closedByServer: number
  readonly stillOpenAtEnd: number
  readonly lifeMs: { readonly last: number | null }
  readonly good: { readonly ok: number; readonly errors: Readonly<Record<string, number>>; readonly p99: number | null }
  readonly rss: readonly number[]
  readonly fd: readonly number[]
  readonly serverFdsBeforeEnd: number | null
}

/** Milliseconds within which 99 % of the good requests are answered while bad clients are at work. */
const GOOD_P99 = { head: 100, body: 100, read: 250, idle: 100, storm: 500, abort: 500, half: 500 }

/** Connections to the back end that the bus may keep for later: as many as the tool had clients at a time. */
const POOLED = 200

/** The goals of the reliability table, rows 5, 6 and 11; the tool itself only measures. */
export function judgeSlowClients(attack: string, { code, output }: ToolRun): Verdict {
  const line = output.trim().split('\n').at(-1) ?? ''
  let seen: SlowClients
  try {
    seen = JSON.parse(line) as SlowClients
  } catch {
    return { ok: false, line: line || `ended with ${code}`, details: [] }
  }
  const problems: string[] = []
  const limit = GOOD_P99[attack as keyof typeof GOOD_P99] ?? 100
  const [before = 0, , after = 0] = seen.fd
  if (seen.good.ok === 0) problems.push('no good request was answered')
  if (Object.keys(seen.good.errors).length > 0)
    problems.push(`good requests failed: ${JSON.stringify(seen.good.errors)}`)
  if ((seen.good.p99 ?? Infinity) > limit) problems.push(`good requests have p99 ${seen.good.p99} ms, goal ${limit}`)
  if (after > before + POOLED && attack !== 'read') problems.push(`open files ${before} → ${after}`)
  if (attack === 'head' && seen.stillOpenAtEnd > 0) problems.push(`${seen.stillOpenAtEnd} slow heads are still open`)
  if (attack === 'head' && (seen.lifeMs.last ?? 0) > 6_500)
    problems.push(`a slow head lived ${seen.lifeMs.last} ms, goal 6000`)
  if (attack === 'read' && (seen.serverFdsBeforeEnd ?? 0) > before + seen.opened / 2)
    problems.push('readers that read nothing are still connected')
  const { opened, closedByServer, lifeMs, good, rss } = seen
  const summary = `opened ${opened}, closed by the bus ${closedByServer} (last after ${lifeMs.last} ms), good ${good.ok} p99 ${good.p99} ms, RSS ${rss.join(' → ')} MB, files ${seen.fd.join(' → ')} (${seen.serverFdsBeforeEnd} before the end)`
  return { ok: problems.length === 0, line: summary, details: problems.map((problem) => `FAIL ${problem}`) }
}
