import { readFileSync } from 'node:fs'
import { type Flow, type Html, html, type Workflow } from 'viaduct'
import { answer, answerPage } from '../http/answer.ts'
import { type Handler, type ServiceRequest, textOf } from '../http/service-routes.ts'
import { localeOf } from './locale.ts'
import { type Objections, type Registration, registrationOf, SHORTEST_PASSWORD } from './registration.ts'
import type { SignUpDesk } from './sign-up-desk.ts'

const REQUEST = /^\/signup\/requests\/([\da-f-]{36})$/

/** The page for people: a form at `/signup`, and where the request stands at `/signup/requests/<reference>`. */
export function signUpPage(desk: SignUpDesk) {
  const style = readFileSync(new URL('sign-up.css', import.meta.url), 'utf8')
  return (method: string, path: string): Handler | undefined => {
    if (path === '/signup' && method === 'GET') return ({ ctx }) => answerPage(ctx, 200, formPage(EMPTY, new Map()))
    if (path === '/signup' && method === 'POST') return (request) => register(request, desk)
    if (path === '/signup/style.css')
      return ({ ctx }) => answer(ctx, 200, 'text/css', style, { 'Cache-Control': 'max-age=3600' })
    const reference = REQUEST.exec(path)?.[1]
    if (reference === undefined || method !== 'GET') return undefined
    return async ({ ctx }) => {
      const status = await desk.status(reference)
      return answerPage(ctx, status === undefined ? 404 : 200, statusPage(status))
    }
  }
}

const EMPTY: Registration = { userName: '', password: '', email: '', givenName: '', lastName: '' }

async function register({ ctx, from }: ServiceRequest, desk: SignUpDesk): Promise<Flow> {
  const locale = localeOf(ctx)
  const form = new URLSearchParams(await textOf(ctx))
  const registration = registrationOf((name) => form.get(name))
  const outcome = await desk.signUp(registration, from, locale)
  if (outcome.kind === 'objected') return answerPage(ctx, 400, formPage(registration, outcome.objections))
  if (outcome.kind === 'limited')
    return answerPage(ctx, 429, page('Too many sign-ups', html`<p>Please try again in an hour.</p>`))
  return answer(ctx, 303, 'text/plain', '', { Location: `/signup/requests/${outcome.workflow.reference}` })
}

function formPage(values: Registration, objections: Objections): Html {
  const field = (
    name: keyof Registration,
    label: string,
    type: string,
    autocomplete: string,
    needed: boolean,
  ): Html => {
    const objection = objections.get(name)
    return html`<div class="field">
      <label for="${name}">${label}${!needed && html` <small>(optional)</small>`}</label>
      <input
        id="${name}"
        name="${name}"
        type="${type}"
        autocomplete="${autocomplete}"
        value="${type === 'password' ? '' : values[name]}"
        ${needed && html`required`}
        ${objection !== undefined && html`aria-invalid="true" aria-describedby="${name}-objection"`}
      />
      ${objection !== undefined && html`<p class="objection" id="${name}-objection">${objection}</p>`}
    </div>`
  }
  return page(
    'Create an account',
    html`${objections.size > 0 && html`<p class="notice" role="alert">Please correct what is marked.</p>`}
      <form method="post" action="/signup">
        ${field('userName', 'User name', 'text', 'username', true)}
        ${field('password', `Password, at least ${SHORTEST_PASSWORD} characters`, 'password', 'new-password', true)}
        ${field('email', 'E-mail', 'email', 'email', true)}
        ${field('givenName', 'First name', 'text', 'given-name', false)}
        ${field('lastName', 'Last name', 'text', 'family-name', false)}
        <button>Sign up</button>
      </form>`,
  )
}

const STATUS: Readonly<Record<Workflow['status'], readonly [title: string, text: string]>> = {
  CREATED: [
    'Your request awaits approval',
    'An administrator looks at it. You get an e-mail with the outcome; until then you cannot log in.',
  ],
  APPROVED: ['Your account is ready', 'You can log in now.'],
  REGISTERED: ['Your account is ready', 'You can log in now.'],
  REJECTED: ['Your request was rejected', 'The account has been deleted. The e-mail you got may say more.'],
}

function statusPage(status: Workflow['status'] | undefined): Html {
  if (status === undefined) return page('There is no such request', html`<p><a href="/signup">Sign up</a></p>`)
  const [title, text] = STATUS[status]
  return page(title, html`<p class="status ${status}" role="status">${text}</p>`)
}

const page = (title: string, main: Html): Html =>
  html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${title}</title>
      <link rel="stylesheet" href="/signup/style.css" />
    </head>
    <body>
      <main>
        <h1>${title}</h1>
        ${main}
      </main>
    </body>
  </html>`
