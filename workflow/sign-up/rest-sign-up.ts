import type { Flow } from 'viaduct'
import { answerJson } from '../http/answer.ts'
import { type Handler, type ServiceRequest, textOf } from '../http/service-routes.ts'
import { localeOf } from './locale.ts'
import { registrationOf } from './registration.ts'
import type { SignUpDesk } from './sign-up-desk.ts'

const REQUEST = /^\/signup\/users\/([\da-f-]{36})$/

/** `POST /signup/users` takes a registration as JSON; `GET /signup/users/<reference>` tells where it stands. */
export function restSignUp(desk: SignUpDesk) {
  return (method: string, path: string): Handler | undefined => {
    if (path === '/signup/users')
      return method === 'POST' ? (request) => register(request, desk) : ({ ctx }) => notAllowed(ctx, 'POST')
    const reference = REQUEST.exec(path)?.[1]
    if (reference === undefined) return undefined
    return method === 'GET' ? ({ ctx }) => tell(ctx, desk, reference) : ({ ctx }) => notAllowed(ctx, 'GET')
  }
}

type Context = ServiceRequest['ctx']

async function register({ ctx, from }: ServiceRequest, desk: SignUpDesk): Promise<Flow> {
  const locale = localeOf(ctx)
  const fields = objectOf(await textOf(ctx))
  if (fields === undefined) return answerJson(ctx, 400, { error: 'The body is no JSON object' })
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '')
  const outcome = await desk.signUp(registrationOf(text), from, locale)
  if (outcome.kind === 'limited')
    return answerJson(ctx, 429, { error: 'Too many sign-ups from this address' }, { 'Retry-After': '3600' })
  if (outcome.kind === 'objected')
    return answerJson(ctx, 400, { error: 'Please correct', fields: Object.fromEntries(outcome.objections) })
  const { reference } = outcome.workflow
  // Not the status: with a simple executor it would tell whether the name was free.
  return answerJson(ctx, 202, { reference, status: 'CREATED' }, { Location: `/signup/users/${reference}` })
}

async function tell(ctx: Context, desk: SignUpDesk, reference: string): Promise<Flow> {
  const status = await desk.status(reference)
  if (status === undefined) return answerJson(ctx, 404, { error: 'There is no such request' })
  return answerJson(ctx, 200, { reference, status })
}

const notAllowed = (ctx: Context, allow: string) =>
  answerJson(ctx, 405, { error: 'Method not allowed' }, { Allow: allow })

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
