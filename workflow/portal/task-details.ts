import {
  type ConsoleRequest,
  html,
  type Html,
  type QueuedLetter,
  type Workflow,
  type WorkflowTransition,
} from 'viaduct'
import { wordsOf } from '../workflow-types.ts'
import { stateOf, timeOf } from './describe.ts'

/** Fields of a payload that are for the bus and not for people. */
const HIDDEN = new Set(['locale', 'taken'])

const NAMES: ReadonlyMap<string, string> = new Map([
  ['email', 'E-mail'],
  ['givenName', 'First name'],
  ['lastName', 'Last name'],
  ['userName', 'User'],
])

/** All about one request: facts, the form that decides it, what happened, what was written. */
export function taskDetails(
  workflow: Workflow,
  history: readonly WorkflowTransition[],
  letters: readonly QueuedLetter[],
  { formToken, mayChange }: ConsoleRequest,
): Html {
  const taken = workflow.payload.get('taken') === 'true'
  return html`<p><a href="/tasks">All tasks</a></p>
    ${taken && html`<p class="notice failed" role="note">The name is taken: the user can only be told to choose another.</p>`}
    ${factsOf(workflow)} ${trouble(workflow, mayChange ? formToken : undefined)}
    ${workflow.status === 'CREATED' && mayChange && decisionForm(workflow, taken, formToken)} ${historyOf(history)}
    ${letters.length > 0 && lettersOf(letters)}`
}

function factsOf({ type, subject, payload, status, tenant, reference }: Workflow): Html {
  const facts: readonly [string, Html | string][] = [
    ['Request', wordsOf(type)],
    ['Who or what', subject],
    ...[...payload]
      .filter(([name]) => !HIDDEN.has(name))
      .map(([name, value]): [string, string] => [NAMES.get(name) ?? name, value]),
    ['State', stateOf(status)],
    ['Tenant', tenant],
    ['Reference', html`<code>${reference}</code>`],
  ]
  return html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`
}

/** A step that does not get done, and the button that tries it now. */
function trouble({ step, error, attempts, reference }: Workflow, formToken: Html | undefined): Html | undefined {
  if (step === '' || error === '') return undefined
  const what = step === 'execute' ? 'Telling those who decide' : 'Carrying out the decision'
  return html`<div class="notice failed" role="alert">
    <p>${what} has failed ${attempts} times and is tried again: ${error}</p>
    ${formToken !== undefined && html`<form method="post" action="/tasks/${reference}/retry">${formToken}<button>Try now</button></form>`}
  </div>`
}

const decisionForm = ({ reference }: Workflow, taken: boolean, formToken: Html): Html =>
  html`<form class="decision" method="post" action="/tasks/${reference}/decide">
    ${formToken}
    <label for="comment">Comment, for the user <small>(optional)</small></label>
    <textarea id="comment" name="comment" rows="3" maxlength="2000"></textarea>
    <div class="buttons">
      ${!taken && html`<button class="good" name="status" value="APPROVED">Approve</button>`}
      <button class="bad" name="status" value="REJECTED">Reject</button>
    </div>
  </form>`

const historyOf = (history: readonly WorkflowTransition[]): Html =>
  html`<section aria-labelledby="history">
    <h2 id="history">What happened</h2>
    <ol class="history">
      ${history.map(
        ({ status, actor, comment, at }) =>
          html`<li>
            ${timeOf(at)} ${status === 'CREATED' ? 'asked for' : stateOf(status)} by <strong>${actor}</strong>
            ${comment !== '' && html`<blockquote>${comment}</blockquote>`}
          </li>`,
      )}
    </ol>
  </section>`

const lettersOf = (letters: readonly QueuedLetter[]): Html =>
  html`<section aria-labelledby="letters">
    <h2 id="letters">Mail</h2>
    <ul class="history">
      ${letters.map(
        ({ id, created, state, subject, to, error }) =>
          html`<li>
            ${timeOf(created)} <span class="state ${state}">${state}</span> <a href="/mail/${id}">${subject}</a> to
            ${to.join(', ')} ${error !== '' && html`<small class="reason">${error}</small>`}
          </li>`,
      )}
    </ul>
  </section>`
