import { Fault, isFault, type MessageContext, readFault } from 'viaduct'

/**
 * Rejects with 500000 when the answer is a SOAP fault. The fault handler then sees that answer as the current message, as
 * upstream; a group that goes on to its next member sends a copy of the original instead.
 */
export async function failOnSoapFault(ctx: MessageContext, answer: MessageContext): Promise<void> {
  const { message } = answer
  if (message.empty || message.isJson) return
  await answer.build()
  if (!isFault(message.tree)) return
  const reason = readFault(message.tree)?.reason ?? ''
  ctx.adopt(answer)
  ctx.response = true
  throw new Fault(
    500000,
    reason === '' ? 'the back end answered a SOAP fault' : `the back end answered a SOAP fault: ${reason}`,
  )
}
