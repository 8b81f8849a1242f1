import type { Workflow } from 'viaduct'
import { recordElement } from '../soap-record.ts'
import { approved, askForRequest, initiate, RequestExecutor } from './request.ts'
import type { WorkflowResponse } from './workflow-executor.ts'

const NAMESPACE = 'http://workflow.application.apimgt.carbon.wso2.org'

/** What all executors of new applications share. */
export abstract class ApplicationCreationExecutor extends RequestExecutor {
  override getWorkflowType(): string {
    return 'AM_APPLICATION_CREATION'
  }

  override describe({ subject, payload }: Workflow): string {
    return `Approve the creation of the application ${subject} by ${payload.get('userName') ?? ''}`
  }
}

/** Nobody is asked. */
export class ApplicationCreationSimpleWorkflowExecutor extends ApplicationCreationExecutor {
  override execute(): Promise<WorkflowResponse> {
    return approved()
  }
}

/** An administrator decides in the console. */
export class ApplicationCreationApprovalWorkflowExecutor extends ApplicationCreationExecutor {
  adminEmail = ''
  portalUrl = ''

  override async execute(workflow: Workflow): Promise<WorkflowResponse | void> {
    askForRequest(this, workflow)
  }
}

/** An external service decides, and calls back. */
export class ApplicationCreationWSWorkflowExecutor extends ApplicationCreationExecutor {
  serviceEndpoint = ''
  username = ''
  password = ''
  contentType = 'text/xml'
  callbackURL = '?'

  override async execute({ subject, tenant, reference, payload }: Workflow): Promise<WorkflowResponse | void> {
    const request = recordElement('ApplicationApprovalWorkFlowProcessRequest', NAMESPACE, {
      applicationName: subject,
      applicationTier: payload.get('tier') ?? '',
      applicationCallbackUrl: payload.get('callbackUrl') ?? '',
      applicationDescription: payload.get('description') ?? '',
      tenantDomain: tenant,
      userName: payload.get('userName') ?? '',
      workflowExternalRef: reference,
      callBackURL: this.callbackURL,
    })
    await initiate(this, request, this.work.supplies.sender)
  }
}
