import {
  attributeValue,
  boolean,
  defineMediator,
  ELEMENT,
  elements,
  endpointOfMessage,
  firstElement,
  type Flow,
  key,
  type Mediator,
  type MessageContext,
  sendBack,
  sendOn,
  stop,
  type XmlElement,
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
    const target = endpoint ?? endpointOfMessage(site)
    const flow: Mediator = target === undefined ? stop : (ctx) => sendOn(ctx, target, receive?.get(ctx).mediator)
    const apache = site.linker.services.settings.dialect === 'apache'
    const mediator = apache ? detached(flow, isLast(site.node)) : flow
    return endpoint === undefined ? (ctx) => (ctx.response ? sendBack(ctx) : mediator(ctx)) : mediator
  },
})

/**
 * Apache's dialect: mediation goes on at once; the exchange ends only when the answer has been handled, too. What goes on needs a
 * message of its own, so that a body is read into memory first, unless nothing can follow.
 */
function detached(flow: Mediator, last: boolean): Mediator {
  const detach = (ctx: MessageContext, sent: MessageContext): Flow => {
    const work = ctx.exchange.receive(sent, flow)
    if (typeof work !== 'string') ctx.exchange.own(work)
    return 'continue'
  }
  return (ctx) => {
    if (last && !ctx.message.built) return detach(ctx, ctx)
    const building = ctx.build()
    return building === undefined ? detach(ctx, ctx.fork()) : building.then(() => detach(ctx, ctx.fork()))
  }
}

/**
 * Whether nothing runs after this mediator: it ends the in sequence of a proxy or resource, or `main`. What follows any other
 * sequence only those know that name it.
 */
function isLast(send: XmlElement): boolean {
  let inner = send
  while (inner.parent?.type === ELEMENT) {
    const outer = inner.parent
    if (inner.name === 'inSequence') return !hasEndpoint(outer)
    const others = elements(outer)
    if (others.slice(others.indexOf(inner) + 1).some(({ name }) => !BRANCHES.has(name))) return false
    inner = outer
  }
  return inner.name === 'sequence' && attributeValue(inner, 'name') === 'main'
}

/** What stands behind a branch and is taken instead of it. */
const BRANCHES: ReadonlySet<string> = new Set(['out', 'else', 'case', 'default'])

/** A target sends to its endpoint when the in sequence has run. */
const hasEndpoint = (target: XmlElement): boolean =>
  attributeValue(target, 'endpoint') !== undefined || firstElement(target, 'endpoint') !== undefined
