import { key, named, string } from './attributes.ts'
import type { MessageContext } from './context.ts'
import { nested } from './flow.ts'
import type { Mediator, Site } from './mediator.ts'
import { child, type Config } from './schema.ts'
import { sendOn } from './endpoint.ts'
import { firstElement } from './xml/select.ts'

/** What `<target>` of clone, iterate and their like may hold (language reference 2.1). */
export const targetShape = {
  attributes: {
    to: string('Address that becomes the To of the message.'),
    soapAction: string('Becomes the Action of the message.'),
    sequence: key('sequence', 'Deployed sequence to run.'),
    endpointKey: named('endpoint', key('endpoint', 'Deployed endpoint to send to.')),
  },
  children: { body: child('sequence', 'Mediators to run.', { content: 'pipeline' }) },
  content: 'endpoint',
} as const

type Target = Config<typeof targetShape.attributes, typeof targetShape.children>

/** Compiles a target: its sequence runs, and where it has none the message is sent to its endpoint. */
export function compileTarget(
  { to, soapAction, sequence, body, endpoint, endpointKey, node }: Target,
  site: Site,
): Mediator {
  const send = endpoint ?? endpointKey
  const inline = body === undefined ? undefined : (body.pipeline ?? nothing)
  if (
    inline === undefined &&
    sequence === undefined &&
    send === undefined &&
    firstElement(node, 'endpoint') === undefined
  )
    site.fail('constraint-violated', '<target> needs a sequence or an endpoint', node.at)
  const run: Mediator =
    inline ??
    (sequence === undefined
      ? (ctx) => (send === undefined ? 'continue' : sendOn(ctx, 'get' in send ? send.get(ctx) : send))
      : (ctx) => nested(sequence.get(ctx).mediator, ctx))
  if (to === undefined && soapAction === undefined) return run
  return (ctx) => run(addressed(ctx, to, soapAction))
}

const nothing: Mediator = () => 'continue'

function addressed(ctx: MessageContext, to: string | undefined, action: string | undefined): MessageContext {
  if (to !== undefined) ctx.addressing.to = to
  if (action !== undefined) ctx.addressing.action = action
  return ctx
}
