import {
  children,
  type Config,
  Fault,
  type Linker,
  type MessageContext,
  parameter,
  required,
  type Site,
  spanOf,
} from 'viaduct'
import type { Definition } from './defined-endpoint.ts'
import { LeafEndpoint } from './leaf-endpoint.ts'
import { PLAIN_OPTIONS } from './plain-options.ts'
import { DEFAULT_POLICY, Suspension } from './suspension.ts'

/** `<member>` children of load-balance and recipient-list endpoints. */
export const memberChildren = children('member', 'A host that has the same services at the same paths.', {
  attributes: {
    hostName: required(parameter('Host name or address.')),
    httpPort: parameter('Port for messages that came by http.'),
    httpsPort: parameter('Port for messages that came by https.'),
  },
})

type MemberConfig = Config<typeof memberChildren.attributes, {}>

/** A member that does not answer is left alone for a moment; upstream probes it every half second. */
const OPTIONS = { ...PLAIN_OPTIONS, policy: { ...DEFAULT_POLICY, initialDuration: 1000 } }

/** Members as endpoints: scheme as the message came, host of the member, path of the message. */
export function createMembers(
  configs: readonly MemberConfig[],
  { path, onError: _handler, ...definition }: Definition,
  site: Site,
): LeafEndpoint[] {
  return configs.map((config, i) => {
    const { hostName } = config
    const ports = { http: portOf(config.httpPort, config, site), https: portOf(config.httpsPort, config, site) }
    if (ports.http === undefined && ports.https === undefined) {
      site.fail('attribute-missing', '<member> needs httpPort or httpsPort', spanOf(config.node))
    }
    return createMember(
      { ...definition, name: hostName, path: `${path}/member[${i + 1}]`, onError: undefined },
      hostName,
      ports,
      site.linker,
    )
  })
}

interface Ports {
  readonly http: number | undefined
  readonly https: number | undefined
}

function createMember(definition: Definition, host: string, ports: Ports, linker: Linker): LeafEndpoint {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const url = (ctx: MessageContext): string => {
    const { transport } = ctx.exchange.arrival
    const scheme = transport === 'https' ? 'https' : 'http'
    const port = ports[scheme]
    if (port === undefined) throw new Fault(101503, `the member ${host} has no port for ${scheme}`)
    return `${scheme}://${name}:${port}${pathOf(ctx.addressing.to ?? '/')}`
  }
  const fingerprint = `${name} ${ports.http} ${ports.https}`
  const suspension = linker.state(`endpoint:${definition.path}`, fingerprint, () => new Suspension(OPTIONS.policy))
  return new LeafEndpoint(definition, { notReady: 303001, url, contentAware: true }, OPTIONS, suspension, linker)
}

/** Path and query of an address; the host is the member's. */
function pathOf(to: string): string {
  if (to.startsWith('/')) return to
  const address = URL.parse(to)
  return address === null || address.host === '' ? '/' : address.pathname + address.search
}

function portOf(text: string | undefined, { node }: MemberConfig, site: Site): number | undefined {
  if (text === undefined || text.trim() === '' || text.trim() === '-1') return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  site.fail('attribute-invalid', `"${text}" is no port`, spanOf(node))
  return undefined
}
