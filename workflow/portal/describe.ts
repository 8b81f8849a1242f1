import { type Html, html, type Workflow } from 'viaduct'

const TYPES: ReadonlyMap<string, string> = new Map([
  ['AM_USER_SIGNUP', 'Sign-up'],
  ['AM_APPLICATION_CREATION', 'New application'],
  ['AM_APPLICATION_DELETION', 'Deletion of an application'],
  ['AM_APPLICATION_REGISTRATION_PRODUCTION', 'Production keys'],
  ['AM_APPLICATION_REGISTRATION_SANDBOX', 'Sandbox keys'],
  ['AM_SUBSCRIPTION_CREATION', 'New subscription'],
  ['AM_SUBSCRIPTION_DELETION', 'Deletion of a subscription'],
])

const STATES: Readonly<Record<Workflow['status'], string>> = {
  CREATED: 'waits',
  APPROVED: 'approved',
  REJECTED: 'rejected',
  REGISTERED: 'registered',
}

/** What kind of request it is, in words. */
export const kindOf = (type: string): string => TYPES.get(type) ?? type

export const stateOf = (status: Workflow['status']): Html =>
  html`<span class="state ${status.toLowerCase()}">${STATES[status]}</span>`

export function timeOf(time: number): Html {
  const iso = new Date(time).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}</time>`
}
