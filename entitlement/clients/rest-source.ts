import { type BusServices, type DecisionSource, type DecisionSourceOptions } from 'viaduct'
import { decisionOf } from '../decision.ts'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import { readJsonResponse } from '../json/read-response.ts'
import { writeJsonRequest } from '../json/write-request.ts'
import { basicAuthorization, createAskOverHttp, type HttpAnswer, requireSuccess } from './http-question.ts'
import { readDecision, refused } from './read-decision.ts'

/** `rest`: the REST profile of XACML with JSON. A URL that ends with `/` is the API of Identity Server: its `pdp` is asked. */
export function createRestSource(
  { url, user, password }: DecisionSourceOptions,
  services: BusServices,
): DecisionSource {
  const ask = createAskOverHttp(services)
  const pdp = url.endsWith('/') ? `${url}pdp` : url
  const headers = {
    ...basicAuthorization(user, password),
    // Identity Server knows JSON by exactly this type, also for its answer.
    'Content-Type': 'application/json',
    Accept: 'application/json',
  }
  return {
    name: `rest ${url}`,
    async ask(request, ctx) {
      const answer = await ask({ url: pdp, headers, body: writeJsonRequest(request) }, ctx)
      requireSuccess(answer, pdp, user)
      const text = textOfAnswer(answer)
      if (text.trimStart().startsWith('<')) return readDecision(text)
      try {
        return decisionOf(readJsonResponse(text))
      } catch (thrown) {
        throw thrown instanceof Indeterminate ? refused(thrown.status.message ?? 'its answer is malformed') : thrown
      }
    },
  }
}

export const textOfAnswer = ({ message }: HttpAnswer): string => message.bytes?.toString('utf8') ?? ''
