import type { Workflow } from 'viaduct'
import type { XmlElement } from 'viaduct'
import { askPeople } from './approval.ts'
import { callService } from './call-service.ts'
import { LETTERS } from './letters.ts'
import { WorkflowExecutor, type WorkflowResponse } from './workflow-executor.ts'

/** What is the same for everything that a user asks for: he is told of the decision. What it leads to is for others to do. */
export abstract class RequestExecutor extends WorkflowExecutor {
  /** Whether the user is told of the decision. */
  notifyUser = true

  /** What is asked for, in a sentence for people. */
  abstract describe(workflow: Workflow): string

  override async complete(workflow: Workflow): Promise<WorkflowResponse | void> {
    const { payload, status, comment } = workflow
    const owner = payload.get('userName') ?? ''
    const user = await this.account(owner)
    const to = payload.get('email') ?? user?.claims.get('email') ?? ''
    if (!this.notifyUser || to === '') return
    const letter = status === 'APPROVED' ? 'request-approved' : 'request-rejected'
    const values = { name: owner, description: this.describe(workflow), comment }
    this.sendTemplate(letter, to, values, { locale: payload.get('locale') ?? '', fallback: LETTERS[letter] })
  }
}

/** Approves at once. */
export async function approved(): Promise<WorkflowResponse> {
  return { status: 'APPROVED' }
}

/** Tells the administrators. */
export function askForRequest(
  executor: RequestExecutor & { readonly adminEmail: string; readonly portalUrl: string },
  workflow: Workflow,
): void {
  askPeople(executor, executor, workflow, executor.describe(workflow))
}

/** What `<Property>` elements tell a WS executor. */
export interface ServiceSettings {
  readonly serviceEndpoint: string
  readonly username: string
  readonly password: string
  readonly contentType: string
}

/** Calls the external service with the operation `initiate` of its namespace. */
export function initiate(
  { serviceEndpoint: endpoint, username, password, contentType }: ServiceSettings,
  payload: XmlElement,
  sender: Parameters<typeof callService>[2],
): Promise<void> {
  const address = { endpoint, username, password, contentType, action: `${payload.namespace}/initiate` }
  return callService(address, payload, sender)
}
