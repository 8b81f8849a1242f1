import type { Database, Mail, Platform, Queries, QueuedLetter, SqlRow } from 'viaduct'
import { printLetter, readLetter } from './stored-letter.ts'

const TABLES = [
  `CREATE TABLE letters (
    id TEXT PRIMARY KEY,
    message_id TEXT NOT NULL,
    about TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    letter TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    attempts BIGINT NOT NULL,
    error TEXT NOT NULL,
    due BIGINT NOT NULL,
    owner TEXT NOT NULL,
    leased BIGINT NOT NULL,
    created BIGINT NOT NULL
  )`,
  'CREATE INDEX letters_due ON letters (state, due)',
  'CREATE INDEX letters_about ON letters (about)',
]

const SHOWN = 'id, about, recipients, subject, state, attempts, error, due, created'
const MOST_SHOWN = 500

/** A letter that this process may deliver, until its lease ends. */
export interface ClaimedLetter {
  readonly id: string
  readonly messageId: string
  readonly mail: Mail
  /** This one included. */
  readonly attempts: number
  readonly owner: string
}

/**
 * Letters under way, in the database. A process takes some for a while (a lease), so that no two deliver one; what a process
 * that died had taken becomes free when the lease ends. The message id is given when a letter is queued, so that a receiver
 * recognises one that comes twice.
 */
export class Outbox {
  readonly #database: Database
  readonly #platform: Platform
  readonly #host: string

  constructor(database: Database, platform: Platform, host: string) {
    this.#database = database
    this.#platform = platform
    this.#host = host
  }

  /** Whether there may be letters; looking for them elsewhere would make the database. */
  get used(): boolean {
    return this.#database.exists()
  }

  /** Makes the tables; everything else needs them. */
  open(): Promise<void> {
    return this.#database.migrate('letters', TABLES)
  }

  async add(mail: Mail, about: string, within?: Queries): Promise<string> {
    if (within === undefined) await this.open()
    const queries = within ?? this.#database
    const id = this.#platform.uuid()
    const now = this.#platform.now()
    const recipients = [...mail.to, ...(mail.cc ?? []), ...(mail.bcc ?? [])]
    await queries.run(
      `INSERT INTO letters (id, message_id, about, recipients, subject, letter, state, attempts, error, due, owner, leased, created)
       VALUES (?, ?, ?, ?, ?, ?, 'queued', 0, '', ?, '', 0, ?)`,
      id,
      this.newMessageId(),
      about,
      JSON.stringify(recipients),
      mail.subject,
      printLetter(mail),
      now,
      now,
    )
    return id
  }

  newMessageId(): string {
    return `<${this.#platform.uuid()}@${this.#host}>`
  }

  /** Takes up to `most` letters that are due, for `lease` milliseconds. */
  async claim(most: number, lease: number): Promise<readonly ClaimedLetter[]> {
    const owner = this.#platform.uuid()
    const now = this.#platform.now()
    const taken = await this.#database.run(
      `UPDATE letters SET owner = ?, leased = ?, attempts = attempts + 1
       WHERE state = 'queued' AND leased <= ? AND id IN
         (SELECT id FROM letters WHERE state = 'queued' AND due <= ? AND leased <= ? ORDER BY due, created LIMIT ${most})`,
      owner,
      now + lease,
      now,
      now,
      now,
    )
    if (taken === 0) return []
    const sql = 'SELECT id, message_id, letter, attempts FROM letters WHERE owner = ? ORDER BY created'
    const rows = await this.#database.all(sql, owner)
    return rows.map((row) => ({
      id: String(row['id']),
      messageId: String(row['message_id']),
      mail: readLetter(String(row['letter'])),
      attempts: Number(row['attempts']),
      owner,
    }))
  }

  /** Keeps what was claimed together for longer. */
  async renew([first]: readonly ClaimedLetter[], lease: number): Promise<void> {
    if (first === undefined) return
    await this.#database.run('UPDATE letters SET leased = ? WHERE owner = ?', this.#platform.now() + lease, first.owner)
  }

  async sent({ id, owner }: ClaimedLetter): Promise<void> {
    await this.#settle('sent', '', this.#platform.now(), id, owner)
  }

  async failed({ id, owner }: ClaimedLetter, error: string): Promise<void> {
    await this.#settle('failed', error, this.#platform.now(), id, owner)
  }

  async later({ id, owner }: ClaimedLetter, error: string, pause: number): Promise<void> {
    await this.#settle('queued', error, this.#platform.now() + pause, id, owner)
  }

  /** When the next letter is due or becomes free; undefined when none waits. */
  async nextDue(): Promise<number | undefined> {
    const [row] = await this.#database.all(
      "SELECT MIN(CASE WHEN leased > due THEN leased ELSE due END) AS due FROM letters WHERE state = 'queued'",
    )
    const due = row?.['due']
    return typeof due === 'number' ? due : undefined
  }

  async letters(about?: string): Promise<readonly QueuedLetter[]> {
    if (!this.used) return []
    await this.open()
    const where = about === undefined ? '' : 'WHERE about = ?'
    const sql = `SELECT ${SHOWN} FROM letters ${where} ORDER BY created DESC, id LIMIT ${MOST_SHOWN}`
    return (await this.#database.all(sql, ...(about === undefined ? [] : [about]))).map(queuedLetter)
  }

  async letter(id: string): Promise<Mail | undefined> {
    if (!this.used) return undefined
    await this.open()
    const [row] = await this.#database.all('SELECT letter FROM letters WHERE id = ?', id)
    return row && readLetter(String(row['letter']))
  }

  async retry(id: string): Promise<boolean> {
    await this.open()
    const sql =
      "UPDATE letters SET state = 'queued', attempts = 0, due = ?, leased = 0 WHERE id = ? AND state = 'failed'"
    return (await this.#database.run(sql, this.#platform.now(), id)) === 1
  }

  /** Forgets letters that were sent before `time`. */
  async forget(time: number): Promise<void> {
    await this.#database.run("DELETE FROM letters WHERE state = 'sent' AND due < ?", time)
  }

  /** Only who holds the lease settles: a delivery that outlived it has been taken over by another. */
  async #settle(state: string, error: string, due: number, id: string, owner: string): Promise<void> {
    const sql = "UPDATE letters SET state = ?, error = ?, due = ?, owner = '', leased = 0 WHERE id = ? AND owner = ?"
    await this.#database.run(sql, state, error, due, id, owner)
  }
}

const queuedLetter = (row: SqlRow): QueuedLetter => ({
  id: String(row['id']),
  about: String(row['about']),
  to: JSON.parse(String(row['recipients'])) as string[],
  subject: String(row['subject']),
  state: row['state'] as QueuedLetter['state'],
  attempts: Number(row['attempts']),
  error: String(row['error']),
  created: Number(row['created']),
  due: Number(row['due']),
})
