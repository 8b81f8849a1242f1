import {
  type BusServices,
  type Decision,
  LEASE,
  leased,
  type NewWorkflow,
  Rounds,
  withDeadline,
  type Workflow,
  type Workflows,
  type WorkflowStatus,
  type WorkflowTransition,
} from 'viaduct'
import { Work, type WorkSupplies } from './executors/work.ts'
import type { WorkflowExecutor, WorkflowResponse } from './executors/workflow-executor.ts'
import type { ClaimedStep, WorkflowStore } from './store/workflow-store.ts'

/** Steps at once in the background. */
const ABREAST = 4
/** An executor may take so long for one step, milliseconds. */
const STEP_TIME = 60_000
const FIRST_PAUSE = 2_000
const LONGEST_PAUSE = 3_600_000

export const DEFAULT_TENANT = 'carbon.super'

/** Makes the executor of a type with its properties; undefined when none is configured. */
export type Executors = ReadonlyMap<string, () => WorkflowExecutor>

/**
 * Runs workflows. A decision is kept first, by one statement that only one of several can win. What follows from it is a step
 * that the store remembers until it is done, together with all it has changed; so it survives whatever happens in between.
 */
export class WorkflowEngine implements Workflows {
  readonly #store: WorkflowStore
  readonly #executors: Executors
  readonly #supplies: WorkSupplies
  readonly #services: BusServices
  readonly #rounds: Rounds

  constructor(store: WorkflowStore, executors: Executors, supplies: Omit<WorkSupplies, 'list'>, services: BusServices) {
    this.#store = store
    this.#executors = executors
    this.#services = services
    this.#supplies = { ...supplies, list: (status, type) => store.list({ status, type }) }
    this.#rounds = new Rounds({
      round: (closed) => this.#round(closed),
      failed: (reason) => services.log.log('ERROR', 'workflow', `the workflows cannot be read: ${reason}`),
    })
  }

  get types(): ReadonlySet<string> {
    return new Set(this.#executors.keys())
  }

  start(): void {
    this.#rounds.use(!this.#store.used)
  }

  /** Steps under way are finished. */
  stop(): Promise<void> {
    return this.#rounds.release()
  }

  async submit(facts: NewWorkflow): Promise<Workflow> {
    const { type, subject, tenant = DEFAULT_TENANT, payload = new Map<string, string>(), actor, together } = facts
    if (!this.#executors.has(type)) throw new Error(`no executor is configured for ${type}`)
    await this.#store.open()
    const reference = this.#services.platform.uuid()
    await this.#supplies.database.transaction(async (queries) => {
      await this.#store.create(queries, { reference, type, subject, tenant, payload, actor })
      await together?.(queries, reference)
    })
    return this.#stepNow(reference)
  }

  async decide(reference: string, status: 'APPROVED' | 'REJECTED', actor: string, comment: string): Promise<Decision> {
    if ((await this.#store.get(reference)) === undefined) return { outcome: 'unknown' }
    const changed = await this.#supplies.database.transaction((queries) =>
      this.#store.change(queries, reference, 'CREATED', status, actor, comment),
    )
    if (!changed) return { outcome: 'late', workflow: await this.#existing(reference) }
    this.#services.log.log('INFO', 'workflow', `${reference}: ${status} by ${actor}`)
    return { outcome: 'decided', workflow: await this.#stepNow(reference) }
  }

  get(reference: string): Promise<Workflow | undefined> {
    return this.#store.get(reference)
  }

  history(reference: string): Promise<readonly WorkflowTransition[]> {
    return this.#store.history(reference)
  }

  list(filter: { readonly status?: WorkflowStatus; readonly type?: string } = {}): Promise<readonly Workflow[]> {
    return this.#store.list(filter)
  }

  async retry(reference: string): Promise<void> {
    await this.#store.hurry(reference)
    await this.#stepNow(reference)
  }

  /** Does what the workflow waits for without waiting for a round; what fails is left to the rounds. */
  async #stepNow(reference: string): Promise<Workflow> {
    for (;;) {
      const [step] = await this.#store.claim(1, LEASE, reference)
      if (step === undefined || !(await this.#do(step))) break
    }
    this.#rounds.notice()
    return this.#existing(reference)
  }

  async #existing(reference: string): Promise<Workflow> {
    const workflow = await this.#store.get(reference)
    if (workflow === undefined) throw new Error(`the workflow ${reference} is gone`)
    return workflow
  }

  async #round(closed: AbortSignal): Promise<number | undefined> {
    await this.#store.open()
    const steps = await this.#store.claim(ABREAST, LEASE)
    await Promise.all(steps.map((step) => this.#do(step)))
    if (steps.length > 0 || closed.aborted) return 0
    const due = await this.#store.nextDue()
    return due === undefined ? undefined : due - this.#services.platform.now()
  }

  /** Does one step; false when it failed and is due again later. */
  async #do(step: ClaimedStep): Promise<boolean> {
    const { workflow } = step
    try {
      const work = new Work(this.#supplies, workflow.reference)
      const response = await leased(
        () => this.#store.renew(step, LEASE),
        () => withDeadline(this.#run(workflow, work), STEP_TIME, 'it was not done'),
      )
      await work.prepare()
      await this.#supplies.database.transaction(async (queries) => {
        if (!(await this.#store.done(queries, step))) throw new Error('the step took too long; another has it')
        await work.commit(queries)
        const { status, comment = '' } = response ?? {}
        const from = status === 'REGISTERED' ? 'APPROVED' : 'CREATED'
        if (status !== undefined)
          await this.#store.change(queries, workflow.reference, from, status, 'executor', comment)
      })
      return true
    } catch (failure) {
      const reason = failure instanceof Error ? failure.message : 'unknown'
      const pause = Math.min(FIRST_PAUSE * 2 ** (workflow.attempts - 1), LONGEST_PAUSE)
      this.#services.log.log(
        'WARN',
        'workflow',
        `${workflow.step} of ${workflow.reference} (${workflow.type}) failed and is tried again in ${pause / 1000} s: ${reason}`,
      )
      await this.#store.later(step, reason, pause)
      return false
    }
  }

  async #run(workflow: Workflow, work: Work): Promise<WorkflowResponse | undefined> {
    const executor = this.#executors.get(workflow.type)?.()
    if (executor === undefined) throw new Error(`no executor is configured for ${workflow.type}`)
    executor.begin(work)
    if (workflow.step === 'execute') return (await executor.execute(workflow)) ?? undefined
    await executor.cleanUpPendingTask(workflow.reference)
    return (await executor.complete(workflow)) ?? undefined
  }
}
