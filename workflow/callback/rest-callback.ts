import type { Flow, UserStore, Workflow, Workflows, WorkflowStatus } from 'viaduct'
import { answerJson } from '../http/answer.ts'
import { callerOf, CHALLENGE, hasRole } from '../http/caller.ts'
import { type Handler, type ServiceRequest, textOf } from '../http/service-routes.ts'
import { resume } from './resume.ts'

/** Any version of the admin API of API Manager. */
const BASE = /^\/api\/am\/admin\/v\d+(?:\.\d+)?\/workflows(\/update-workflow-status)?$/

/** The admin API of API Manager, as far as it is about workflows: what waits, and decisions. */
export function restCallback(workflows: Workflows, users: UserStore, roles: readonly string[]) {
  return (method: string, path: string): Handler | undefined => {
    const match = BASE.exec(path)
    if (match === null) return undefined
    const update = match[1] !== undefined
    return async (request) => {
      const { ctx } = request
      const caller = await callerOf(ctx.exchange.arrival, users)
      if (caller === undefined) return answerJson(ctx, 401, errorOf(401, 'Log in'), CHALLENGE)
      if (!hasRole(caller, roles)) return answerJson(ctx, 403, errorOf(403, 'A role is missing'))
      if (update && method === 'POST') return decide(request, workflows, caller.name)
      if (!update && method === 'GET') return list(request, workflows)
      return answerJson(ctx, 405, errorOf(405, 'Method not allowed'), { Allow: update ? 'POST' : 'GET' })
    }
  }
}

async function list({ ctx, query }: ServiceRequest, workflows: Workflows): Promise<Flow> {
  const type = query.get('workflowType')
  const status = (query.get('status') ?? 'CREATED') as WorkflowStatus
  const found = await workflows.list({ status, ...(type === null ? {} : { type }) })
  return answerJson(ctx, 200, { count: found.length, list: found.map(shown) })
}

async function decide(request: ServiceRequest, workflows: Workflows, actor: string): Promise<Flow> {
  const { ctx, query } = request
  const fields = fieldsOf(await textOf(ctx))
  if (fields === undefined) return answerJson(ctx, 400, errorOf(400, 'The body is neither JSON nor a form'))
  const reference =
    query.get('workflowReferenceId') ?? fields.get('workflowReferenceId') ?? fields.get('workflowReference') ?? ''
  const [status, description] = [fields.get('status') ?? '', fields.get('description') ?? '']
  const resumed = await resume(workflows, { reference, status, description }, actor)
  if (resumed.kind === 'unknown') return answerJson(ctx, 404, errorOf(404, 'There is no workflow of that reference'))
  if (resumed.kind === 'refused') return answerJson(ctx, 409, errorOf(409, resumed.reason))
  return answerJson(ctx, 200, { workflowReferenceId: reference, status: status.toUpperCase(), description })
}

/** Members of a JSON object that are texts, or the fields of a form. */
function fieldsOf(text: string): ReadonlyMap<string, string> | undefined {
  if (!text.trimStart().startsWith('{')) return new Map(new URLSearchParams(text))
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>)
    return new Map(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
  } catch {
    return undefined
  }
}

const errorOf = (code: number, message: string) => ({ code, message })

const shown = ({ reference, type, status, tenant, subject, payload, created, updated, comment }: Workflow) => ({
  referenceId: reference,
  workflowType: type,
  workflowStatus: status,
  tenantDomain: tenant,
  subject,
  properties: Object.fromEntries(payload),
  description: comment,
  createdTime: new Date(created).toISOString(),
  updatedTime: new Date(updated).toISOString(),
})
