import { boolean, child, type Config, type Endpoint, oneOf, type Site, spanOf, string, withDefault } from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { DefinedEndpoint } from '../defined-endpoint.ts'
import { joined } from '../members.ts'
import { type Algorithm, RoundRobin, WeightedRoundRobin } from './algorithm.ts'
import { LoadbalanceEndpoint } from './loadbalance-endpoint.ts'
import { createMembers, memberChildren } from '../member.ts'
import { SessionEndpoint } from './session-endpoint.ts'
import { SESSION_KINDS } from './session-kind.ts'
import { Sessions } from './sessions.ts'

export const loadbalanceShape = {
  attributes: {
    policy: oneOf(['roundRobin'], 'How members are chosen; older form of algorithm.', true),
    algorithm: string(
      'Class that chooses members: RoundRobin or WeightedRoundRobin of org.apache.synapse.endpoints.algorithms.',
    ),
    failover: withDefault(true, boolean('Whether another member gets the message when one fails.')),
    buildMessage: boolean('Not used; a message that may be sent again is always read into memory.'),
  },
  children: { member: memberChildren },
  content: 'endpoints',
} as const

/** `<session>` beside `<loadbalance>`: clients stay with a member. */
export const sessionChild = child('session', 'Keeps a client with the member that answered it first.', {
  attributes: { type: oneOf(['http', 'soap', 'simpleClientSession'], 'How the session shows in messages.', true) },
  children: {
    sessionTimeout: child('sessionTimeout', 'Milliseconds a session lives without messages.', { content: 'text' }),
  },
})

export type LoadbalanceConfig = Config<typeof loadbalanceShape.attributes, typeof loadbalanceShape.children>
type SessionConfig = Config<typeof sessionChild.attributes, typeof sessionChild.children>

const ALGORITHMS = 'org.apache.synapse.endpoints.algorithms.'
const DEFAULT_SESSION_TIMEOUT = 120_000

export function createLoadbalance(
  config: LoadbalanceConfig,
  session: SessionConfig | undefined,
  definition: Definition,
  site: Site,
): LoadbalanceEndpoint | undefined {
  const { endpoints, member, failover, node } = config
  if (endpoints.length > 0 === member.length > 0) {
    site.fail('constraint-violated', '<loadbalance> holds either <endpoint>s or <member>s', spanOf(node))
    return undefined
  }
  const members = endpoints.length > 0 ? joined(endpoints) : createMembers(member, definition, site)
  const algorithm = createAlgorithm(config, members, definition, site)
  if (algorithm === undefined) return undefined
  if (session === undefined) return new LoadbalanceEndpoint(definition, members, algorithm, failover)
  const sessions = site.linker.state(`sessions:${definition.path}`, String(members.length), () => new Sessions())
  const kind = SESSION_KINDS[(session.type ?? 'http').toLowerCase() as keyof typeof SESSION_KINDS]
  return new SessionEndpoint(definition, members, algorithm, failover, {
    kind,
    sessions,
    timeout: timeoutOf(session, site),
  })
}

function createAlgorithm(
  { policy, algorithm, node }: LoadbalanceConfig,
  members: readonly Endpoint[],
  { path }: Definition,
  site: Site,
): Algorithm | undefined {
  if (policy !== undefined && algorithm !== undefined) {
    site.fail('constraint-violated', '<loadbalance> has either policy or algorithm', spanOf(node))
  }
  const name = algorithm?.startsWith(ALGORITHMS) ? algorithm.slice(ALGORITHMS.length) : algorithm
  const fingerprint = `${name ?? ''} ${members.length}`
  if (name === undefined || name === 'RoundRobin' || name === 'roundRobin') {
    return new RoundRobin(
      members,
      site.linker.state(`loadbalance:${path}`, fingerprint, () => ({ index: 0 })),
    )
  }
  if (name === 'WeightedRoundRobin') {
    for (const member of members) checkWeight(member, node, site)
    return new WeightedRoundRobin(
      members,
      site.linker.state(`loadbalance:${path}`, fingerprint, () => ({ index: 0, sent: 0 })),
    )
  }
  const at = node.attributes.find((attribute) => attribute.name === 'algorithm')?.valueAt ?? spanOf(node)
  site.fail(
    'class-unknown',
    `there is no load-balance algorithm "${name}"; there are RoundRobin and WeightedRoundRobin`,
    at,
  )
  return undefined
}

function checkWeight(member: Endpoint, node: LoadbalanceConfig['node'], site: Site): void {
  const weight = member instanceof DefinedEndpoint ? member.properties.literal('loadbalance.weight') : undefined
  if (weight !== undefined && !/^[1-9]\d{0,5}$/.test(weight.trim())) {
    site.fail('attribute-invalid', `loadbalance.weight="${weight}": expected a whole number above zero`, spanOf(node))
  }
}

function timeoutOf({ sessionTimeout }: SessionConfig, site: Site): number {
  if (sessionTimeout === undefined || sessionTimeout.text === '') return DEFAULT_SESSION_TIMEOUT
  const value = Number(sessionTimeout.text)
  if (!/^-?\d+$/.test(sessionTimeout.text)) {
    site.fail(
      'text-invalid',
      `<sessionTimeout> needs milliseconds, not "${sessionTimeout.text}"`,
      spanOf(sessionTimeout.node),
    )
  }
  return value > 0 ? value : DEFAULT_SESSION_TIMEOUT
}
