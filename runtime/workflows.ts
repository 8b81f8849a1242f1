import type { Queries } from './database.ts'

/** Where a workflow stands. It changes once from CREATED to APPROVED or REJECTED; REGISTERED can follow APPROVED. */
export type WorkflowStatus = 'CREATED' | 'APPROVED' | 'REJECTED' | 'REGISTERED'

/** One change of status: by whom, why, when. */
export interface WorkflowTransition {
  readonly status: WorkflowStatus
  readonly actor: string
  readonly comment: string
  readonly at: number
}

/** Something that waits for a decision, or was decided. */
export interface Workflow {
  /** UUID by which others know it. */
  readonly reference: string
  /** `AM_USER_SIGNUP`, `AM_APPLICATION_CREATION` … */
  readonly type: string
  readonly status: WorkflowStatus
  readonly tenant: string
  /** What it is about, for people: the name of a user, of an application … */
  readonly subject: string
  readonly payload: ReadonlyMap<string, string>
  /** What was said with the decision. */
  readonly comment: string
  readonly created: number
  readonly updated: number
  /** What the executor has not done yet: `execute` after the creation, `complete` after the decision; '' when all is done. */
  readonly step: '' | 'execute' | 'complete'
  /** Times that the step was tried. */
  readonly attempts: number
  /** Why the step failed last. */
  readonly error: string
}

export interface NewWorkflow {
  readonly type: string
  readonly subject: string
  readonly tenant?: string
  readonly payload?: ReadonlyMap<string, string>
  readonly actor: string
  /** Is part of the same transaction: the workflow exists only with what it does. */
  readonly together?: (queries: Queries, reference: string) => Promise<void>
}

/** What came of deciding: `late` when somebody had decided before, `unknown` when there is no such workflow. */
export type Decision =
  { readonly outcome: 'decided' | 'late'; readonly workflow: Workflow } | { readonly outcome: 'unknown' }

/** What waits for people. */
export interface Workflows {
  /** Types that an executor is configured for. */
  readonly types: ReadonlySet<string>
  /** Resolves when the workflow is kept; what its executor does follows at once and is retried when it fails. */
  submit(workflow: NewWorkflow): Promise<Workflow>
  /** Resolves when the decision is kept. Of several, the first counts. */
  decide(reference: string, status: 'APPROVED' | 'REJECTED', actor: string, comment: string): Promise<Decision>
  get(reference: string): Promise<Workflow | undefined>
  history(reference: string): Promise<readonly WorkflowTransition[]>
  /** The newest first. */
  list(filter?: { readonly status?: WorkflowStatus; readonly type?: string }): Promise<readonly Workflow[]>
  /** Tries a step that failed again, now. */
  retry(reference: string): Promise<void>
}
