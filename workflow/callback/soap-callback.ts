import type { Flow, UserStore, Workflows } from 'viaduct'
import { answer } from '../http/answer.ts'
import { callerOf, CHALLENGE, hasRole } from '../http/caller.ts'
import { type Handler, type ServiceRequest } from '../http/service-routes.ts'
import { serviceWsdl } from '../http/service-wsdl.ts'
import { answerCall, answerSender, readCall } from '../http/soap-exchange.ts'
import { resume } from './resume.ts'

const NAMESPACE = 'http://callback.workflow.apimgt.carbon.wso2.org'
const SERVICE = 'WorkflowCallbackService'
const OPERATIONS = {
  resumeEvent: { input: ['workflowReference', 'status', 'description'], output: ['error', 'message'] },
}

/** `/services/WorkflowCallbackService`: external workflow services tell here, by SOAP, what they have decided. */
export function soapCallback(workflows: Workflows, users: UserStore, roles: readonly string[]) {
  return (method: string, path: string): Handler | undefined => {
    if (path !== `/services/${SERVICE}`) return undefined
    if (method === 'POST') return (request) => resumeEvent(request, workflows, users, roles)
    return ({ ctx, query }) =>
      query.has('wsdl')
        ? answer(ctx, 200, 'text/xml', serviceWsdl(ctx, SERVICE, NAMESPACE, OPERATIONS))
        : answer(ctx, 405, 'text/plain', 'This is a SOAP service.\n', { Allow: 'POST' })
  }
}

async function resumeEvent(
  { ctx }: ServiceRequest,
  workflows: Workflows,
  users: UserStore,
  roles: readonly string[],
): Promise<Flow> {
  const caller = await callerOf(ctx.exchange.arrival, users)
  const call = await readCall(ctx, NAMESPACE)
  if (caller === undefined) return answerSender(ctx, call, 'Log in', CHALLENGE, 401)
  if (!hasRole(caller, roles)) return answerSender(ctx, call, 'A role is missing', {}, 403)
  if (call.operation !== 'resumeEvent') return answerSender(ctx, call, 'There is no such operation')
  const field = (name: string): string => call.fields.get(name) ?? ''
  const facts = { reference: field('workflowReference'), status: field('status'), description: field('description') }
  const resumed = await resume(workflows, facts, caller.name)
  if (resumed.kind === 'unknown') return answerSender(ctx, call, 'There is no workflow of that reference')
  if (resumed.kind === 'refused') return answerSender(ctx, call, resumed.reason)
  return answerCall(ctx, call, 'resumeEventResponse', NAMESPACE, { error: 'false', message: 'OK' })
}
