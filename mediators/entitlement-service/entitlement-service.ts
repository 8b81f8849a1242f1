import {
  boolean,
  DECISION_CLIENTS,
  defineMediator,
  type DecisionClient,
  type EntitlementDecision,
  Fault,
  type Flow,
  InvalidValue,
  integer,
  type Mediator,
  type MessageContext,
  oneOf,
  parameter,
  string,
  withDefault,
} from 'viaduct'
import { compileBranches } from './branch.ts'
import { branchAttributes, branchChildren } from './branch-shape.ts'
import { compileCache } from './decision-cache.ts'
import { compileDuties } from './duties.ts'
import { compileAsking } from './asking.ts'
import { compileSource } from './decision-source.ts'

const client = oneOf(DECISION_CLIENTS, 'Protocol of the decision point; without a URL the policies of the home decide.')

const attributes = {
  remoteServiceUrl: parameter('Address of the services of the decision point.'),
  remoteServiceUrlKey: string('Registry key with the address, read for every message.'),
  remoteServiceUserName: parameter('User that may ask the decision point.'),
  remoteServiceUserNameKey: string('Registry key with the name of the user, read for every message.'),
  remoteServicePassword: parameter('Password of the user; encrypted when it begins with enc:'),
  remoteServicePasswordKey: string('Registry key with the password, read for every message.'),
  callbackClass: string('Who finds subject, resource and action of a message: a handler of WSO2, or a module.'),
  client: {
    ...client,
    read(text: string, reading: Parameters<typeof client.read>[1]): DecisionClient {
      try {
        return client.read(text, reading)
      } catch (thrown) {
        throw new InvalidValue(`Unsupported client: ${thrown instanceof Error ? thrown.message : ''}`)
      }
    },
  },
  cacheType: oneOf(['simple', 'carbon'], 'Keeps decisions; carbon has limits of its own where none are given.'),
  invalidationInterval: integer('How long a decision is kept, milliseconds.'),
  maxCacheEntries: integer('How many decisions are kept, at most 10000.'),
  thriftHost: string('Host of the thrift service.'),
  thriftPort: string('Port of the thrift service; 10500 unless given.'),
  reuseSession: withDefault(true, boolean('Whether a login serves more than one decision (soap, thrift).')),
  ...branchAttributes,
}

/** `entitlementService`: asks a XACML decision point and branches on its answer (entitlement reference). */
export const entitlementService = defineMediator({
  name: 'entitlementService',
  summary: 'Asks a XACML decision point whether the sender of the message may do what it asks for.',
  attributes,
  children: branchChildren,
  builds: true,
  compile(config, site) {
    const branches = compileBranches(config, site)
    const source = compileSource(config, site)
    const ask = compileAsking(config.callbackClass, source, compileCache(config, site), site)
    const duties = compileDuties(branches, site)
    const enforce = (ctx: MessageContext, decision: EntitlementDecision): Flow | Promise<Flow> => {
      leaveBehind(ctx, decision)
      const fulfilled = duties(ctx, decision)
      const go = (done: boolean): Flow | Promise<Flow> => {
        if (done && decision.decision === 'Permit') return branches.onAccept?.(ctx) ?? 'continue'
        if (branches.onReject !== undefined) return branches.onReject(ctx)
        throw new Fault(0, 'User is not authorized to perform the action')
      }
      return typeof fulfilled === 'boolean' ? go(fulfilled) : fulfilled.then(go)
    }
    const mediator: Mediator = (ctx) => {
      const decision = ask(ctx)
      return decision instanceof Promise ? decision.then((late) => enforce(ctx, late)) : enforce(ctx, decision)
    }
    return mediator
  },
})

/** What flows may read afterwards. An advice of an earlier mediator does not stay: it would be taken for one of this decision. */
function leaveBehind({ properties, message }: MessageContext, { decision, advice }: EntitlementDecision): void {
  properties.set('default', 'ORIGINAL_ENTITLEMENT_PAYLOAD', message.tree.root)
  properties.set('default', 'ENTITLEMENT_DECISION', decision)
  if (advice === undefined) properties.delete('default', 'ENTITLEMENT_ADVICE')
  else properties.set('default', 'ENTITLEMENT_ADVICE', advice.element())
}
