import {
  type ConsoleAnswer,
  type ConsolePage,
  type ConsoleRequest,
  html,
  type Html,
  type Workflow,
  type Workflows,
} from 'viaduct'
import { wordsOf } from '../workflow-types.ts'
import { stateOf, timeOf } from './describe.ts'
import { taskDetails } from './task-details.ts'
import type { MailSender } from 'viaduct'

const LONGEST_COMMENT = 2_000

/** What waits for a decision, and what was decided. */
export function tasksPage(workflows: Workflows, mail: MailSender): ConsolePage {
  return {
    label: 'Tasks',
    path: '/tasks',
    count: async () => (await workflows.list({ status: 'CREATED' })).length,
    async answer(request) {
      const { method, path, query } = request
      const [, reference, action] = /^\/([\da-f-]{36})(?:\/(decide|retry))?$/.exec(path) ?? []
      if (method === 'GET' && path === '') return list(workflows, query.get('all') !== null)
      if (reference === undefined) return undefined
      if (method === 'GET' && action === undefined) return details(workflows, mail, reference, request)
      if (method === 'POST' && action === 'decide') return decide(workflows, reference, request)
      if (method === 'POST' && action === 'retry') {
        await workflows.retry(reference)
        return { redirect: `/tasks/${reference}`, notice: 'It was tried again.' }
      }
      return undefined
    },
  }
}

async function list(workflows: Workflows, all: boolean): Promise<ConsoleAnswer> {
  const found = await workflows.list(all ? {} : { status: 'CREATED' })
  const tabs = html`<nav class="tabs" aria-label="Which tasks">
    <a href="/tasks" ${!all && html`aria-current="page"`}>Waiting</a>
    <a href="/tasks?all" ${all && html`aria-current="page"`}>History</a>
  </nav>`
  return { title: all ? 'History' : 'Tasks', main: html`${tabs}${found.length === 0 ? EMPTY : tableOf(found)}` }
}

const EMPTY = html`<p class="empty">Nothing waits for a decision.</p>`

function tableOf(found: readonly Workflow[]): Html {
  const rows = found.map(
    (each) =>
      html`<tr>
        <th scope="row"><a href="/tasks/${each.reference}">${each.subject}</a></th>
        <td data-label="Request">${wordsOf(each.type)}</td>
        <td data-label="Since">${timeOf(each.created)}</td>
        <td data-label="State">
          ${stateOf(each.status)} ${each.error !== '' && html`<small class="reason">${each.error}</small>`}
        </td>
      </tr>`,
  )
  return html`<table class="list">
    <caption class="hidden">
      Requests, the newest first
    </caption>
    <thead>
      <tr>
        <th scope="col">Who or what</th>
        <th scope="col">Request</th>
        <th scope="col">Since</th>
        <th scope="col">State</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`
}

async function details(
  workflows: Workflows,
  mail: MailSender,
  reference: string,
  request: ConsoleRequest,
): Promise<ConsoleAnswer | undefined> {
  const workflow = await workflows.get(reference)
  if (workflow === undefined) return undefined
  const [history, letters] = await Promise.all([workflows.history(reference), mail.letters(reference)])
  return {
    title: `${wordsOf(workflow.type)}: ${workflow.subject}`,
    main: taskDetails(workflow, history, letters, request),
  }
}

async function decide(
  workflows: Workflows,
  reference: string,
  { form, user }: ConsoleRequest,
): Promise<ConsoleAnswer | undefined> {
  const status = form.get('status')
  if (status !== 'APPROVED' && status !== 'REJECTED') return undefined
  const comment = (form.get('comment') ?? '').trim().slice(0, LONGEST_COMMENT)
  const decision = await workflows.decide(reference, status, user.name, comment)
  if (decision.outcome === 'unknown') return undefined
  const { workflow } = decision
  const word = workflow.status.toLowerCase()
  if (decision.outcome === 'late') {
    const [last] = (await workflows.history(reference)).slice(-1)
    const notice = `Somebody was faster: ${last?.actor ?? 'another'} has ${word} this.`
    return { redirect: `/tasks/${reference}`, notice, failed: true }
  }
  if (workflow.error !== '')
    return { redirect: `/tasks/${reference}`, notice: `It is ${word}; what follows is tried again.`, failed: true }
  return { redirect: '/tasks', notice: `${workflow.subject} is ${word}.` }
}
