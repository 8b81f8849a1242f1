import {
  type Account,
  type AccountStore,
  type Database,
  type Logger,
  type Mail,
  type MailContent,
  MailFailure,
  type MailSender,
  type MailTemplate,
  type Queries,
  type Sender,
  type User,
  type UserStore,
  type Workflow,
  type WorkflowStatus,
} from 'viaduct'

/** What executors work with, the same for all of one deployment. */
export interface WorkSupplies {
  readonly users: UserStore
  readonly mail: MailSender
  readonly database: Database
  readonly log: Logger
  /** For `http` and `https`. */
  readonly sender: (scheme: string) => Sender | undefined
  readonly list: (status: WorkflowStatus, type: string) => Promise<readonly Workflow[]>
}

/**
 * What one step of one workflow does. Nothing happens while the executor runs: changes of accounts and letters are collected,
 * and committed together with the step when it has returned. A step that fails or dies has done nothing, and is done again.
 */
export class Work {
  readonly supplies: WorkSupplies
  readonly #effects: ((queries: Queries) => Promise<unknown>)[] = []
  readonly #reference: string

  constructor(supplies: WorkSupplies, reference: string) {
    this.supplies = supplies
    this.#reference = reference
  }

  /** The account in any state, as it is before this step. */
  async account(name: string): Promise<(User & Pick<Account, 'origin'>) | undefined> {
    const { users } = this.supplies
    return users.accounts === undefined ? users.find(name) : users.accounts.get(name)
  }

  /** Changes accounts when the step is committed. */
  change(change: (accounts: AccountStore, queries: Queries) => Promise<unknown>): void {
    const { accounts } = this.supplies.users
    if (accounts === undefined) throw new Error('the users of this home are not kept by the bus (identity.store)')
    this.#effects.push((queries) => change(accounts, queries))
  }

  /** Sends a letter when the step is committed. A letter that cannot be right is logged, and decides nothing. */
  send(mail: Mail): void {
    this.#effects.push(async (queries) => {
      try {
        await this.supplies.mail.queue(mail, this.#reference, queries)
      } catch (failure) {
        if (!(failure instanceof MailFailure)) throw failure
        this.supplies.log.log('ERROR', 'workflow', `a letter of the workflow ${this.#reference}: ${failure.message}`)
      }
    })
  }

  compose(name: string, values: ReadonlyMap<string, string>, locale: string, fallback: MailTemplate): MailContent {
    return this.supplies.mail.compose(name, values, { locale, fallback })
  }

  /** What must be done before the transaction of `commit` begins. */
  async prepare(): Promise<void> {
    if (this.#effects.length > 0) await this.supplies.mail.open()
  }

  async commit(queries: Queries): Promise<void> {
    for (const effect of this.#effects) await effect(queries)
  }
}
