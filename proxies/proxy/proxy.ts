import { type Config, defineArtifact, type Endpoint, type MessageContext, type Site, spanOf } from 'viaduct'
import { faultFlow, flowOf, throughTo } from '../target-flow.ts'
import { publish } from '../wsdl/publish.ts'
import { accepting } from './accepted-formats.ts'
import { checkingOperations } from './operation-check.ts'
import { optimizing } from './optimized-answers.ts'
import { ProxyEntrance } from './proxy-entrance.ts'
import { proxyAttributes, proxyChildren } from './proxy-shape.ts'
import { proxySecurity } from './proxy-security.ts'
import { ProxyService } from './proxy-service.ts'

type ProxyConfig = Config<typeof proxyAttributes, typeof proxyChildren>

/** Transports that listeners of this bus have. */
const TRANSPORTS: readonly string[] = ['http', 'https', 'local']

/** A service at `/services/<name>` (language reference 3.5). */
export const proxy = defineArtifact({
  name: 'proxy',
  folders: ['proxies', 'proxy-services'],
  summary: 'A service: what arrives at /services/<name> runs through its in sequence to its endpoint.',
  attributes: proxyAttributes,
  children: proxyChildren,
  check: checkProxy,
  compile(config, site): ProxyService | undefined {
    const { name, startOnLoad, transports, target } = config
    if (!isPinnedHere(config, site)) return undefined
    const inFlow = flowOf({ reference: target.inSequenceKey, inline: target.inSequence })
    const parameters = readParameters(config, site)
    const safe = parameters.get('enablePublishWSDLSafeMode') === 'true'
    const failed = (reason: string): void => unpublished(reason, safe, config, site)
    const publication = publish(config.publishWSDL, name, publishOptions(config, parameters), site, failed)
    const security = proxySecurity(config, parameters, publication.given ? publication.description : undefined, site)
    const receive = throughTo(inFlow, endpointOf(config))
    const checks = publication.given && parameters.get('disableOperationValidation') !== 'true'
    const checked = checks ? checkingOperations(() => publication.description?.operations, receive) : receive
    return new ProxyService({
      name,
      active: startOnLoad,
      needsDescription: safe,
      transports: transports === undefined || transports.includes('all') ? TRANSPORTS : transports,
      receive: accepting(parameters, security?.guard(checked) ?? checked),
      inboundOnly: parameters.get('inbound.only')?.toLowerCase() === 'true',
      answer: optimizing(parameters, flowOf({ reference: target.outSequenceKey, inline: target.outSequence })),
      fault: faultFlow({ reference: target.faultSequenceKey, inline: target.faultSequence }),
      parameters,
      publication,
      security,
    })
  },
  entrance: (proxies) => new ProxyEntrance(proxies),
})

function isPinnedHere({ pinnedServers = [], node }: ProxyConfig, { linker }: Site): boolean {
  const servers = pinnedServers.map((server) => linker.parameter(server, spanOf(node)))
  return servers.length === 0 || servers.includes(linker.services.settings.serverName)
}

/** Service parameters; those that would change messages in a way this bus cannot are reported. */
function readParameters({ parameter }: ProxyConfig, site: Site): ReadonlyMap<string, string> {
  const values = new Map(parameter.map(({ name, text, node }) => [name, site.linker.parameter(text, spanOf(node))]))
  for (const { name, text, node } of parameter) {
    const unsupported = name === 'Wrapper' || (name === 'engagedModules' && /\bsandesha2\b/.test(text))
    if (unsupported) site.fail('element-unsupported', `the parameter ${name} is not supported`, spanOf(node))
  }
  return values
}

/** In safe mode a proxy whose WSDL cannot be read is deployed, but takes no messages. */
function unpublished(reason: string, safe: boolean, { publishWSDL, node }: ProxyConfig, { fail, linker }: Site): void {
  if (!safe) fail('resource-unreadable', reason, spanOf(publishWSDL?.node ?? node))
  else linker.onStart(() => linker.services.log.log('WARN', 'proxy', `${reason}; the proxy takes no messages`))
}

function publishOptions({ name, publishWSDL, node }: ProxyConfig, parameters: ReadonlyMap<string, string>) {
  return {
    path: parameters.get('ServiceURI') ?? `/services/${name}`,
    rewritesAddresses: parameters.get('modifyUserWSDLPortAddress') !== 'false',
    keepsPolicies: true,
    at: spanOf(publishWSDL?.node ?? node),
  }
}

function checkProxy({ target, enableRM, transports = [], node }: ProxyConfig, site: Site): void {
  const flows = target.inSequenceKey ?? target.inSequence ?? target.endpointKey ?? target.endpoint
  if (flows === undefined) {
    site.fail('constraint-violated', '<target> needs an in sequence or an endpoint', spanOf(target.node))
  }
  if (enableRM)
    site.fail(
      'element-unsupported',
      '<enableRM>: WS-ReliableMessaging is gone from Synapse; remove the element',
      spanOf(enableRM.node),
    )
  const foreign = transports.find((each) => each !== 'all' && !TRANSPORTS.includes(each))
  if (foreign !== undefined) {
    const at = node.attributes.find(({ name }) => name === 'transports')?.valueAt
    site.fail(
      'element-unsupported',
      `transports="${transports.join(' ')}": this version has no ${foreign} transport`,
      at,
    )
  }
}

function endpointOf({ target }: ProxyConfig): ((ctx: MessageContext) => Endpoint) | undefined {
  const { endpointKey, endpoint } = target
  if (endpointKey !== undefined) return (ctx) => endpointKey.get(ctx)
  return endpoint && (() => endpoint)
}
