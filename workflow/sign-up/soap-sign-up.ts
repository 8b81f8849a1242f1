import type { Flow } from 'viaduct'
import { answer } from '../http/answer.ts'
import { type Handler, type ServiceRequest } from '../http/service-routes.ts'
import { serviceWsdl } from '../http/service-wsdl.ts'
import { answerCall, answerSender, readCall } from '../http/soap-exchange.ts'
import { localeOf } from './locale.ts'
import { registrationOf } from './registration.ts'
import type { SignUpDesk } from './sign-up-desk.ts'

const NAMESPACE = 'urn:viaduct:signup'
const SERVICE = 'SelfSignUpService'
const OPERATIONS = {
  registerUser: {
    input: ['userName', 'password', 'email', 'givenName', 'lastName'],
    output: ['workflowReference', 'status'],
  },
  getStatus: { input: ['workflowReference'], output: ['status'] },
}

/** `/services/SelfSignUpService`: the same as the REST service, by SOAP. */
export function soapSignUp(desk: SignUpDesk) {
  return (method: string, path: string): Handler | undefined => {
    if (path !== `/services/${SERVICE}`) return undefined
    if (method === 'POST') return (request) => call(request, desk)
    return ({ ctx, query }) =>
      query.has('wsdl')
        ? answer(ctx, 200, 'text/xml', serviceWsdl(ctx, SERVICE, NAMESPACE, OPERATIONS))
        : answer(ctx, 405, 'text/plain', 'This is a SOAP service.\n', { Allow: 'POST' })
  }
}

async function call({ ctx, from }: ServiceRequest, desk: SignUpDesk): Promise<Flow> {
  const locale = localeOf(ctx)
  const asked = await readCall(ctx, NAMESPACE)
  const reply = (fields: Readonly<Record<string, string>>) =>
    answerCall(ctx, asked, `${asked.operation}Response`, NAMESPACE, fields)
  if (asked.operation === 'getStatus') {
    const status = await desk.status(asked.fields.get('workflowReference') ?? '')
    return status === undefined ? answerSender(ctx, asked, 'There is no such request') : reply({ status })
  }
  if (asked.operation !== 'registerUser') return answerSender(ctx, asked, 'There is no such operation')
  const outcome = await desk.signUp(
    registrationOf((name) => asked.fields.get(name)),
    from,
    locale,
  )
  if (outcome.kind === 'limited')
    return answerSender(ctx, asked, 'Too many sign-ups from this address', { 'Retry-After': '3600' })
  if (outcome.kind === 'objected')
    return answerSender(ctx, asked, [...outcome.objections].map(([field, text]) => `${field}: ${text}`).join('; '))
  return reply({ workflowReference: outcome.workflow.reference, status: 'CREATED' })
}
