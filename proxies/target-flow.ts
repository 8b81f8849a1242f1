import {
  type Endpoint,
  guarded,
  type Mediator,
  type MessageContext,
  nested,
  type Reference,
  sendOn,
  type Sequence,
} from 'viaduct'

/** A flow given by name or inline; the name wins (language reference 3.5). */
export interface FlowSource {
  readonly reference: Reference<Sequence> | undefined
  readonly inline:
    { readonly pipeline: Mediator | undefined; readonly onError: Reference<Sequence> | undefined } | undefined
}

const nothing: Mediator = () => 'continue'

/** The flow as a mediator; undefined when there is none. An empty inline sequence is a flow that does nothing. */
export function flowOf({ reference, inline }: FlowSource): Mediator | undefined {
  if (reference !== undefined) return named(reference)
  if (inline === undefined) return undefined
  const { pipeline = nothing, onError } = inline
  return onError === undefined ? pipeline : guarded(pipeline, named(onError))
}

const named =
  (reference: Reference<Sequence>): Mediator =>
  (ctx) =>
    nested(reference.get(ctx).mediator, ctx)

/** The fault flow, or else the deployment's `fault` sequence. */
export const faultFlow = (source: FlowSource): Mediator => flowOf(source) ?? deploymentFault

/** The sequence `fault` of the deployment. */
export const deploymentFault: Mediator = (ctx) => {
  const fault = ctx.deployment.find('sequence', 'fault')
  return fault === undefined ? 'stop' : nested(fault.mediator, ctx)
}

/** In flow, then the endpoint when the flow has gone through to its end. */
export function throughTo(
  flow: Mediator | undefined,
  endpoint: ((ctx: MessageContext) => Endpoint) | undefined,
): Mediator {
  if (endpoint === undefined) return flow ?? nothing
  const sending: Mediator = (ctx) => sendOn(ctx, endpoint(ctx))
  if (flow === undefined) return sending
  return (ctx) => {
    const result = flow(ctx)
    if (typeof result === 'string') return result === 'stop' ? 'stop' : sending(ctx)
    return result.then((end) => (end === 'stop' ? end : sending(ctx)))
  }
}
