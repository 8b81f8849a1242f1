import { Fault } from '../fault.ts'

/** Namespace of the fault codes of WS-Security. */
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

/** What a peer is told of a message whose security failed: a code of WS-Security and words that give nothing away. */
export interface SecurityAnswer {
  /** Local name, such as `InvalidSecurity`. */
  readonly code: string
  /** That of WS-Security when undefined. */
  readonly namespace?: string | undefined
  readonly text: string
}

/**
 * A message that is not secured as a policy asks, or cannot be. The message of the fault is for the log; the peer gets
 * `answer` (SOAP Message Security 1.1, section 12).
 */
export class SecurityFault extends Fault {
  readonly answer: SecurityAnswer

  constructor(message: string, answer: SecurityAnswer, options?: ErrorOptions) {
    super('security-failed', message, options)
    this.answer = answer
  }

  /** The code as SOAP faults write it. */
  get qualifiedCode(): { readonly name: string; readonly namespace: string; readonly prefix: string } {
    const { code, namespace } = this.answer
    return { name: code, namespace: namespace ?? WSSE, prefix: namespace === undefined ? 'wsse' : 'wst' }
  }
}
