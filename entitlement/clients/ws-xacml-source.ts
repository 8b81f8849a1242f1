import {
  type BusServices,
  type DecisionSource,
  type DecisionSourceOptions,
  type DocumentSigning,
  type EntitlementDecision,
  Fault,
  printXml,
  readFault,
  SOAP11,
} from 'viaduct'
import { answerIn, checkIssue, responseIn, writeQuery } from '../saml/saml-profile.ts'
import { writeRequest } from '../xml/write-request.ts'
import { basicAuthorization, createAskOverHttp, type HttpAnswer, requireSuccess } from './http-question.ts'
import { readDecisionElement, refused } from './read-decision.ts'
import { envelopeOf } from './soap-call.ts'

/** `wsXacml`: the SAML profile of XACML. Query and answer are signed; only what was verified is read. */
export function createWsXacmlSource(
  { url, user, password }: DecisionSourceOptions,
  services: BusServices,
  signing: DocumentSigning,
): DecisionSource {
  const { platform, settings } = services
  const { wsXacml } = settings.entitlement
  const rules = { idAttribute: 'ID', trusted: wsXacml.trusted, sha1: wsXacml.sha1 }
  const address = `${url}ws-xacml`
  const secured = address.startsWith('https:')
  const ask = createAskOverHttp(services)
  const headers = {
    ...basicAuthorization(user, password),
    'Content-Type': 'text/xml; charset=UTF-8',
    SOAPAction: '"XACMLAuthzDecisionQuery"',
  }
  const read = (answer: HttpAnswer, query: string): EntitlementDecision => {
    const tree = envelopeOf(answer)
    const fault = tree && readFault(tree)
    if (fault !== undefined)
      throw new Fault(101510, `${address} answered the fault ${fault.code.name}: ${fault.reason}`)
    requireSuccess(answer, address, user)
    if (tree === undefined) throw refused('the answer is no SOAP message')
    const response = answerIn(tree)
    checkIssue(response, wsXacml, platform.now())
    signing.verify(response, rules)
    return readDecisionElement(responseIn(response, query, secured))
  }
  return {
    name: `wsXacml ${url}`,
    async ask(request, ctx) {
      const query = writeQuery(writeRequest(request), wsXacml, platform.now())
      signing.sign(query.element, rules)
      const body = `<soapenv:Envelope xmlns:soapenv="${SOAP11}"><soapenv:Body>${printXml(query.element)}</soapenv:Body></soapenv:Envelope>`
      const answer = await ask({ url: address, headers, body }, ctx)
      try {
        return read(answer, query.id)
      } catch (thrown) {
        if (thrown instanceof Fault) throw thrown
        const reason = thrown instanceof Error ? thrown.message : 'unknown'
        throw refused(reason)
      }
    },
  }
}
