import type { Database, Queries } from 'viaduct'

const VERSIONS = 'CREATE TABLE IF NOT EXISTS schema_versions (area TEXT PRIMARY KEY, version INTEGER NOT NULL)'

/**
 * Runs the steps of an area that have not run. The row of the area is locked first, so that of two buses that start at once
 * one waits for the other.
 */
export async function migrate(
  transaction: Database['transaction'],
  area: string,
  steps: readonly string[],
): Promise<void> {
  await transaction((queries) => queries.run(VERSIONS))
  await transaction(async (queries) => {
    await queries.run('INSERT INTO schema_versions (area, version) VALUES (?, 0) ON CONFLICT (area) DO NOTHING', area)
    await queries.run('UPDATE schema_versions SET version = version WHERE area = ?', area)
    const done = await versionOf(queries, area)
    if (done > steps.length) throw new Error(`the tables of ${area} were made by a newer version (${done})`)
    for (const step of steps.slice(done)) await queries.run(step)
    await queries.run('UPDATE schema_versions SET version = ? WHERE area = ?', steps.length, area)
  })
}

async function versionOf(queries: Queries, area: string): Promise<number> {
  const [row] = await queries.all('SELECT version FROM schema_versions WHERE area = ?', area)
  return Number(row?.['version'] ?? 0)
}
