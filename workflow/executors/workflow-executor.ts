import type { Mail, MailTemplate, User, Workflow, WorkflowStatus } from 'viaduct'
import { Work } from './work.ts'

/** What a step comes to. Nothing: the workflow waits for a decision, or is complete. */
export interface WorkflowResponse {
  /** A decision without anybody asked, or REGISTERED after an approval. */
  readonly status?: Exclude<WorkflowStatus, 'CREATED'>
  readonly comment?: string
}

/**
 * Does what belongs to one type of workflow. A module in `mediators/` extends this or a built-in one, and
 * `workflow-extensions.xml` names it; its `<Property>` elements go to setters (`setName`) or fields. One object serves one
 * step, so that fields may hold what the step needs.
 *
 * Changes of accounts and letters take effect together when `execute` or `complete` has returned, and not at all when it
 * throws: then the step is done again later. What a step does elsewhere (a call to another system) may therefore happen more
 * than once, and should bear it.
 */
export abstract class WorkflowExecutor {
  /** Tells modules that extend this from mediators. */
  static readonly extension = 'workflow-executor'

  #work: Work | undefined

  /** `AM_USER_SIGNUP` … */
  abstract getWorkflowType(): string

  /** Whether it can run workflows of that type; asked before anything else. */
  serves(type: string): boolean {
    return type === this.getWorkflowType()
  }

  /** Runs when the workflow is created: tells who decides, or decides at once. */
  async execute(_workflow: Workflow): Promise<WorkflowResponse | void> {}

  /** Runs when the decision is kept: `workflow.status` is APPROVED or REJECTED. */
  async complete(_workflow: Workflow): Promise<WorkflowResponse | void> {}

  /** Runs with {@link complete}: takes back what `execute` has put before others. */
  async cleanUpPendingTask(_reference: string): Promise<void> {}

  /** Workflows of this type in a status. */
  getWorkflowDetails(status: WorkflowStatus): Promise<readonly Workflow[]> {
    return this.work.supplies.list(status, this.getWorkflowType())
  }

  /** Queues a letter. */
  sendMail(mail: Mail): void {
    this.work.send(mail)
  }

  /** Queues a letter made from the template `name` of the home in the language of `locale`, else from `fallback`. */
  sendTemplate(
    name: string,
    to: string,
    values: Readonly<Record<string, string>>,
    options: { readonly locale?: string; readonly fallback: MailTemplate },
  ): void {
    const content = this.work.compose(name, new Map(Object.entries(values)), options.locale ?? '', options.fallback)
    this.work.send({ to: [to], ...content })
  }

  /** An account in whatever state; still there in `complete` of a rejected sign-up. */
  account(name: string): Promise<User | undefined> {
    return this.work.account(name)
  }

  log(text: string): void {
    this.work.supplies.log.log('INFO', 'workflow', text)
  }

  /** What the step works with. */
  protected get work(): Work {
    if (this.#work === undefined) throw new Error('an executor works only when the bus asks it to')
    return this.#work
  }

  /** Called by the bus before each step. */
  begin(work: Work): void {
    this.#work = work
  }
}
