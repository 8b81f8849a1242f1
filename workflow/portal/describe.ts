import { type Html, html, type Workflow } from 'viaduct'

const STATES: Readonly<Record<Workflow['status'], string>> = {
  CREATED: 'waits',
  APPROVED: 'approved',
  REJECTED: 'rejected',
  REGISTERED: 'registered',
}

export const stateOf = (status: Workflow['status']): Html =>
  html`<span class="state ${status.toLowerCase()}">${STATES[status]}</span>`

export function timeOf(time: number): Html {
  const iso = new Date(time).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}</time>`
}
