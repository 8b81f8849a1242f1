import {
  bodyChild,
  escapeText,
  Fault,
  firstElement,
  isEnvelope,
  type MessageContext,
  readFault,
  SOAP11,
  textOf,
  XmlError,
} from 'viaduct'
import type { AskOverHttp, HttpAnswer } from './http-question.ts'
import { requireSuccess } from './http-question.ts'
import { refused } from './read-decision.ts'

/** An operation of a service of Carbon: document style, everything in one namespace. */
export interface SoapOperation {
  readonly url: string
  readonly namespace: string
  readonly name: string
  readonly parameters: readonly (readonly [name: string, value: string])[]
  readonly headers: Readonly<Record<string, string>>
  /** For faults. */
  readonly user: string
}

/** A SOAP fault of the service, by its code. */
export class ServiceFault extends Fault {
  readonly faultCode: string

  constructor(url: string, code: string, reason: string) {
    super(101510, `${url} answered the fault ${code}: ${reason.slice(0, 500)}`)
    this.faultCode = code
  }
}

export interface SoapResult {
  /** Text of `<return>`. */
  readonly value: string
  readonly answer: HttpAnswer
}

/** Calls an operation with SOAP 1.1. Rejects with a ServiceFault, or with a Fault when the answer is not what was asked for. */
export async function callOperation(
  ask: AskOverHttp,
  operation: SoapOperation,
  ctx: MessageContext,
): Promise<SoapResult> {
  const { url, namespace, name, parameters, headers, user } = operation
  const inner = parameters.map(([each, value]) => `<p:${each}>${escapeText(value)}</p:${each}>`).join('')
  const body =
    `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${SOAP11}"><soapenv:Body>` +
    `<p:${name} xmlns:p="${namespace}">${inner}</p:${name}></soapenv:Body></soapenv:Envelope>`
  const answer = await ask(
    { url, body, headers: { ...headers, 'Content-Type': 'text/xml; charset=UTF-8', SOAPAction: `"urn:${name}"` } },
    ctx,
  )
  return { value: resultOf(answer, operation, url, user), answer }
}

function resultOf(answer: HttpAnswer, { name }: SoapOperation, url: string, user: string): string {
  const tree = envelopeOf(answer)
  const fault = tree && readFault(tree)
  if (fault !== undefined) throw new ServiceFault(url, fault.code.name, fault.reason)
  requireSuccess(answer, url, user)
  const response = tree && bodyChild(tree)
  if (response?.name !== `${name}Response`) throw refused(`${url} did not answer ${name}`)
  const value = firstElement(response, 'return')
  if (value === undefined) throw refused(`the answer of ${name} is empty`)
  return textOf(value)
}

/** Undefined when the answer is no SOAP envelope. */
export function envelopeOf({ message }: HttpAnswer) {
  if (message.empty) return undefined
  try {
    return message.rest || !isEnvelope(message.tree.root) ? undefined : message.tree
  } catch (thrown) {
    if (thrown instanceof XmlError || thrown instanceof Fault) return undefined
    throw thrown
  }
}
