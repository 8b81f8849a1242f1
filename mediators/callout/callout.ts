import {
  append,
  axis2Client,
  child,
  cloneNode,
  type Config,
  defineMediator,
  type Endpoint,
  endpointOfMessage,
  Fault,
  isFault,
  key,
  type Mediator,
  type MessageContext,
  oneOf,
  parameter,
  path,
  readFault,
  type Reference,
  type Site,
  spanOf,
  stop,
  string,
  SYNAPSE,
  XmlAttribute,
  XmlElement,
  XmlText,
} from 'viaduct'
import { compileRequest, compileResponse, type Request, type Response } from './callout-payload.ts'

const attributes = {
  serviceURL: parameter('Address to call.'),
  endpointKey: key('endpoint', 'Endpoint to call.'),
  action: string('SOAP action of the request.'),
  initAxis2ClientOptions: axis2Client.initAxis2ClientOptions,
  useServerConfig: axis2Client.useServerConfig,
}

const calloutChildren = {
  configuration: child('configuration', 'Settings of the Axis2 client; without effect.', {
    attributes: { axis2xml: axis2Client.axis2xml, repository: axis2Client.repository },
  }),
  source: child('source', 'What is sent as the body instead of the whole message.', {
    attributes: {
      type: oneOf(['envelope'], 'The whole message.'),
      xpath: path('Selects the element that becomes the body.'),
      key: string('Property or local entry that holds the element.'),
    },
  }),
  target: child('target', 'Where the answer goes instead of replacing the message.', {
    attributes: {
      xpath: path('Selects the element that the answer replaces.'),
      key: string('Property that takes the answer.'),
    },
  }),
  enableSec: child('enableSec', 'Secures the request with WS-Security.', {
    attributes: {
      policy: string('Policy for both directions.'),
      inboundPolicy: string('Policy of the answer.'),
      outboundPolicy: string('Policy of the request.'),
    },
  }),
}

type CalloutConfig = Config<typeof attributes, typeof calloutChildren>

/** `callout`: calls a service and puts its answer into the message (language reference 2.1). Failures are 401000. */
export const callout = defineMediator({
  name: 'callout',
  summary: 'Calls a service with the message or a part of it and puts the answer into the message.',
  attributes,
  children: calloutChildren,
  content: 'endpoint',
  builds: true,
  check({ source, target, enableSec, serviceURL }, site) {
    if (enableSec && serviceURL === undefined)
      site.fail(
        'constraint-violated',
        '<enableSec> belongs to serviceURL; an endpoint has its own',
        spanOf(enableSec.node),
      )
    if (source && source.type === undefined && source.xpath === undefined && source.key === undefined) {
      site.fail('attribute-missing', '<source> needs type="envelope", xpath or key', spanOf(source.node))
    }
    if (target && (target.xpath === undefined) === (target.key === undefined)) {
      site.fail('constraint-violated', '<target> needs either xpath or key', spanOf(target.node))
    }
  },
  compile(config, site) {
    const endpointOf = endpointFor(config, site)
    if (endpointOf === undefined) return stop
    return calling(endpointOf, config.action, compileRequest(config.source), compileResponse(config.target))
  },
})

function calling(
  endpointOf: (ctx: MessageContext) => Endpoint,
  action: string | undefined,
  request: Request,
  response: Response,
): Mediator {
  return async (ctx) => {
    try {
      const copy = ctx.fork()
      request(copy)
      if (action !== undefined) copy.addressing.action = action
      const answer = await endpointOf(ctx).call(copy)
      if (answer === copy) return 'stop'
      if (answer !== undefined) await use(ctx, answer, response)
      return 'continue'
    } catch (thrown) {
      const cause = Fault.from(thrown)
      throw new Fault(401000, cause.message, { cause, detail: `${cause.code}: ${cause.detail ?? cause.message}` })
    }
  }
}

async function use(ctx: MessageContext, answer: MessageContext, response: Response): Promise<void> {
  const { message } = answer
  await answer.build()
  if (!message.empty && !message.isJson && isFault(message.tree)) {
    const reason = readFault(message.tree)?.reason ?? ''
    ctx.adopt(answer)
    throw new Fault(0, reason === '' ? 'the service answered a SOAP fault' : reason)
  }
  response(ctx, answer)
  const status = answer.properties.get('axis2', 'HTTP_SC')
  if (status !== undefined) ctx.properties.set('axis2', 'HTTP_SC', status)
}

function endpointFor(
  { serviceURL, endpointKey, endpoint, enableSec }: CalloutConfig,
  site: Site,
): ((ctx: MessageContext) => Endpoint) | undefined {
  if (endpointKey !== undefined && serviceURL === undefined) return reader(endpointKey)
  const fixed =
    serviceURL === undefined
      ? (endpoint ?? endpointOfMessage(site))
      : site.linker.endpoint(addressEndpoint(serviceURL, enableSec?.node, site), `${site.path}/endpoint`)
  return fixed && (() => fixed)
}

const reader =
  (reference: Reference<Endpoint>) =>
  (ctx: MessageContext): Endpoint =>
    reference.get(ctx)

/** No error suspends it, as upstream: the code -1 never occurs. */
function addressEndpoint(uri: string, enableSec: XmlElement | undefined, site: Site): XmlElement {
  const endpoint = synthesized('endpoint', site.node, site)
  const address = synthesized('address', endpoint, site)
  const written = new XmlAttribute('uri', uri, '', '', address)
  written.valueAt = site.node.attributes.find(({ name }) => name === 'serviceURL')?.valueAt
  address.attributes = [written]
  for (const name of ['markForSuspension', 'suspendOnFailure']) {
    const codes = synthesized('errorCodes', synthesized(name, address, site), site)
    codes.children.push(new XmlText('-1', codes))
  }
  if (enableSec !== undefined) append(address, cloneNode(enableSec))
  return endpoint
}

/** An element that stands nowhere but is reported where the callout stands. */
function synthesized(name: string, parent: XmlElement, { node, at }: Site): XmlElement {
  const element = new XmlElement(name, SYNAPSE, '', parent)
  element.at = at
  if (parent !== node) parent.children.push(element)
  return element
}
