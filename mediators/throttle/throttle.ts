import {
  attributeValue,
  child,
  defineMediator,
  elements,
  type Flow,
  key,
  type Mediator,
  type MessageContext,
  nested,
  parseConfiguration,
  printXml,
  type Reference,
  required,
  type Sequence,
  type Site,
  type Span,
  string,
  value,
  XmlError,
  type XmlElement,
} from 'viaduct'
import { Admission } from './admission.ts'
import { Domains } from './domains.ts'
import { readPolicy, type ThrottlePolicy, ThrottlePolicyError } from './throttle-policy.ts'

/** `throttle`: so many requests at a time, and so many of each caller in a time (language reference 2.2). */
export const throttle = defineMediator({
  name: 'throttle',
  summary: 'Lets only as many requests pass as its policy allows, at the same time and by caller.',
  attributes: {
    id: required(string('Throttles of one id and policy count together.')),
    onReject: key('sequence', 'Deployed sequence for what is refused.'),
    onAccept: key('sequence', 'Deployed sequence for what passes.'),
  },
  children: {
    policy: child('policy', 'A wsp:Policy; without one the throttle only marks the way back, and does nothing.', {
      attributes: { key: value('Where the policy is kept.') },
      content: 'xml',
    }),
    accept: child('onAccept', 'Mediators for what passes.', { content: 'pipeline' }),
    reject: child('onReject', 'Mediators for what is refused.', { content: 'pipeline' }),
  },
  compile({ id, onReject, onAccept, policy, accept, reject }, site) {
    const element = policy && elementOf(policy.node, policy.key?.literal, site)
    const limits = element && policyOf(element, site, policy.node)
    if (element === undefined || limits === undefined) return () => 'continue'
    const admission = site.linker.state(`throttle:${id}`, printXml(element), () => new Admission(limits))
    const accepted = branch(onAccept, accept?.pipeline, 'continue')
    const rejected = branch(onReject, reject?.pipeline, 'stop')
    const decide = (ctx: MessageContext, address: string, domain: string | undefined): Flow | Promise<Flow> => {
      const now = ctx.services.platform.monotonic()
      const leaves = (done: () => void): void => ctx.signal.addEventListener('abort', done, { once: true })
      return admission.admit({ address, domain }, now, leaves) ? accepted(ctx) : rejected(ctx)
    }
    if (!limits.groups.some(({ by }) => by === 'domain'))
      return (ctx) => (ctx.response ? 'continue' : decide(ctx, callerOf(ctx), undefined))
    const domains = site.linker.state('throttle-domains', '', () => new Domains())
    return async (ctx) => {
      if (ctx.response) return 'continue'
      const address = callerOf(ctx)
      return decide(ctx, address, await domains.of(address, ctx.services.platform.monotonic()))
    }
  },
})

function branch(sequence: Reference<Sequence> | undefined, pipeline: Mediator | undefined, otherwise: Flow): Mediator {
  if (sequence !== undefined) return (ctx) => nested(sequence.get(ctx).mediator, ctx)
  return pipeline ?? (() => otherwise)
}

/** The policy inside, or the one that is kept under the key. */
function elementOf(node: XmlElement, key: string | undefined, { linker, fail }: Site): XmlElement | undefined {
  if (key === undefined) {
    const [inside] = elements(node)
    if (inside === undefined) fail('element-missing', '<policy> needs a wsp:Policy inside, or a key', node.at)
    return inside
  }
  const at = placeOf(node)
  const resource = linker.resource(key)
  if (resource === undefined) {
    fail('reference-unresolved', `there is no resource "${key}"`, at)
    return undefined
  }
  try {
    return parseConfiguration(resource.bytes.toString('utf8'), resource.file).root
  } catch (thrown) {
    if (!(thrown instanceof XmlError)) throw thrown
    fail('xml-malformed', `${resource.file}: ${thrown.message}`, at)
    return undefined
  }
}

function policyOf(element: XmlElement, { fail }: Site, node: XmlElement): ThrottlePolicy | undefined {
  try {
    return readPolicy(element)
  } catch (thrown) {
    if (!(thrown instanceof ThrottlePolicyError)) throw thrown
    fail('constraint-violated', thrown.message, thrown.element.at ?? node.at)
    return undefined
  }
}

const placeOf = (node: XmlElement): Span | undefined =>
  attributeValue(node, 'key') === undefined
    ? node.at
    : (node.attributes.find(({ name }) => name === 'key')?.valueAt ?? node.at)

/** The first address of X-Forwarded-For, which a proxy in front must set, else that of the connection. */
function callerOf({ message, exchange }: MessageContext): string {
  const forwarded = message.headers.get('X-Forwarded-For')?.split(',', 1)[0]?.trim()
  const address = forwarded === undefined || forwarded === '' ? exchange.arrival.remoteAddress : forwarded
  return address.replace(/^::ffff:/i, '')
}
