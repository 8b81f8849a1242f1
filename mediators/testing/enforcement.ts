import {
  type DecisionPoint,
  type DecisionRequest,
  defineFacility,
  type FacilityDefinition,
  type Mediator,
} from 'viaduct'
import {
  compileMediators,
  type CompileOptions,
  type ContextOptions,
  createMarks,
  deliver,
  RecordedLog,
  TestPlatform,
  testServices,
} from 'viaduct/testing'
import { withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { entitlement } from '../../entitlement/entitlement-facility.ts'
import { loadPolicies } from '../../entitlement/xacml.ts'
import { mediators } from './mediators.ts'

export interface EnforcementOptions extends CompileOptions {
  /** XACML policies. */
  readonly policies?: readonly string[]
  /** Instead of policies. */
  readonly point?: DecisionPoint
}

/** A real decision point that counts what it is asked. */
export function createPoint(policies: readonly string[]) {
  const loaded = loadPolicies(policies.map((text, i) => ({ file: `policies/${i}.xml`, text })))
  if (loaded.failed) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'))
  const questions: DecisionRequest[] = []
  const point: DecisionPoint = {
    decide(request) {
      questions.push(request)
      return loaded.point.decide(request)
    },
  }
  return { point, questions }
}

export const SOAP_QUOTE =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<m:getQuote xmlns:m="http://services.samples"><m:symbol>IBM</m:symbol></m:getQuote></soapenv:Body></soapenv:Envelope>'

/** Mediators in front of policies: what every test of `<entitlementService>` sends messages through. */
export function enforcement(xml: string, { policies = [], point, ...options }: EnforcementOptions = {}) {
  const marks = createMarks()
  const platform = new TestPlatform()
  const given = options.services?.log
  const log = given instanceof RecordedLog ? given : new RecordedLog()
  const services = options.services ?? testServices({ platform, log })
  const counted = createPoint(policies)
  const decisions = defineFacility({ name: 'decisions', summary: '', create: () => point ?? counted.point })
  const facilities: FacilityDefinition[] = [decisions, entitlement]
  const { mediator, diagnostics } = compileMediators(xml, {
    ...withEndpoints,
    facilities,
    ...options,
    services,
    mediators: [...mediators, marks.definition],
  })
  const send = (message: ContextOptions & { readonly user?: string | undefined; readonly empty?: boolean } = {}) => {
    const { user, empty = false, ...context } = message
    const withUser: Mediator = (ctx) => {
      if (user !== undefined) ctx.properties.set('axis2', 'username', user)
      return mediator(ctx)
    }
    return deliver(withUser, {
      services,
      ...(!empty && { body: SOAP_QUOTE }),
      target: '/services/Quote',
      headers: { SOAPAction: '"urn:getQuote"' },
      ...context,
    })
  }
  return { mediator, diagnostics, send, passed: marks.passed, questions: counted.questions, services, platform, log }
}
