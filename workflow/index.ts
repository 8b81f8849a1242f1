/** `viaduct/workflow`: what modules in `mediators/` extend. */

export type { Workflow, WorkflowStatus, WorkflowTransition } from 'viaduct'
export * from './executors/application-creation.ts'
export * from './executors/general.ts'
export * from './executors/subscription-creation.ts'
export * from './executors/user-sign-up.ts'
export { WorkflowExecutor, type WorkflowResponse } from './executors/workflow-executor.ts'
export { RequestExecutor } from './executors/request.ts'
