import {
  child,
  children,
  type Config,
  defineArtifact,
  javaRegex,
  key,
  nested,
  required,
  type Site,
  spanOf,
  string,
  withDefault,
  boolean,
} from 'viaduct'
import { deploymentFault } from '../target-flow.ts'
import { InboundEntrance } from './inbound-entrance.ts'
import { InboundService } from './inbound-service.ts'

const parameters = children('parameter', 'A parameter of the protocol.', {
  attributes: {
    name: required(string('Name.')),
    key: string('Local entry or registry resource that holds the value.'),
  },
  content: 'xml',
})

const attributes = {
  name: required(string('Name, by which APIs bind to it.')),
  protocol: string('http or https.'),
  class: string('Class of a listener of its own.'),
  sequence: key('sequence', 'Sequence that takes its messages; `main` unless given.'),
  onError: key('sequence', 'Sequence that handles faults.'),
  suspend: withDefault(false, boolean('Whether it stays closed.')),
}

const parts = {
  parameters: child('parameters', 'Parameters of the protocol.', { children: { parameter: parameters } }),
  handlers: child('handlers', 'Handlers.', { content: 'xml' }),
}

type InboundConfig = Config<typeof attributes, typeof parts>

/** A listener on a port of its own (language reference 3.11). */
export const inboundEndpoint = defineArtifact({
  name: 'inboundEndpoint',
  folders: ['inbound-endpoints'],
  summary: 'A listener on a port of its own.',
  attributes,
  children: parts,
  check: checkInbound,
  compile(config, site): InboundService | undefined {
    const { name, protocol, sequence, onError, suspend } = config
    const values = new Map(
      (config.parameters?.parameter ?? []).map((each) => [
        each.name,
        site.linker.parameter(each.text, spanOf(each.node)),
      ]),
    )
    const port = portOf(values.get('inbound.http.port'), config, site)
    if (port === undefined) return undefined
    const service = new InboundService({
      name,
      port,
      sequence,
      fault: onError === undefined ? deploymentFault : (ctx) => nested(onError.get(ctx).mediator, ctx),
      pattern: patternOf(values.get('dispatch.filter.pattern'), config, site),
      dispatchesApis: values.get('api.dispatching.enabled')?.toLowerCase() === 'true',
    })
    if (!suspend) open(service, protocol === 'https', site)
    return service
  },
  entrance: (services) => new InboundEntrance(services.values()),
})

function checkInbound({ protocol, class: name, handlers, parameters: given, node }: InboundConfig, site: Site): void {
  if (protocol === undefined && name === undefined)
    site.fail('attribute-missing', '<inboundEndpoint> needs protocol or class')
  else if (protocol !== 'http' && protocol !== 'https') {
    const what = protocol === undefined ? 'class' : `protocol "${protocol}"`
    site.fail(
      'element-unsupported',
      `inbound endpoints with ${what} are not supported yet; http and https are`,
      placeOf(node),
    )
  }
  if (handlers)
    site.fail('element-unsupported', '<handlers> of inbound endpoints are not supported', spanOf(handlers.node))
  for (const each of given?.parameter ?? []) {
    if (each.name !== 'keystore' && each.name !== 'truststore') continue
    site.fail(
      'element-unsupported',
      `the parameter ${each.name}: Java key stores are not read; https uses http.tls of the settings`,
      spanOf(each.node),
    )
  }
}

/** Ports are opened by the process, which keeps them open while a reload goes from one deployment to the next. */
function open({ name, port }: InboundService, secure: boolean, { linker }: Site): void {
  let close: (() => Promise<void>) | undefined
  linker.onStart(async () => {
    const { listen } = linker.services
    if (listen === undefined) throw new Error(`inbound endpoint ${name}: this process opens no further ports`)
    close = await listen({ inbound: String(port), port, secure })
  })
  linker.onStop(async () => close?.())
}

function portOf(text: string | undefined, { node }: InboundConfig, site: Site): number | undefined {
  const port = Number(text)
  if (text !== undefined && /^\d{1,5}$/.test(text) && port <= 65_535) return port
  const why = text === undefined ? 'is missing' : `"${text}" is no port`
  site.fail(
    text === undefined ? 'element-missing' : 'text-invalid',
    `the parameter inbound.http.port ${why}`,
    spanOf(node),
  )
  return undefined
}

function patternOf(text: string | undefined, { node }: InboundConfig, site: Site): RegExp | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return javaRegex(text, true)
  } catch (error) {
    site.fail('text-invalid', `dispatch.filter.pattern: ${error instanceof Error ? error.message : ''}`, spanOf(node))
    return undefined
  }
}

const placeOf = (node: InboundConfig['node']) => node.attributes.find(({ name }) => name === 'protocol')?.valueAt
