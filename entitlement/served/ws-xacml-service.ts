import {
  attributeValue,
  type DecisionPoint,
  type DocumentSigning,
  type MessageContext,
  printXml,
  type WsXacmlSettings,
  type XmlElement,
} from 'viaduct'
import { checkIssue, queryIn, requestIn, writeAnswer } from '../saml/saml-profile.ts'
import { decideElement } from './decide.ts'
import { type Answer, plain } from './served-route.ts'
import { readCall, soapAnswer, soapFault } from './soap-message.ts'

/** The SAML profile of XACML: the query must be signed by somebody trusted, the answer is signed. */
export async function answerWsXacml(
  point: DecisionPoint,
  signing: DocumentSigning,
  settings: WsXacmlSettings,
  ctx: MessageContext,
): Promise<Answer> {
  const call = readCall(ctx)
  if (call === undefined) return plain(400, 'a SOAP message is expected')
  const { platform, log } = ctx.services
  const rules = { idAttribute: 'ID', trusted: settings.trusted, sha1: settings.sha1 }
  let query: XmlElement
  let request: XmlElement
  try {
    query = queryIn(ctx.message.tree)
    checkIssue(query, settings, platform.now())
    signing.verify(query, rules)
    request = requestIn(query)
  } catch (thrown) {
    // The log knows why; whoever is not trusted does not.
    log.log('WARN', 'entitlement', `a query is refused: ${thrown instanceof Error ? thrown.message : 'unknown'}`, {
      correlation_id: ctx.exchange.correlationId,
    })
    return soapFault(call.version, 'Client', 'the query is not accepted')
  }
  const response = await decideElement(point, request, ctx.signal)
  const answer = writeAnswer(response, settings, platform.now(), attributeValue(query, 'ID') ?? '')
  signing.sign(answer, rules)
  return soapAnswer(call.version, printXml(answer))
}
