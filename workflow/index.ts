/** `viaduct/workflow`: what modules in `mediators/` extend, and what the bus itself takes from this room. */
import type { FacilityDefinition, ServiceDefinition } from 'viaduct'
import { workflowService } from './workflow-service.ts'
import { workflows } from './workflows-facility.ts'

export type { Workflow, WorkflowStatus, WorkflowTransition } from 'viaduct'
export * from './executors/application-creation.ts'
export * from './executors/general.ts'
export * from './executors/subscription-creation.ts'
export * from './executors/user-sign-up.ts'
export { WorkflowExecutor, type WorkflowResponse } from './executors/workflow-executor.ts'
export { RequestExecutor } from './executors/request.ts'

/** What this room offers to the others: what waits for a decision of people. */
export const facilities: readonly FacilityDefinition[] = [workflows]

/** What it serves and shows. */
export const services: readonly ServiceDefinition[] = [workflowService]
