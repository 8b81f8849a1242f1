import { child, key, named } from 'viaduct'

/** A branch inside the mediator: an anonymous sequence. */
const inline = {
  attributes: { onError: key('sequence', 'Sequence that handles faults of the mediators inside.') },
  content: 'pipeline',
} as const

/** The name of a sequence; blanks around it do not count. */
const reference = (name: string, doc: string) => {
  const whole = key('sequence', doc)
  return named(name, { ...whole, read: (text, reading) => whole.read(text.trim(), reading) } satisfies typeof whole)
}

/** Branches by the name of a deployed sequence. They win over the child of the same name. */
export const branchAttributes = {
  onAcceptKey: reference('onAccept', 'Sequence for a permitted message.'),
  onRejectKey: reference('onReject', 'Sequence for every other message.'),
  obligationsKey: reference('obligations', 'Sequence that fulfils obligations.'),
  adviceKey: reference('advice', 'Sequence that is given advice.'),
}

/** Branches as children. */
export const branchChildren = {
  onAccept: child('onAccept', 'Runs when the decision is Permit and all obligations are fulfilled.', inline),
  onReject: child('onReject', 'Runs in every other case.', inline),
  obligations: child(
    'obligations',
    'Runs with a copy of the message that holds the obligations, before the branches; when it stops or fails, onReject runs.',
    inline,
  ),
  advice: child('advice', 'Runs with a copy of the message that holds the advice. Nobody waits for it.', inline),
}
