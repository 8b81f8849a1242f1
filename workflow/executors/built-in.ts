import {
  ApplicationCreationApprovalWorkflowExecutor,
  ApplicationCreationSimpleWorkflowExecutor,
  ApplicationCreationWSWorkflowExecutor,
} from './application-creation.ts'
import {
  SubscriptionCreationApprovalWorkflowExecutor,
  SubscriptionCreationSimpleWorkflowExecutor,
  SubscriptionCreationWSWorkflowExecutor,
} from './subscription-creation.ts'
import {
  UserSignUpApprovalWorkflowExecutor,
  UserSignUpSimpleWorkflowExecutor,
  UserSignUpWSWorkflowExecutor,
} from './user-sign-up.ts'
import type { WorkflowExecutor } from './workflow-executor.ts'

export type ExecutorClass = new () => WorkflowExecutor

/** Executors that old configurations name with the package `org.wso2.carbon.apimgt.impl.workflow`, or none. */
export const BUILT_IN: ReadonlyMap<string, ExecutorClass> = new Map<string, ExecutorClass>(
  Object.entries({
    UserSignUpSimpleWorkflowExecutor,
    UserSignUpApprovalWorkflowExecutor,
    UserSignUpWSWorkflowExecutor,
    ApplicationCreationSimpleWorkflowExecutor,
    ApplicationCreationApprovalWorkflowExecutor,
    ApplicationCreationWSWorkflowExecutor,
    SubscriptionCreationSimpleWorkflowExecutor,
    SubscriptionCreationApprovalWorkflowExecutor,
    SubscriptionCreationWSWorkflowExecutor,
  }),
)
