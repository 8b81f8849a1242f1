import type { Database, Platform, Queries, SqlRow, Workflow, WorkflowStatus, WorkflowTransition } from 'viaduct'

const TABLES = [
  `CREATE TABLE workflows (
    reference TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('CREATED', 'APPROVED', 'REJECTED', 'REGISTERED')),
    tenant TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    comment TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('', 'execute', 'complete')),
    attempts BIGINT NOT NULL,
    error TEXT NOT NULL,
    due BIGINT NOT NULL,
    owner TEXT NOT NULL,
    leased BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
  )`,
  `CREATE TABLE workflow_transitions (
    reference TEXT NOT NULL REFERENCES workflows (reference),
    status TEXT NOT NULL,
    actor TEXT NOT NULL,
    comment TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (reference, status)
  )`,
  'CREATE INDEX workflows_status ON workflows (status, created)',
  'CREATE INDEX workflows_step ON workflows (step, due)',
]

const MOST_LISTED = 500

/** A step that this process may do, until its lease ends. */
export interface ClaimedStep {
  readonly workflow: Workflow
  readonly owner: string
}

/** The facts of a workflow that is begun. */
export interface WorkflowFacts extends Pick<Workflow, 'type' | 'subject' | 'tenant' | 'payload'> {
  readonly reference: string
  readonly actor: string
}

/**
 * Workflows in the database. A status changes by a statement that names the one it changes from, so that of several who decide
 * one wins; the primary key of the transitions says the same once more.
 */
export class WorkflowStore {
  readonly #database: Database
  readonly #platform: Platform

  constructor(database: Database, platform: Platform) {
    this.#database = database
    this.#platform = platform
  }

  /** Whether there may be workflows; looking for them elsewhere would make the database. */
  get used(): boolean {
    return this.#database.exists()
  }

  /** Makes the tables; everything else needs them. */
  open(): Promise<void> {
    return this.#database.migrate('workflows', TABLES)
  }

  /** Keeps the workflow, with its step `execute` to be done. */
  async create(queries: Queries, facts: WorkflowFacts): Promise<void> {
    const { reference, type, subject, tenant, payload, actor } = facts
    const now = this.#platform.now()
    await queries.run(
      `INSERT INTO workflows
         (reference, type, status, tenant, subject, payload, comment, step, attempts, error, due, owner, leased, created, updated)
       VALUES (?, ?, 'CREATED', ?, ?, ?, '', 'execute', 0, '', ?, '', 0, ?, ?)`,
      reference,
      type,
      tenant,
      subject,
      JSON.stringify([...payload]),
      now,
      now,
      now,
    )
    await this.#note(queries, reference, 'CREATED', actor, '')
  }

  /** Changes the status from one to another, with the step `complete` to be done; false when it is not the one any more. */
  async change(
    queries: Queries,
    reference: string,
    from: WorkflowStatus,
    to: WorkflowStatus,
    actor: string,
    comment: string,
  ): Promise<boolean> {
    const now = this.#platform.now()
    const step = to === 'REGISTERED' ? '' : 'complete'
    const changed = await queries.run(
      `UPDATE workflows SET status = ?, comment = ?, step = ?, attempts = 0, error = '', due = ?, owner = '', leased = 0, updated = ?
       WHERE reference = ? AND status = ?`,
      to,
      comment,
      step,
      now,
      now,
      reference,
      from,
    )
    if (changed === 1) await this.#note(queries, reference, to, actor, comment)
    return changed === 1
  }

  /** Takes up to `most` steps that are due, for `lease` milliseconds; only that of `reference` when one is given. */
  async claim(most: number, lease: number, reference?: string): Promise<readonly ClaimedStep[]> {
    const owner = this.#platform.uuid()
    const now = this.#platform.now()
    const one = reference === undefined ? '' : 'AND reference = ?'
    const taken = await this.#database.run(
      `UPDATE workflows SET owner = ?, leased = ?, attempts = attempts + 1
       WHERE step <> '' AND leased <= ? AND reference IN
         (SELECT reference FROM workflows WHERE step <> '' AND due <= ? AND leased <= ? ${one} ORDER BY due LIMIT ${most})`,
      owner,
      now + lease,
      now,
      now,
      now,
      ...(reference === undefined ? [] : [reference]),
    )
    if (taken === 0) return []
    const rows = await this.#database.all('SELECT * FROM workflows WHERE owner = ?', owner)
    return rows.map((row) => ({ workflow: workflowOf(row), owner }))
  }

  /** Keeps what was claimed together for longer. */
  async renew({ owner }: ClaimedStep, lease: number): Promise<void> {
    await this.#database.run('UPDATE workflows SET leased = ? WHERE owner = ?', this.#platform.now() + lease, owner)
  }

  /** The step is done; false when its lease ended and somebody else has it. */
  async done(queries: Queries, { workflow, owner }: ClaimedStep): Promise<boolean> {
    const sql = `UPDATE workflows SET step = '', attempts = 0, error = '', owner = '', leased = 0 WHERE reference = ? AND owner = ?`
    return (await queries.run(sql, workflow.reference, owner)) === 1
  }

  /** The step failed and is due again after `pause`. */
  async later({ workflow, owner }: ClaimedStep, error: string, pause: number): Promise<void> {
    const sql = `UPDATE workflows SET error = ?, due = ?, owner = '', leased = 0 WHERE reference = ? AND owner = ?`
    await this.#database.run(sql, error.slice(0, 1000), this.#platform.now() + pause, workflow.reference, owner)
  }

  /** A step that waits is due now. */
  async hurry(reference: string): Promise<void> {
    await this.open()
    const sql = `UPDATE workflows SET due = ? WHERE reference = ? AND step <> ''`
    await this.#database.run(sql, this.#platform.now(), reference)
  }

  /** When the next step is due or becomes free; undefined when none waits. */
  async nextDue(): Promise<number | undefined> {
    const [row] = await this.#database.all(
      `SELECT MIN(CASE WHEN leased > due THEN leased ELSE due END) AS due FROM workflows WHERE step <> ''`,
    )
    const due = row?.['due']
    return typeof due === 'number' ? due : undefined
  }

  async get(reference: string): Promise<Workflow | undefined> {
    if (!this.used) return undefined
    await this.open()
    const [row] = await this.#database.all('SELECT * FROM workflows WHERE reference = ?', reference)
    return row && workflowOf(row)
  }

  async list({ status, type }: { readonly status?: string; readonly type?: string }): Promise<readonly Workflow[]> {
    if (!this.used) return []
    await this.open()
    const conditions = [status === undefined ? '' : 'status = ?', type === undefined ? '' : 'type = ?'].filter(Boolean)
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
    const rows = await this.#database.all(
      `SELECT * FROM workflows ${where} ORDER BY created DESC, reference LIMIT ${MOST_LISTED}`,
      ...[status, type].filter((each) => each !== undefined),
    )
    return rows.map(workflowOf)
  }

  async history(reference: string): Promise<readonly WorkflowTransition[]> {
    if (!this.used) return []
    await this.open()
    const rows = await this.#database.all(
      `SELECT * FROM workflow_transitions WHERE reference = ?
       ORDER BY CASE status WHEN 'CREATED' THEN 0 WHEN 'REGISTERED' THEN 2 ELSE 1 END`,
      reference,
    )
    return rows.map((row) => ({
      status: row['status'] as WorkflowStatus,
      actor: String(row['actor']),
      comment: String(row['comment']),
      at: Number(row['at']),
    }))
  }

  async #note(queries: Queries, reference: string, status: string, actor: string, comment: string): Promise<void> {
    await queries.run(
      'INSERT INTO workflow_transitions (reference, status, actor, comment, at) VALUES (?, ?, ?, ?, ?)',
      reference,
      status,
      actor,
      comment,
      this.#platform.now(),
    )
  }
}

const workflowOf = (row: SqlRow): Workflow => ({
  reference: String(row['reference']),
  type: String(row['type']),
  status: row['status'] as WorkflowStatus,
  tenant: String(row['tenant']),
  subject: String(row['subject']),
  payload: new Map(JSON.parse(String(row['payload'])) as [string, string][]),
  comment: String(row['comment']),
  created: Number(row['created']),
  updated: Number(row['updated']),
  step: row['step'] as Workflow['step'],
  attempts: Number(row['attempts']),
  error: String(row['error']),
})
