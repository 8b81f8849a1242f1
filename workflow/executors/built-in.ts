import {
  ApplicationCreationApprovalWorkflowExecutor,
  ApplicationCreationSimpleWorkflowExecutor,
  ApplicationCreationWSWorkflowExecutor,
} from './application-creation.ts'
import { GeneralApprovalWorkflowExecutor, GeneralSimpleWorkflowExecutor } from './general.ts'
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

/** Kinds of request whose executors differ in nothing but their names. */
const GENERAL = [
  'ApplicationRegistration',
  'ApplicationUpdate',
  'ApplicationDeletion',
  'SubscriptionUpdate',
  'SubscriptionDeletion',
  'APIStateChange',
  'APIProductStateChange',
  'APIRevisionDeployment',
]

/** Executors that old configurations name with the package `org.wso2.carbon.apimgt.impl.workflow`, or none. */
export const BUILT_IN: ReadonlyMap<string, ExecutorClass> = new Map<string, ExecutorClass>([
  ...Object.entries({
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
  ...GENERAL.flatMap((kind): [string, ExecutorClass][] => [
    [`${kind}SimpleWorkflowExecutor`, GeneralSimpleWorkflowExecutor],
    [`${kind}ApprovalWorkflowExecutor`, GeneralApprovalWorkflowExecutor],
  ]),
])
