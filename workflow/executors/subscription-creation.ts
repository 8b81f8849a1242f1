import type { Workflow } from 'viaduct'
import { recordElement } from '../soap-record.ts'
import { approved, askForRequest, initiate, RequestExecutor } from './request.ts'
import type { WorkflowResponse } from './workflow-executor.ts'

const NAMESPACE = 'http://workflow.subscription.apimgt.carbon.wso2.org'

/** What all executors of new subscriptions share. */
export abstract class SubscriptionCreationExecutor extends RequestExecutor {
  override getWorkflowType(): string {
    return 'AM_SUBSCRIPTION_CREATION'
  }

  override describe({ subject, payload }: Workflow): string {
    const [application, user] = [payload.get('applicationName') ?? '', payload.get('userName') ?? '']
    return `Approve the subscription of the application ${application} to ${subject} by ${user}`
  }
}

/** Nobody is asked. */
export class SubscriptionCreationSimpleWorkflowExecutor extends SubscriptionCreationExecutor {
  override execute(): Promise<WorkflowResponse> {
    return approved()
  }
}

/** An administrator decides in the console. */
export class SubscriptionCreationApprovalWorkflowExecutor extends SubscriptionCreationExecutor {
  adminEmail = ''
  portalUrl = ''

  override async execute(workflow: Workflow): Promise<WorkflowResponse | void> {
    askForRequest(this, workflow)
  }
}

/** An external service decides, and calls back. */
export class SubscriptionCreationWSWorkflowExecutor extends SubscriptionCreationExecutor {
  serviceEndpoint = ''
  username = ''
  password = ''
  contentType = 'text/xml'
  callbackURL = '?'

  override async execute({ subject, reference, payload }: Workflow): Promise<WorkflowResponse | void> {
    const request = recordElement('SubscriptionApprovalWorkFlowProcessRequest', NAMESPACE, {
      apiName: subject,
      apiVersion: payload.get('apiVersion') ?? '',
      apiContext: payload.get('apiContext') ?? '',
      apiProvider: payload.get('apiProvider') ?? '',
      subscriber: payload.get('userName') ?? '',
      applicationName: payload.get('applicationName') ?? '',
      tierName: payload.get('tier') ?? '',
      workflowExternalRef: reference,
      callBackURL: this.callbackURL,
    })
    await initiate(this, request, this.work.supplies.sender)
  }
}
