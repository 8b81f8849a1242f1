import {
  child,
  children,
  defineArtifact,
  key,
  named,
  nested,
  parameter,
  required,
  type Site,
  spanOf,
  string,
} from 'viaduct'
import { addressShape, createAddress } from './address/address.ts'
import { createDefault, defaultShape } from './default/default.ts'
import type { DefinedEndpoint, Definition } from './defined-endpoint.ts'
import { compileProperties, propertyChildren } from './defined-properties.ts'
import { createFailover, failoverShape } from './failover/failover.ts'
import { createHttp, httpShape } from './http/http.ts'
import { IndirectEndpoint } from './indirect/indirect.ts'
import { createLoadbalance, loadbalanceShape, sessionChild } from './loadbalance/loadbalance.ts'
import { createRecipientlist, recipientlistShape } from './recipientlist/recipientlist.ts'
import { TemplateEndpoint } from './template/template.ts'
import { createWsdl, wsdlShape } from './wsdl/wsdl.ts'

/** What Synapse has and this bus has not: read, so that one diagnostic says so. */
const elsewhere = {
  attributes: {
    name: string('Class.'),
    failover: string('Whether another member gets the message when one fails.'),
    policy: string('How members are chosen.'),
    algorithm: string('Class that chooses members.'),
    configuration: string('File with the members.'),
  },
  content: 'xml',
} as const

/** A place where messages leave: one address, a group, or a reference to another endpoint (language reference 3.2, 3.4). */
export const endpoint = defineArtifact({
  name: 'endpoint',
  folders: ['endpoints'],
  summary: 'A place where messages leave.',
  attributes: {
    name: parameter('Name, by which others refer to it.'),
    key: key('endpoint', 'Name of the endpoint this one stands for.'),
    keyExpression: named('key-expression', {
      ...string('Expression that gives the name of the endpoint for every message.'),
      read: (text, reading) => reading.linker.reference('endpoint', `{${text}}`, reading),
    }),
    template: key('endpointTemplate', 'Name of the endpoint template this one is an instance of.'),
    uri: parameter('Value of the parameter `uri` of the template.'),
    onError: key('sequence', 'Sequence that handles failures of this endpoint.'),
  },
  children: {
    property: propertyChildren,
    parameter: children('parameter', 'A value for a parameter of the template.', {
      attributes: { name: required(string('Name.')), value: required(parameter('Value.')) },
    }),
    address: child('address', 'A fixed address.', addressShape),
    http: child('http', 'An address made from a URI template.', httpShape),
    wsdl: child('wsdl', 'An address that a WSDL gives.', wsdlShape),
    default: child('default', 'The To address of the message.', defaultShape),
    failover: child('failover', 'Members in order of preference.', failoverShape),
    loadbalance: child('loadbalance', 'Members that share the messages.', loadbalanceShape),
    recipientlist: child('recipientlist', 'Recipients that all get the message.', recipientlistShape),
    session: sessionChild,
    dynamicLoadbalance: child('dynamicLoadbalance', 'Members that a cluster announces.', elsewhere),
    serviceDynamicLoadbalance: child('serviceDynamicLoadbalance', 'Members that a cluster announces.', elsewhere),
    class: child('class', 'An endpoint implemented by a Java class.', elsewhere),
  },
  check(config, site) {
    for (const each of [config.dynamicLoadbalance, config.serviceDynamicLoadbalance, config.class]) {
      if (each)
        site.fail(
          'element-unsupported',
          `<${each.node.name}> is not supported; use <loadbalance> with fixed members`,
          spanOf(each.node),
        )
    }
  },
  compile(config, site): DefinedEndpoint | undefined {
    const { name, onError, property, key: reference, keyExpression, template } = config
    const definition: Definition = {
      name: name ?? site.path,
      path: site.path,
      onError: onError && ((ctx) => nested(onError.get(ctx).mediator, ctx)),
      properties: compileProperties(property, site),
    }
    const referred = reference ?? keyExpression
    if (referred !== undefined) return new IndirectEndpoint(definition, referred)
    if (template !== undefined) return new TemplateEndpoint(definition, template, valuesOf(config), site.linker)
    return createKind(config, definition, site)
  },
})

type EndpointConfig = Parameters<typeof endpoint.compile>[0]

function valuesOf({ name, uri, parameter: parameters }: EndpointConfig): Map<string, string> {
  const values = new Map(parameters.map((each) => [each.name, each.value]))
  if (name !== undefined) values.set('name', name)
  if (uri !== undefined) values.set('uri', uri)
  return values
}

function createKind(config: EndpointConfig, definition: Definition, site: Site): DefinedEndpoint | undefined {
  const { address, http, wsdl, default: anywhere, failover, loadbalance, recipientlist, session } = config
  if (address) return createAddress(address, definition, site)
  if (http) return createHttp(http, definition, site)
  if (wsdl) return createWsdl(wsdl, definition, site)
  if (anywhere) return createDefault(anywhere, definition, site)
  if (failover) return createFailover(failover, definition, site)
  if (loadbalance) return createLoadbalance(loadbalance, session, definition, site)
  if (recipientlist) return createRecipientlist(recipientlist, definition, site)
  site.fail(
    'element-missing',
    'an endpoint needs a key, a template, or one of <address>, <http>, <wsdl>, <default>, <failover>, <loadbalance>, <recipientlist>',
  )
  return undefined
}
