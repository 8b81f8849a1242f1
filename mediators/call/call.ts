import {
  axis2Client,
  boolean,
  child,
  defineMediator,
  type Endpoint,
  endpointOfMessage,
  Fault,
  type Flow,
  isFault,
  type Mediator,
  type MessageContext,
  oneOf,
  OUT_ONLY,
  readFault,
  stop,
  string,
  withDefault,
} from 'viaduct'
import { compileSource, type Outbound } from './call-source.ts'
import { compileTarget, type Inbound } from './call-target.ts'

/** `call`: sends the message and goes on with the answer (language reference 2.1). */
export const call = defineMediator({
  name: 'call',
  summary: 'Sends the message to an endpoint, waits for the answer, and goes on with it.',
  attributes: {
    blocking: withDefault(false, boolean('A failure is 401001. Nothing else differs here: no call blocks the bus.')),
    initAxis2ClientOptions: axis2Client.initAxis2ClientOptions,
    axis2xml: axis2Client.axis2xml,
    repository: axis2Client.repository,
  },
  children: {
    source: child('source', 'What is sent instead of the whole body.', {
      attributes: {
        type: oneOf(
          ['custom', 'envelope', 'body', 'property', 'inline'],
          'Where it comes from; `custom` is an expression.',
        ),
        contentType: string('Media type it is sent as; that of the message unless given.'),
      },
      content: 'xml',
    }),
    target: child('target', 'Where the answer goes instead of the body.', {
      attributes: { type: oneOf(['body', 'property', 'variable'], 'Property or variable named by the text.') },
      content: 'text',
    }),
  },
  content: 'endpoint',
  builds: ({ source, target }) => source !== undefined || target !== undefined,
  compile({ blocking, source, target, endpoint }, site) {
    const outbound = compileSource(source, site)
    const inbound = compileTarget(target, site)
    const to = endpoint ?? endpointOfMessage(site)
    if (to === undefined) return stop
    const flow =
      source === undefined && target === undefined ? plain(to, !blocking) : shaped(to, outbound, inbound, !blocking)
    const sending = orOneWay(to, flow)
    return blocking ? failingAs401001(refusingSoapFaults(sending)) : sending
  },
})

/** The answer becomes the current message. */
const plain =
  (endpoint: Endpoint, resumes: boolean): Mediator =>
  (ctx) =>
    endpoint.call(ctx).then((answer) => {
      if (answer === ctx) return 'stop'
      if (answer !== undefined) ctx.adopt(answer)
      ctx.resumed ||= resumes
      return 'continue'
    })

/** A copy is sent; with a target the current message stays what it was. */
function shaped(endpoint: Endpoint, outbound: Outbound, inbound: Inbound | undefined, resumes: boolean): Mediator {
  return async (ctx) => {
    const copy = ctx.fork()
    outbound(copy)
    const answer = await endpoint.call(copy)
    if (answer === copy) return 'stop'
    ctx.resumed ||= resumes
    if (answer === undefined) return 'continue'
    if (inbound === undefined) ctx.adopt(answer)
    else await inbound(ctx, answer)
    return 'continue'
  }
}

/** With OUT_ONLY a copy is sent, and mediation goes on at once; the exchange still waits for the sending to end. */
function orOneWay(endpoint: Endpoint, flow: Mediator): Mediator {
  const sendOnly = (copy: MessageContext): Promise<Flow> => endpoint.call(copy).then(stop)
  const detach = (ctx: MessageContext): Flow => {
    const work = ctx.exchange.receive(ctx.fork(), sendOnly)
    if (typeof work !== 'string') ctx.exchange.own(work)
    return 'continue'
  }
  return (ctx) => {
    if (ctx.properties.read(OUT_ONLY) !== true) return flow(ctx)
    const building = ctx.build()
    return building === undefined ? detach(ctx) : building.then(() => detach(ctx))
  }
}

/** A blocking call fails on a SOAP fault; its handler sees the fault as the current message. */
function refusingSoapFaults(flow: Mediator): Mediator {
  return async (ctx) => {
    const sent = ctx.message
    const end = await flow(ctx)
    const { message } = ctx
    if (message === sent || message.empty || message.isJson || end === 'stop') return end
    await ctx.build()
    if (isFault(message.tree))
      throw new Fault(0, readFault(message.tree)?.reason ?? 'the service answered a SOAP fault')
    return end
  }
}

function failingAs401001(flow: Mediator): Mediator {
  const fail = (thrown: unknown): never => {
    const cause = Fault.from(thrown)
    throw new Fault(401001, cause.message, { cause, detail: `${cause.code}: ${cause.detail ?? cause.message}` })
  }
  return (ctx) => {
    try {
      const result = flow(ctx)
      return typeof result === 'string' ? result : result.catch(fail)
    } catch (thrown) {
      return fail(thrown)
    }
  }
}
