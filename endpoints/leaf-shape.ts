import { boolean, child, type Config, idle, oneOf, string } from 'viaduct'

/** Attributes of every endpoint that is an address of its own: `address`, `http`, `wsdl`, `default` (language reference 3.2). */
export const leafAttributes = {
  format: oneOf(
    ['pox', 'get', 'soap11', 'soap12', 'rest', 'leave-as-is'],
    'Format the message is sent in; without it the message goes as it is.',
    true,
  ),
  optimize: oneOf(['mtom', 'swa'], 'How attachments are sent.', true),
  encoding: string('Charset of the message sent.'),
}

const text = { content: 'text' } as const

/** Children of every endpoint that is an address of its own. */
export const leafChildren = {
  enableAddressing: child('enableAddressing', 'Adds WS-Addressing headers to the message sent.', {
    attributes: {
      version: oneOf(['final', 'submission'], 'The WS-Addressing namespace; final unless told otherwise.', true),
      separateListener: idle(
        boolean('Whether the answer comes on a channel of its own; it always comes back on the same connection.'),
        'separateListener: answers are taken on the connection of the request only',
        'false',
      ),
    },
  }),
  enableSec: child('enableSec', 'Secures the message sent with WS-Security.', {
    attributes: {
      policy: string('Policy for both directions.'),
      inboundPolicy: string('Policy of the answer.'),
      outboundPolicy: string('Policy of the request.'),
    },
  }),
  enableRM: child('enableRM', 'Asks for WS-ReliableMessaging, which is gone from Synapse.', {
    attributes: { policy: string('Policy.') },
  }),
  timeout: child('timeout', 'How long to wait for an answer.', {
    children: {
      duration: child('duration', 'Milliseconds, or an expression in braces.', text),
      responseAction: child('responseAction', '`fault` or `discard`: what happens then.', text),
      action: child('action', 'Old name of responseAction.', text),
    },
  }),
  markForSuspension: child(
    'markForSuspension',
    'Errors after which the endpoint is tried again before it is suspended.',
    {
      children: {
        errorCodes: child('errorCodes', 'Codes separated by commas; 101504 and 101505 unless given.', text),
        retriesBeforeSuspension: child('retriesBeforeSuspension', 'Failures that are forgiven in this state.', text),
        retryDelay: child('retryDelay', 'Milliseconds between tries.', text),
      },
    },
  ),
  suspendOnFailure: child(
    'suspendOnFailure',
    'Errors after which the endpoint is not used for a while, and for how long.',
    {
      children: {
        errorCodes: child('errorCodes', 'Codes separated by commas; all unless given.', text),
        initialDuration: child('initialDuration', 'Milliseconds of the first suspension.', text),
        progressionFactor: child('progressionFactor', 'How much longer each next suspension is.', text),
        maximumDuration: child('maximumDuration', 'Milliseconds of the longest suspension.', text),
      },
    },
  ),
  suspendDurationOnFailure: child(
    'suspendDurationOnFailure',
    'Seconds of suspension; older form of suspendOnFailure.',
    text,
  ),
  retryConfig: child('retryConfig', 'Which errors let a group go on to its next member.', {
    children: {
      disabledErrorCodes: child('disabledErrorCodes', 'Codes after which the group gives up.', text),
      enabledErrorCodes: child('enabledErrorCodes', 'The only codes after which the group goes on.', text),
    },
  }),
}

/** An element of such an endpoint as the loader read it. */
export type LeafConfig = Config<typeof leafAttributes, typeof leafChildren>
