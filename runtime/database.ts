/** What a column holds. Times are milliseconds since the epoch, flags 0 or 1, structures JSON text. */
export type SqlValue = string | number | null

export type SqlRow = Readonly<Record<string, SqlValue>>

/** Runs statements in the SQL that SQLite and PostgreSQL share; `?` stands for a value. Rejects when the database refuses. */
export interface Queries {
  all(sql: string, ...values: readonly SqlValue[]): Promise<readonly SqlRow[]>
  /** Resolves to the number of rows that were changed. */
  run(sql: string, ...values: readonly SqlValue[]): Promise<number>
}

/** The database of the bus: a file of the home, or a server that several buses share. */
export interface Database extends Queries {
  /** False while nothing has ever been kept: who only looks need not create it. */
  exists(): boolean
  /** Everything or nothing: durable when it resolves, undone when `work` rejects. Work waits for nothing but its queries. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** Brings the tables of one area to the newest form: runs those of `steps` that have not run before, in order. */
  migrate(area: string, steps: readonly string[]): Promise<void>
}
