import type { Workflow } from 'viaduct'
import { LETTERS } from './letters.ts'
import type { WorkflowExecutor } from './workflow-executor.ts'

/** What `<Property>` elements tell an approval executor. */
export interface ApprovalSettings {
  /** Who is told of new tasks; several with commas, nobody when empty. */
  readonly adminEmail: string
  /** Address of the console, for the link in that letter. */
  readonly portalUrl: string
}

/** Tells those who decide that something waits for them; it is in the task list anyway. */
export function askPeople(
  executor: WorkflowExecutor,
  { adminEmail, portalUrl }: ApprovalSettings,
  { reference }: Workflow,
  description: string,
): void {
  const link = portalUrl === '' ? 'in the console' : `${portalUrl.replace(/\/+$/, '')}/tasks/${reference}`
  for (const address of adminEmail.split(',').map((each) => each.trim()))
    if (address !== '')
      executor.sendTemplate(
        'task-created',
        address,
        { description, link, reference },
        { fallback: LETTERS['task-created'] },
      )
}
