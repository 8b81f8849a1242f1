import {
  boolean,
  defineMediator,
  type Endpoint,
  type Flow,
  key,
  type Mediator,
  type MessageContext,
  type Reference,
  type Sequence,
  type Site,
  SYNAPSE,
  XmlElement,
} from 'viaduct'

/** `send`: sends the message on, or an answer back (language reference 2.1). What comes back goes to `receive` or the out flow. */
export const send = defineMediator({
  name: 'send',
  summary: 'Sends the message to an endpoint; without one, to its To address, or an answer back to the client.',
  attributes: {
    receive: key('sequence', 'Sequence that takes the answer instead of the out flow.'),
    buildmessage: boolean('Reads the whole message into memory before it is sent.'),
  },
  content: 'endpoint',
  ends: true,
  builds: ({ buildmessage }) => buildmessage === true,
  compile({ endpoint, receive }, site) {
    const target = endpoint ?? toAddress(site)
    const flow = target === undefined ? stop : sending(target, receive)
    const mediator = site.linker.services.settings.dialect === 'apache' ? detached(flow) : flow
    return endpoint === undefined ? orBack(mediator) : mediator
  },
})

/** The answer has been handled when this ends: the exchange waits for it, and a fault on the way reaches the nearest handler. */
function sending(endpoint: Endpoint, receive: Reference<Sequence> | undefined): Mediator {
  return (ctx) => {
    const receiving = receive?.get(ctx).mediator
    if (endpoint.callEach !== undefined)
      return endpoint.callEach(ctx, (answer) => answer.exchange.receive(answer, receiving)).then(stop)
    return endpoint.call(ctx).then((answer) => {
      if (answer === undefined || answer === ctx) return 'stop'
      const flow = answer.exchange.receive(answer, receiving)
      return typeof flow === 'string' ? 'stop' : flow.then(stop)
    })
  }
}

/** Apache's dialect: mediation goes on at once; the exchange ends only when the answer has been handled, too. */
function detached(flow: Mediator): Mediator {
  return (ctx) => {
    const copy = ctx.message.built ? ctx.fork() : ctx
    const work = ctx.exchange.receive(copy, flow)
    if (typeof work !== 'string') ctx.exchange.own(work)
    return 'continue'
  }
}

const orBack =
  (flow: Mediator): Mediator =>
  (ctx) =>
    ctx.response ? back(ctx) : flow(ctx)

function back(ctx: MessageContext): Flow | Promise<Flow> {
  const written = ctx.exchange.respond(ctx)
  return written === undefined ? 'stop' : written.then(stop)
}

function toAddress({ linker, node, path, at }: Site): Endpoint | undefined {
  const element = new XmlElement('endpoint', SYNAPSE, '', node)
  element.children = [new XmlElement('default', SYNAPSE, '', element)]
  element.at = at
  return linker.endpoint(element, `${path}/endpoint`)
}

const stop = (): Flow => 'stop'
