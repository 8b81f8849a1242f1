import type { Workflow } from 'viaduct'
import { wordsOf } from '../workflow-types.ts'
import { approved, askForRequest, RequestExecutor } from './request.ts'
import type { WorkflowResponse } from './workflow-executor.ts'

/** Executors of requests that the bus knows nothing more about than what they are called. One class serves several types. */
abstract class GeneralExecutor extends RequestExecutor {
  #type = ''

  override getWorkflowType(): string {
    return this.#type
  }

  override serves(type: string): boolean {
    this.#type = type
    return true
  }

  override describe({ type, subject, payload }: Workflow): string {
    const user = payload.get('userName') ?? ''
    return `${wordsOf(type)}: ${subject}${user === '' ? '' : ` by ${user}`}`
  }
}

/** Nobody is asked. */
export class GeneralSimpleWorkflowExecutor extends GeneralExecutor {
  override execute(): Promise<WorkflowResponse> {
    return approved()
  }
}

/** An administrator decides in the console. */
export class GeneralApprovalWorkflowExecutor extends GeneralExecutor {
  adminEmail = ''
  portalUrl = ''

  override async execute(workflow: Workflow): Promise<WorkflowResponse | void> {
    askForRequest(this, workflow)
  }
}
