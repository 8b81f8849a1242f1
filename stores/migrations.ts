import type { Queries } from 'viaduct'

const VERSIONS = 'CREATE TABLE IF NOT EXISTS schema_versions (area TEXT PRIMARY KEY, version INTEGER NOT NULL)'

/** Runs the steps of an area that have not run, inside a transaction that keeps other buses from doing the same. */
export async function migrate(queries: Queries, area: string, steps: readonly string[]): Promise<void> {
  await queries.run(VERSIONS)
  const [row] = await queries.all('SELECT version FROM schema_versions WHERE area = ?', area)
  const done = Number(row?.['version'] ?? 0)
  if (done > steps.length) throw new Error(`the tables of ${area} were made by a newer version (${done})`)
  for (const step of steps.slice(done)) await queries.run(step)
  await queries.run(
    'INSERT INTO schema_versions (area, version) VALUES (?, ?) ON CONFLICT (area) DO UPDATE SET version = excluded.version',
    area,
    steps.length,
  )
}
